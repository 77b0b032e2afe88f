"""Invalid, unknown and missing fields in every body: the documented error, and nothing is written."""

import copy
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from api.shapes import StrictRequest
from tests.api.calls import (
    BAD_DATA,
    DOCUMENT,
    INVALID_NUMBER,
    OPERATIONS,
    TOO_LARGE_ID,
    VALID_CALLS,
    WITH_BODY,
    ApiCall,
    TeamIds,
    assert_refused,
)
from tests.api.conftest import ApiClient

# Each test sends hundreds of requests.
pytestmark = pytest.mark.usefixtures("_unlimited")

INVALID_EMAIL = (422, "invalid_email")
type BadValues = list[tuple[Any, tuple[int, str]]]


def _bad(*values: Any) -> BadValues:
    return [(value, BAD_DATA) for value in values]


ID = _bad("1", "", True, 1.5, 0, -1, TOO_LARGE_ID, 10**400, [], {}, [1])
NUMBER = [
    *_bad(14155550101, 1.5, True, [], {}, ["14155550101"]),
    *((value, INVALID_NUMBER) for value in (
        "", " ", "abc", "12", "1" * 16, "+", "14155550101\n", "415-555-0101", "us:384387", "US:12", "US:123456789",
        "٤١٥٥٥٥٠١٠١", "０１２３４５６", "14155550101\0"[:-1] + "x",
        # of no country, or not assigned
        "999155550101", "+15555550101", "11111111111", "4155550101",
    )),
]  # fmt: skip


def text(longest: int, *, empty: bool = False) -> BadValues:
    return _bad(1, True, [], {}, "x" * (longest + 1), "𝔘" * (longest + 1), *([] if empty else [""]))


FLAG, TIME = (
    _bad("true", 1, 0, "", [], {}),
    _bad(1, "", "now", "2026-02-30T00:00:00Z", "2026-11-25", True, [], {}),
)
FAR_TIME: BadValues = [
    (time, (422, "invalid_time")) for time in ("2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z")
]
IDS = _bad(1, {}, "1", ["1"], [0], [None], [1] * 501)
PHONES = [
    *_bad(1, {}, "15105553344", [1], [None], [{}]),
    (["x"], INVALID_NUMBER),
    (["15105"], INVALID_NUMBER),
]
CURSOR = [*TIME, *_bad(
    "2026-11-25T10:42:00", "2026-11-25T10:42:00+99:99", f"2026-11-25T10:42:00.{'1' * 26}Z", "0001-01-01T00:00:00+01:00"
)]  # fmt: skip
FIELDS: dict[str, BadValues] = {
    "id": ID, "inbox_id": ID, "user_id": ID, "creator_id": ID, "chat_id": ID, "tag_id": ID,
    "reassign_id": ID, "transfer_inbox_id": ID, "assigned": ID, "conversation_id": ID, "template_id": ID,
    "assignee_id": [bad for bad in ID if bad[0] not in (0, -1)] + _bad(-2),
    "phone": NUMBER, "phone_number": NUMBER, "target": NUMBER,
    "first": text(80, empty=True), "last": text(80, empty=True), "display_name": text(120, empty=True),
    "email": [*text(254, empty=True), *((bad, INVALID_EMAIL)
        for bad in ("x", "a@", "a@b", "a b@example.com", "@example.com"))],
    "text": text(1600), "local_id": text(64), "source": text(200),
    "name": text(80), "list_ids": _bad(1, {}, "1", [], [0], [None], [1] * 101),
    "without_list_ids": _bad(1, {}, "1", [0], [None], [1] * 101), "send_at": [*TIME, *FAR_TIME],
    "title": text(80), "content": _bad("x", 1, True, [], {}, {"text": "x", "gallery": [1]}),
    "execute_at": [*TIME, *FAR_TIME],
    "until": [*TIME, *FAR_TIME], "unless_answered": FLAG, "private": FLAG,
    "is_opted_out": FLAG, "archived": FLAG, "ascending": FLAG, "closed": FLAG, "unread": FLAG,
    "status": _bad("", "ACTIVE", "opted_out", 1, True, [], {}),
    "tags": _bad("vip", {}, 1, True, [1], [True], [None], [""], ["x" * 41], [[]], [{}], ["x"] * 51, [{"tag_id": "1"}]),
    "custom": _bad("Gold", 1, True, [], [{}], {str(number): 1 for number in range(51)}),
    "consent": _bad("yes", 1, True, [], {}), "obtained_at": [*TIME, *_bad("9999-12-31T23:59:59-01:00", "25.11.2026")],
    "date": CURSOR, "created_at": CURSOR,
    "tag": text(40), "limit": _bad("1", 0, 501, 1.5, True, [], {}), "page": _bad("1", -1, 10_001, 1.5, True, [], {}),
    "order": _bad("", "name", 1, True, [], {}),
    "contact_channels": _bad("x", 1, True, {}, [1], [{}], [{"channel_type": "fax", "channel_id": "1"}]),
    "channel_type": _bad("", "fax", 1, True, [], {}), "channel_id": _bad(1, True, [], {}, "x" * 255),
    "channel_ids": _bad("x", 1, True, {}, [1], ["x"] * 501),
    "contact_id": _bad(1, True, [], {}, "x" * 41), "role_id": _bad("1", 1.5, True, [], {}),
    "users": _bad("x", 1, True, {}, [], [1], [None], [{}], [{"id": 1}] * 101),
    "event": _bad("", "message_received", 1, True, [], {}), "send_sample": FLAG,
    "action": _bad("", "move", 1, True, [], {}), "first_name": text(80, empty=True), "last_name": text(80, empty=True),
    "category": _bad("", "MARKETING", "none", 1, True, [], {}), "method": _bad("", "Form", "import", 1, True, [], {}),
    "phones": [*_bad("14155550101", 1, True, {}, ["14155550101"] * 1001), (["x"], INVALID_NUMBER)],
    "numbers": _bad("14155550101", 1, True, {}, [], [None], ["14155550101"], [{}] * 10_001),
    "contacts": [*IDS, *_bad([{}] * 1001)], "add_contacts": IDS, "remove_phones": PHONES,
    "url": [*text(500), *_bad("x", "http://crm.example.com/", "https://a@crm.example.com/")],
    "events": _bad("test", 1, True, {}, [], [1], [None], ["test"], ["x"], ["message_received"] * 101),
    "format": _bad("", "Standard", 1, True, [], {}), "token": [*text(200), *_bad("1234567")],
    "since": [*TIME, *_bad("9999-12-31T23:59:59-01:00")],
    "filters": _bad("open", 1, True, [], [{}]), "inboxes": _bad(1, {}, "1", ["1"], [0], [None], [1] * 101),
}  # fmt: skip
# Fields that are required; elsewhere null means that a field is missing.
REQUIRED = {
    "create_contact": {"phone"}, "create_contacts": {"phone"}, "set_contact_status": {"status"},
    "schedule_message": {"inbox_id", "execute_at", "content"}, "create_template": {"title", "content"},
    "send_message": {"inbox_id"}, "check_phones": {"phones"}, "compare_optouts": {"numbers"}, "create_list": {"title"},
    "create_second_list": {"title"},
    "create_tag": {"tag"}, "create_webhook": {"name", "url", "events"}, "replay_webhook": {"since"},
    "create_broadcast": {"name", "list_ids"}, "create_channel": {"channel_type", "channel_id"},
    "update_channel": {"channel_type", "channel_id"}, "create_trigger": {"event", "url"}, "update_users": {"users"},
    "save_channel_contacts": {"contacts"}, "delete_channel_contacts": {"contact_channels"},
    "reassign_conversation": {"inbox_id", "user_id", "reassign_id"},
    "transfer_conversation": {"conversation_id", "transfer_inbox_id"},
}  # fmt: skip


def field_paths(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every field in a body, at any depth, except inside `custom`, whose fields are the team's."""
    for name, value in (
        body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    ):
        if isinstance(body, dict):
            yield (*path, name)
        if name != "custom":
            yield from field_paths(value, (*path, name))


def with_value(call: ApiCall, path: tuple[Any, ...], value: Any) -> ApiCall:
    """Without a contact's opt-out, unless the path is its own: it is recorded beside what is wrong (test_contacts)."""
    body = copy.deepcopy(call.body)
    contact = body[0] if isinstance(body, list) else body
    if "is_opted_out" in contact and path[-1] not in ("is_opted_out", "status"):
        del contact["is_opted_out"], contact["status"]
    parent = body
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    return call._replace(body=body)


@pytest.mark.parametrize("operation", WITH_BODY)
def test_an_invalid_field_is_refused(
    crm: ApiClient, team_ids: TeamIds, unchanged: None, operation: str
) -> None:
    valid = VALID_CALLS[operation](team_ids)
    numbers = [name for name in ("phone", "phone_number", "target") if name in _fields(operation)]
    for path in [*field_paths(valid.body), *((name,) for name in numbers if isinstance(valid.body, dict))]:
        for value, expected in FIELDS[path[-1]]:
            if operation in ("compare_optouts", "check_phones") and expected == INVALID_NUMBER:
                continue  # it is a difference, or a reason not to text
            if path[-1] == "text" and "consent" in path:
                value = value * 2 if isinstance(value, str) else value
            call = with_value(valid, path, value)
            if path == ("phone_number",):
                call.body.pop("chat_id", None)
                call.body.pop("conversation_id", None)
            if path == ("phone",) and isinstance(call.body, dict):
                call.body.pop("contact_channels", None)
            if path == ("target",):
                call.body.pop("chat_id", None)
            assert_refused(crm, operation, call, expected)


def _fields(operation: str) -> set[str]:
    schema = OPERATIONS[operation]["requestBody"]["content"]["application/json"]["schema"]
    name = schema.get("$ref", "").rpartition("/")[2]
    return set(DOCUMENT["components"]["schemas"][name]["properties"]) if name else set()


def test_an_unknown_field_is_refused(crm: ApiClient, team_ids: TeamIds, unchanged: None) -> None:
    for operation in WITH_BODY:
        valid = VALID_CALLS[operation](team_ids)
        parents = {path[:-1] for path in field_paths(valid.body)}
        for parent in parents:
            for name in ("bogus", "", "PHONE", "id ", "__proto__", "team_id", "targets", "x" * 10_000):
                assert_refused(crm, operation, with_value(valid, (*parent, name), 1), BAD_DATA)


def test_a_flag_is_true_or_false_and_no_other_value() -> None:
    """Also where no request of these tests has it: pydantic alone reads 0, "no" and "off" as false."""
    flags = 0
    for model in _subclasses(StrictRequest):
        for name, field in model.model_fields.items():
            annotation: Any = Annotated[field.annotation, "", *field.metadata]
            values: Any = TypeAdapter(annotation)
            if _accepts(values, True) and not _accepts(values, "x"):
                flags += 1
                assert not [value for value in (0, 1, "true", "no") if _accepts(values, value)], (model, name)
    assert flags > 10


def _subclasses(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for subclass in model.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


def _accepts(values: Any, value: Any) -> bool:
    try:
        values.validate_python(value)
    except ValidationError:
        return False
    return True


def test_a_required_field_must_be_given(crm: ApiClient, team_ids: TeamIds, unchanged: None) -> None:
    for operation in REQUIRED:
        valid = VALID_CALLS[operation](team_ids)
        for name in REQUIRED[operation]:
            path = (0, name) if operation == "create_contacts" else (name,)
            assert_refused(crm, operation, with_value(valid, path, None), BAD_DATA)
            without = with_value(valid, path, None)
            (without.body[0] if operation == "create_contacts" else without.body).pop(name)
            assert_refused(crm, operation, without, BAD_DATA)


def test_numbers_of_all_countries_and_short_codes_are_accepted(crm: ApiClient, team_ids: TeamIds) -> None:
    """Numbers are complete with their country code; fewer digits are a short code."""
    for sent, returned in [("442079460958", "442079460958"), ("+442079460958", "442079460958"), ("384387", "US:384387"),
                        ("CA:384387", "CA:384387")]:  # fmt: skip
        assert crm.post("contact/status", {"phone": sent})["phone"] == returned
