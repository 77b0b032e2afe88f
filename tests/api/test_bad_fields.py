"""Fields of another form, unknown ones and missing ones, in every body: the documented code, and nothing written."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.calls import (
    BAD_DATA,
    DOCUMENT,
    NO_NUMBER,
    OPERATIONS,
    TOO_LARGE_ID,
    VALID_CALLS,
    WITH_BODY,
    ApiCall,
    TeamIds,
    assert_refused,
)
from tests.api.conftest import ApiClient

NO_EMAIL = (422, "invalid_email")
type Bad = list[tuple[Any, tuple[int, str]]]


def _bad(*values: Any) -> Bad:
    return [(value, BAD_DATA) for value in values]


ID = _bad("1", "", True, 1.5, 0, -1, TOO_LARGE_ID, 10**400, [], {}, [1])
NUMBER = [
    *_bad(14155550101, 1.5, True, [], {}, ["14155550101"]),
    *((value, NO_NUMBER) for value in (
        "", " ", "abc", "12", "1" * 16, "+", "14155550101\n", "415-555-0101", "us:384387", "US:12", "US:123456789",
        "٤١٥٥٥٥٠١٠١", "０１２３４５６", "14155550101\0"[:-1] + "x",
        # of no country, and none that anybody has
        "999155550101", "+15555550101", "11111111111", "4155550101",
    )),
]  # fmt: skip


def text(longest: int, *, empty: bool = False) -> Bad:
    return _bad(1, True, [], {}, "x" * (longest + 1), "𝔘" * (longest + 1), *([] if empty else [""]))


FLAG, TIME = (
    _bad("true", 1, 0, "", [], {}),
    _bad(1, "", "now", "2026-02-30T00:00:00Z", "2026-11-25", True, [], {}),
)
FIELDS: dict[str, Bad] = {
    "id": ID, "inbox_id": ID, "user_id": ID, "creator_id": ID, "chat_id": ID, "tag_id": ID,
    "assignee_id": [bad for bad in ID if bad[0] not in (0, -1)] + _bad(-2),
    "phone": NUMBER, "phone_number": NUMBER, "target": NUMBER,
    "first": text(80, empty=True), "last": text(80, empty=True), "display_name": text(120, empty=True),
    "email": [*text(254, empty=True), *((bad, NO_EMAIL)
        for bad in ("x", "a@", "a@b", "a b@example.com", "@example.com"))],
    "text": text(1600), "local_id": text(64), "source": text(200),
    "is_opted_out": FLAG, "ascending": FLAG, "closed": FLAG, "unread": FLAG,
    "status": _bad("", "ACTIVE", "opted_out", 1, True, [], {}),
    "tags": _bad("vip", {}, 1, True, [1], [True], [None], [""], ["x" * 41], [[]], [{}], ["x"] * 51, [{"tag_id": "1"}]),
    "custom": _bad("Gold", 1, True, [], [{}], {str(number): 1 for number in range(51)}),
    "consent": _bad("yes", 1, True, [], {}), "obtained_at": [*TIME, *_bad("9999-12-31T23:59:59-01:00", "25.11.2026")],
    "date": [*TIME, *_bad(
        "2026-11-25T10:42:00", "2026-11-25T10:42:00+99:99", f"2026-11-25T10:42:00.{'1' * 26}Z",
        "0001-01-01T00:00:00+01:00"
    )],
    "filters": _bad("open", 1, True, [], [{}]), "inboxes": _bad(1, {}, "1", ["1"], [0], [None], [1] * 101),
}  # fmt: skip
# Where it is not the only way to name what is meant, null says nothing; here it is missing.
NEEDED = {
    "create_contact": {"phone"}, "create_contacts": {"phone"}, "set_contact_status": {"status"},
    "send_message": {"inbox_id", "text"},
}  # fmt: skip


def places(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where a field of a call stands in a body, however deep; what stands in `custom` is the team's own."""
    for name, value in (
        body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    ):
        if isinstance(body, dict):
            yield (*path, name)
        if name != "custom":
            yield from places(value, (*path, name))


def with_value(asked: ApiCall, place: tuple[Any, ...], value: Any) -> ApiCall:
    body = copy.deepcopy(asked.body)
    at = body
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    return asked._replace(body=body)


@pytest.mark.parametrize("operation", WITH_BODY)
def test_a_field_of_another_form(crm: ApiClient, world: TeamIds, unchanged: None, operation: str) -> None:
    good = VALID_CALLS[operation](world)
    numbers = [name for name in ("phone", "phone_number", "target") if name in _fields(operation)]
    for place in [*places(good.body), *((name,) for name in numbers if isinstance(good.body, dict))]:
        for value, expected in FIELDS[place[-1]]:
            if place[-1] == "text" and "consent" in place:
                value = value * 2 if isinstance(value, str) else value
            asked = with_value(good, place, value)
            if place == ("phone_number",):
                asked.body.pop("chat_id")
            if place == ("target",):
                asked.body.pop("chat_id", None)
            assert_refused(crm, operation, asked, expected)


def _fields(operation: str) -> set[str]:
    schema = OPERATIONS[operation]["requestBody"]["content"]["application/json"]["schema"]
    named = schema.get("$ref", "").rpartition("/")[2]
    return set(DOCUMENT["components"]["schemas"][named]["properties"]) if named else set()


def test_a_field_that_is_none_of_the_call(crm: ApiClient, world: TeamIds, unchanged: None) -> None:
    for operation in WITH_BODY:
        good = VALID_CALLS[operation](world)
        holders = {place[:-1] for place in places(good.body)}
        for holder in holders:
            for name in ("bogus", "", "PHONE", "id ", "__proto__", "team_id", "list_id", "x" * 10_000):
                assert_refused(crm, operation, with_value(good, (*holder, name), 1), BAD_DATA)


def test_a_field_that_is_needed(crm: ApiClient, world: TeamIds, unchanged: None) -> None:
    for operation in NEEDED:
        good = VALID_CALLS[operation](world)
        for name in NEEDED[operation]:
            place = (0, name) if operation == "create_contacts" else (name,)
            assert_refused(crm, operation, with_value(good, place, None), BAD_DATA)
            without = with_value(good, place, None)
            (without.body[0] if operation == "create_contacts" else without.body).pop(name)
            assert_refused(crm, operation, without, BAD_DATA)


def test_a_number_of_another_country_is_a_number(crm: ApiClient, world: TeamIds) -> None:
    """Numbers are whole with their country code, so none is foreign; digits short of one are a short code."""
    for given, told in [("442079460958", "442079460958"), ("+442079460958", "442079460958"), ("384387", "US:384387"),
                        ("CA:384387", "CA:384387")]:  # fmt: skip
        assert crm.post("contact/status", {"phone": given})["phone"] == told
