"""API calls on contacts. None of them loses or lifts an opt-out."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from contacts.contact import deletion
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.lists.models import Tag
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from optout.consent_types import Actor
from optout.models import Suppression
from optout.number_locks import lock_number
from tests.api.conftest import ApiClient
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import new_sid

PHONE = STRANGER.removeprefix("+")
MARIAS, TOMS = MARIA.removeprefix("+"), TOM.removeprefix("+")


def stop(cast: Cast, number: str = STRANGER) -> None:
    inbound.receive(cast.front_desk, InboundText(new_sid(), number, "STOP"))


def test_a_contact_is_created_read_changed_and_deleted(cast: Cast, crm: ApiClient) -> None:
    created = crm.post("contact", {
        "phone": "+" + PHONE, "first": " Ada ", "last": "Byron", "email": "ada@example.com", "tags": ["vip", "new"],
        "assignee_id": cast.member.id,
    })  # fmt: skip
    contact = crm.get(f"contact/{created['id']}")
    assert (
        contact == crm.post("contact/get", {"phone": PHONE}) == crm.post("contact/get", {"id": created["id"]})
    )
    assert (contact["first"], contact["phone"], contact["assigned_user_id"]) == ("Ada", PHONE, cast.member.id)
    assert (contact["status"], contact["rev"], contact["uuid"]) == ("active", 1, created["uuid"])
    tags = {tag["name"]: tag["tag_id"] for tag in contact["tags"]}
    assert set(tags) == {"vip", "new"}

    changed = crm.call("PUT", f"contact/{created['id']}", {
        "first": "", "last": "Lovelace", "tags": [{"tag_id": tags["vip"]}, "poet"], "assignee_id": -1,
    }).json()  # fmt: skip
    assert (changed["rev"], changed["created"]) == (2, False)
    contact = crm.get(f"contact/{created['id']}")
    assert (contact["first"], contact["last"], contact["email"], contact["assigned_user_id"]) == (
        "", "Lovelace", "ada@example.com", None,
    )  # fmt: skip
    assert {tag["name"] for tag in contact["tags"]} == {"vip", "poet"}

    assert crm.call("DELETE", f"contact/{created['id']}").json() == "ok"
    assert crm.refused("GET", f"contact/{created['id']}") == (404, "contact_not_found")
    assert crm.refused("DELETE", f"contact/{created['id']}") == (404, "contact_not_found")


def test_create_fills_empty_fields_of_an_existing_contact_and_keeps_the_others(
    cast: Cast, crm: ApiClient
) -> None:
    created = crm.post(
        "contact", {"phone": MARIAS, "first": "Mary", "email": "maria@example.com", "tags": ["vip"]}
    )
    assert (created["id"], created["created"]) == (cast.maria.id, False)
    contact = crm.get(f"contact/{created['id']}")
    assert (contact["first"], contact["last"], contact["email"]) == ("Maria", "Lopez", "maria@example.com")
    crm.post("contact", {"phone": MARIAS, "tags": ["new"]})
    assert {tag["name"] for tag in crm.get(f"contact/{created['id']}")["tags"]} == {"vip", "new"}


@pytest.mark.parametrize(("change", "answer"), [
    ({"phone": "99"}, (422, "invalid_phone_number")),
    ({"phone": "15105550"}, (422, "invalid_phone_number")),
    ({"email": "nobody"}, (422, "invalid_email")),
    ({"assignee_id": 10**9}, (404, "member_not_found")),
    ({"tags": [{"tag_id": 10**9}]}, (404, "tag_not_found")),
    ({"first": "x" * 81}, (400, "bad_data")),
    ({"status": "subscribed"}, (400, "bad_data")),
    ({"avatar": "https://example.com/a.png"}, (400, "bad_data")),
])  # fmt: skip
def test_an_invalid_contact_is_refused(
    cast: Cast, crm: ApiClient, change: dict[str, Any], answer: Any
) -> None:
    assert crm.refused("POST", "contact", {"phone": PHONE, **change}) == answer
    assert crm.refused("PUT", f"contact/{cast.maria.id}", change) == answer
    with scope(cast.northside.id):
        assert Contact.objects.count() == 2 and not Tag.objects.exists()
        assert Contact.objects.get(id=cast.maria.id).rev == 1


# -- custom fields -----------------------------------------------------------------------------------------------


@pytest.fixture
def fields(cast: Cast) -> dict[str, str]:
    """Northside's two custom fields: key to ID."""
    with scope(cast.northside.id):
        created = [
            CustomField.objects.create(
                team=cast.northside, name="Level", key="level", kind="choice", options=["Gold"]
            ),
            CustomField.objects.create(
                team=cast.northside, name="Visits", key="visits", kind="number", position=1
            ),
        ]
    return {field.key: str(field.id) for field in created}


def test_custom_fields_are_named_by_id(cast: Cast, crm: ApiClient, fields: dict[str, str]) -> None:
    level, visits = fields["level"], fields["visits"]
    assert [(str(field["id"]), field["key"], field["options"]) for field in crm.post("contact-fields")] == [
        (level, "level", ["Gold"]), (visits, "visits", []),
    ]  # fmt: skip
    created = crm.post("contact", {"phone": PHONE, "custom": {level: "gold", "visits": 3}})
    assert created["rev"] == 1

    def custom() -> Any:
        return crm.get(f"contact/{created['id']}")["custom"]

    assert custom() == {level: "Gold", visits: 3}
    crm.post("contact", {"phone": PHONE, "custom": {visits: 9}})
    assert custom() == {level: "Gold", visits: 3}, "an existing value is kept"
    crm.call("PUT", f"contact/{created['id']}", {"custom": {visits: 4}})
    assert custom() == {level: "Gold", visits: 4}
    crm.call("PUT", f"contact/{created['id']}", {"custom": {level: None}})
    assert custom() == {visits: 4}
    crm.call("PUT", f"contact/{created['id']}?overwrite=true", {"custom": {"level": "Gold"}})
    assert custom() == {level: "Gold"}
    (listed,) = [contact for contact in walk(crm) if contact["id"] == created["id"]]
    assert listed["custom"] == {level: "Gold"}


def test_a_field_id_takes_precedence_over_another_fields_key(
    cast: Cast, crm: ApiClient, fields: dict[str, str]
) -> None:
    with scope(cast.northside.id):
        CustomField.objects.create(team=cast.northside, name="Digits", key=fields["visits"], position=2)
    created = crm.post("contact", {"phone": PHONE, "custom": {fields["visits"]: 3}})
    assert crm.get(f"contact/{created['id']}")["custom"] == {fields["visits"]: 3}


@pytest.mark.parametrize("custom", [{"colour": "red"}, {"level": "Lead"}, {"visits": "many"}, {"999999": 1}])
def test_an_invalid_custom_field_is_refused(
    cast: Cast, crm: ApiClient, fields: dict[str, str], custom: dict[str, Any]
) -> None:
    for method, path in (("POST", "contact"), ("PUT", f"contact/{cast.maria.id}")):
        refused = crm.call(method, path, {"phone": MARIAS, "custom": custom})
        assert (refused.status_code, refused.json()["error_code"]) == (422, "invalid_custom_field")
        assert refused.json()["field"] == f"custom.{next(iter(custom))}"
    (answer,) = crm.post("batch/contacts", [{"phone": PHONE, "custom": custom}])
    assert answer["error"]["error_code"] == "invalid_custom_field"


# -- consent -----------------------------------------------------------------------------------------------------


def test_creating_and_changing_a_contact_lifts_no_opt_out(cast: Cast, crm: ApiClient) -> None:
    stop(cast)
    for body in (
        {"phone": PHONE}, {"phone": PHONE, "is_opted_out": False}, {"phone": PHONE, "status": "active"},
    ):  # fmt: skip
        created = crm.post("contact", body)
        assert crm.get(f"contact/{created['id']}")["is_opted_out"]
        crm.call("PUT", f"contact/{created['id']}", body)
        assert crm.get(f"contact/{created['id']}")["is_opted_out"]
        crm.call("DELETE", f"contact/{created['id']}")
    again = crm.post("batch/contacts", [{"phone": PHONE, "is_opted_out": False}])
    assert crm.get(f"contact/{again[0]['id']}")["is_opted_out"]
    entries = crm.get("optouts")["changes"]
    origins = [entry["initiated_by"]["origin"] for entry in entries]
    assert origins == ["contact"], "the ledger has only the STOP"


@pytest.mark.parametrize(("body", "status"), [
    ({"is_opted_out": True}, "unsubscribed"), ({"status": "unsubscribed"}, "unsubscribed"),
    ({"status": "blocked"}, "blocked"), ({"status": "active"}, "active"), ({"is_opted_out": False}, "active"),
])  # fmt: skip
def test_a_status_is_recorded_for_a_new_and_an_existing_contact(
    cast: Cast, crm: ApiClient, body: dict[str, Any], status: str
) -> None:
    created = crm.post("contact", {"phone": PHONE, **body})
    crm.call("PUT", f"contact/{cast.tom.id}", body)
    found = crm.post("contact", {"phone": MARIAS, **body})
    for id in (created["id"], cast.tom.id, found["id"]):
        contact = crm.get(f"contact/{id}")
        assert (contact["status"], contact["is_opted_out"]) == (status, status == "unsubscribed")


@pytest.mark.parametrize("wrong", [
    {"email": "ada@"}, {"assignee_id": 99999}, {"custom": {"none": "x"}}, {"tags": [{"tag_id": 99999}]},
], ids=["email", "assignee", "field", "tag"])  # fmt: skip
@pytest.mark.parametrize(("stated", "status"), [
    ({"is_opted_out": True}, "unsubscribed"), ({"status": "blocked"}, "blocked"),
])  # fmt: skip
def test_an_opt_out_beside_something_wrong_is_recorded(
    cast: Cast, crm: ApiClient, wrong: dict[str, Any], stated: dict[str, Any], status: str
) -> None:
    def standing_of(phone: str) -> str:
        found = crm.post("contact/status", {"phone": phone})
        return "blocked" if found["blocked"] else "unsubscribed" if found["unsubscribed"] else "active"

    def refused(method: str, path: str, body: dict[str, Any]) -> str:
        crm.refused(method, path, body)
        return str(crm.call(method, path, body).json()["message"])

    many, other = "15035550173", {**wrong, **stated, "first": "Ada"}
    recorded = "that the number may not be texted is recorded."
    assert recorded in refused("POST", "contact", {"phone": PHONE, **other})
    assert recorded in refused("PUT", f"contact/{cast.tom.id}", other)
    (result,) = crm.post("batch/contacts", [{"phone": many, **other}])
    assert recorded in result["error"]["message"]
    assert [standing_of(phone) for phone in (PHONE, TOMS, many)] == [status] * 3
    assert crm.get(f"contact/{cast.tom.id}")["first"] == "Tom"
    assert crm.refused("POST", "contact/get", {"phone": PHONE}) == (404, "contact_not_found")
    assert recorded not in refused("POST", "contact", {"phone": PHONE, **wrong})


def test_an_opt_out_in_an_unreadable_contact_of_a_batch_is_recorded(cast: Cast, crm: ApiClient) -> None:
    opted_out = {"is_opted_out": True}
    items: list[dict[str, Any]] = [
        {"phone": PHONE, **opted_out, "first": "A" * 81}, {"phone": MARIAS, **opted_out, "nickname": "Mia"},
        {"phone": TOMS, "is_opted_out": False, "nickname": "Tom"}, {"phone": "151", **opted_out, "nickname": "x"},
    ]  # fmt: skip
    channel = {"contact_channels": [{"channel_id": "15035550173"}], **opted_out, "nickname": "Ada"}
    results = [result["error"]["message"] for result in crm.post("batch/contacts", items)]
    (failed,) = crm.post("/v2/contacts", {"contacts": [channel]})["failed_contacts"]
    assert [message.endswith("is recorded.") for message in results] == [True, True, False, False]
    assert failed["error"]["message"].endswith("is recorded.")
    stopped = [
        crm.post("contact/status", {"phone": phone})["unsubscribed"]
        for phone in (PHONE, MARIAS, TOMS, "15035550173")
    ]
    assert stopped == [True, True, False, True]


def test_an_opt_out_and_a_block_in_one_call_are_both_recorded(cast: Cast, crm: ApiClient) -> None:
    """`is_opted_out` is true while the number is blocked, and unblocking leaves the opt-out."""
    both = {"is_opted_out": True, "status": "blocked"}
    ids = [crm.post("contact", {"phone": PHONE, **both})["id"], cast.tom.id, cast.maria.id]
    crm.call("PUT", f"contact/{cast.tom.id}", both)
    crm.post("batch/contacts", [{"phone": MARIAS, **both}])
    for id in ids:
        contact = crm.get(f"contact/{id}")
        assert (contact["status"], contact["is_opted_out"]) == ("blocked", True)
        crm.post("contact/set_status", {"id": id, "status": "unblocked"})
        contact = crm.get(f"contact/{id}")
        assert (contact["status"], contact["is_opted_out"]) == ("unsubscribed", True)


def test_a_contact_that_is_deleted_concurrently_is_not_found(
    cast: Cast, crm: ApiClient, elsewhere: Any, waits_for_lock: Any
) -> None:
    """PUT finds Maria and waits for her row; a batch creates Tom again."""
    with scope(cast.northside.id):
        deletion.delete_contacts(
            cast.northside.id, [cast.maria.id, cast.tom.id], erase=False, by=Actor.of(cast.admin)
        )
        put = elsewhere(crm.call, "PUT", f"contact/{cast.maria.id}", {"first": "Mary"})
        batch = elsewhere(crm.post, "batch/contacts", [{"phone": TOMS, "first": "Thomas"}])
        waits_for_lock("transactionid")
    assert (put.result(10).status_code, put.result(30).json()["error_code"]) == (404, "contact_not_found")
    (answer,) = batch.result(10)
    assert answer["error"] is None and answer["id"] != cast.tom.id


def test_a_change_takes_the_numbers_lock_before_the_row(
    cast: Cast, crm: ApiClient, elsewhere: Any, waits_for_lock: Any
) -> None:
    """Even for the number that the contact already has: a call that waits for the lock does not hold the row."""
    with scope(cast.northside.id):
        lock_number(cast.northside.id, MARIA)
        put = elsewhere(crm.call, "PUT", f"contact/{cast.maria.id}", {"phone": MARIAS, "is_opted_out": True})
        waits_for_lock()
        assert cast.northside.contacts.select_for_update(nowait=True).get(id=cast.maria.id)
    assert put.result(10).status_code == 200


def test_batches_in_opposite_orders_do_not_deadlock(cast: Cast, crm: ApiClient, elsewhere: Any) -> None:
    """With new tags and existing contacts."""
    people = [{"phone": f"1415555{index:04d}", "tags": [f"tag {index}"]} for index in range(3000, 3040)]
    for _ in range(3):
        batches = [
            elsewhere(crm.post, "batch/contacts?overwrite=true", order) for order in (people, people[::-1])
        ]
        assert all(answer["error"] is None for batch in batches for answer in batch.result(30))
        people = [{**item, "first": "Ada", "tags": [f"{item['phone']} again"]} for item in people]


def test_changing_the_number_keeps_the_opt_out_on_both_numbers(cast: Cast, crm: ApiClient) -> None:
    stop(cast, MARIA)
    changed = crm.call("PUT", f"contact/{cast.maria.id}", {"phone": PHONE}).json()
    assert changed["rev"] == 2
    for phone in (PHONE, MARIAS):
        assert not crm.get(f"contact/{phone}/why")["may_text"]
    assert crm.get(f"contact/{cast.maria.id}")["phone"] == PHONE
    assert crm.refused("PUT", f"contact/{cast.maria.id}", {"phone": TOMS}) == (409, "number_taken")


def test_an_opted_out_number_stays_so_for_its_next_contact(cast: Cast, crm: ApiClient) -> None:
    stop(cast)
    crm.call("DELETE", f"contact/{crm.post('contact/get', {'phone': PHONE})['id']}")
    assert (
        crm.call("PUT", f"contact/{cast.tom.id}", {"phone": PHONE, "is_opted_out": False}).status_code == 200
    )
    assert crm.get(f"contact/{cast.tom.id}")["is_opted_out"]
    assert crm.get(f"contact/{TOMS}/why")["may_text"]


# -- batches -----------------------------------------------------------------------------------------------------


def test_a_batch_returns_a_result_for_each_item(cast: Cast, crm: ApiClient) -> None:
    stop(cast)
    answers = crm.post("batch/contacts", [
        {"phone": PHONE, "first": "Ada"}, {"phone": "1"}, {"first": "Nobody"}, {"phone": MARIAS, "first": "Mary"},
        {"phone": "14155550177", "colour": "red"}, {"phone": "14155550178", "is_opted_out": True}, {"phone": PHONE},
    ])  # fmt: skip
    assert [answer["index"] for answer in answers] == list(range(7))
    assert [answer["created"] for answer in answers] == [False, None, None, False, None, True, False]
    assert [answer["error"] and (answer["error"]["error_code"], answer["error"]["field"]) for answer in answers] == [
        None, ("invalid_phone_number", "phone"), ("bad_data", "phone"), None, ("bad_data", "colour"), None, None,
    ]  # fmt: skip
    assert crm.get(f"contact/{answers[0]['id']}")["first"] == "Ada", "created without a name by the STOP"
    assert crm.get(f"contact/{cast.maria.id}")["first"] == "Maria"
    assert crm.get("contact/14155550178/why")["status"] == "unsubscribed"
    crm.post("batch/contacts?overwrite=true", [{"phone": MARIAS, "first": "Mary"}])
    assert crm.get(f"contact/{cast.maria.id}")["first"] == "Mary"


def test_a_batch_has_at_most_a_thousand_items(cast: Cast, crm: ApiClient) -> None:
    people = [
        {"phone": f"1415555{index:04d}", "is_opted_out": index % 10 == 0} for index in range(1000, 2000)
    ]
    answers = crm.post("batch/contacts", people)
    assert len(answers) == 1000 and all(answer["created"] for answer in answers)
    with scope(cast.northside.id):
        assert Suppression.objects.count() == 100
    assert crm.post("contacts/count") == {"count": 1002}
    assert crm.refused("POST", "batch/contacts", [*people, people[0]]) == (400, "bad_data")


# -- lists -------------------------------------------------------------------------------------------------------


def walk(crm: ApiClient, **body: Any) -> Iterator[dict[str, Any]]:
    while page := crm.post("contacts", body):
        yield from page
        body["date"] = page[-1]["updated"]


def test_pages_have_each_contact_once_even_with_equal_times(cast: Cast, crm: ApiClient) -> None:
    now = timezone.now()
    with scope(cast.northside.id):
        Contact.objects.bulk_create(
            Contact(team=cast.northside, number=f"+1415555{index}") for index in range(1000, 1100)
        )
        Contact.objects.filter(number__gte="+14155551030").update(updated_at=now)
        Contact.objects.filter(number__lt="+14155551030").update(updated_at=now - timedelta(days=1))
    expected = sorted((contact["updated"][:26], contact["id"]) for contact in walk(crm))
    assert len({id for _, id in expected}) == 102
    descending = [contact["id"] for contact in walk(crm)]
    ascending = [contact["id"] for contact in walk(crm, ascending=True)]
    assert descending == [id for _, id in reversed(expected)]
    assert ascending == descending[::-1]


def test_ascending_pages_find_later_changes(cast: Cast, crm: ApiClient) -> None:
    *_, last = walk(crm, ascending=True)
    assert list(walk(crm, ascending=True, date=last["updated"])) == []
    crm.call("PUT", f"contact/{cast.maria.id}", {"first": "Mary"})
    assert [contact["first"] for contact in walk(crm, ascending=True, date=last["updated"])] == ["Mary"]
