"""Idempotency-Key: every POST that changes something runs once, and its repeats get the first response again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from api import idempotency
from api.idempotency import KeyedCall
from api.models import KeyMode, StoredResponse
from contacts.api import contact_batches
from contacts.contact.erasure import ErasedPerson, erase_persons
from contacts.contact.models import Contact
from contacts.retention import delete_expired
from kernel.tenancy import scope
from messaging.models import Message
from tests.api.calls import OPERATIONS, UNKNOWN_PHONE, VALID_CALLS, ApiCall, TeamIds, writes
from tests.api.conftest import ApiClient, create_client
from tests.cast import Cast
from tests.cluster_database import execute_on_nodes
from tests.conftest import Rows

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
KEYED = [name for name in VALID_CALLS if writes(name) and OPERATIONS[name]["method"] == "POST"]
CONTACT = {"phone": UNKNOWN_PHONE, "first": "Ada"}


def without_local_id(call: ApiCall) -> ApiCall:
    if isinstance(call.body, dict):
        return call._replace(body={name: value for name, value in call.body.items() if name != "local_id"})
    return call


def texts(cast: Cast) -> int:
    with scope(cast.northside.id):
        return int(Message.objects.filter(team=cast.northside, outbound=True).count())


def set_age(cast: Cast, age: timedelta) -> None:
    with scope(cast.northside.id):
        StoredResponse.objects.filter(team=cast.northside).update(created_at=timezone.now() - age)


def without_request_id(answer: Any) -> str:
    return str(answer.content.decode()).replace(answer["X-Request-Id"], "")


def assert_replayed(answer: Any, first: Any) -> None:
    assert (answer.status_code, answer["Idempotent-Replayed"]) == (first.status_code, "true")
    assert "Idempotent-Replayed" not in first


def test_a_repeat_gets_the_first_response_and_changes_nothing(
    cast: Cast, team_ids: TeamIds, rows: Callable[[], Rows]
) -> None:
    crm = create_client(cast.owner, mode=KeyMode.COMPATIBLE)  # which may send a field that is ignored
    assert len(KEYED) > 10
    for operation in KEYED:
        key = {"Idempotency-Key": operation}
        call = without_local_id(VALID_CALLS[operation](team_ids))
        if isinstance(call.body, dict) and "title" in call.body:  # lists of one title would be refused
            call = call._replace(body={**call.body, "title": operation})
        first = crm.call(*call, **key)
        assert first.status_code in (200, 409), (operation, first.json())  # some opt people out
        before = rows()
        again = crm.call(*call, **key)
        assert "Idempotent-Replayed" in again, (operation, first.json())
        assert_replayed(again, first)
        assert without_request_id(again) == without_request_id(first) and rows() == before, operation
        if isinstance(call.body, dict):
            other = crm.call(*call._replace(body={**call.body, "nickname": "Other"}), **key)
            assert (other.status_code, other.json()["error_code"]) == (422, "idempotency_key_reused"), (
                operation
            )


def test_a_key_means_one_request(crm: ApiClient, cast: Cast, owner: psycopg.Connection) -> None:
    first = crm.call("POST", "contact", CONTACT, **KEY)
    assert crm.refused("POST", "contact", {**CONTACT, "first": "Eve"}, **KEY) == (
        422,
        "idempotency_key_reused",
    )
    assert crm.refused("POST", "batch/contacts", [CONTACT], **KEY) == (422, "idempotency_key_reused")
    assert_replayed(crm.call("POST", "contact", dict(reversed(CONTACT.items())), **KEY), first)
    # Another API key's is another one.
    other = create_client(cast.owner, name="Shop")
    assert other.post("contact", CONTACT, **KEY) == {**first.json(), "created": False}
    # At work in another process, which holds the lock.
    busy = {"Idempotency-Key": "busy"}
    lock = KeyedCall(cast.northside.id, crm.key.id, "busy", "").lock
    execute_on_nodes(owner, "SELECT pg_advisory_lock(%s)", [lock])
    try:
        answer = crm.call("POST", "contact", CONTACT, **busy)
        assert (answer.status_code, answer.json()["error_code"]) == (409, "call_in_progress")
        assert answer["Retry-After"] == "1"
    finally:
        execute_on_nodes(owner, "SELECT pg_advisory_unlock(%s)", [lock])
    assert crm.call("POST", "contact", CONTACT, **busy).status_code == 200
    # No key, and keys that are none.
    assert crm.call("POST", "contact", CONTACT).status_code == 200
    for key in ("", "x" * 256, "schlüssel".encode().decode("latin-1")):
        for dry in ("false", "true"):
            answer = crm.call(
                "POST", "contact", CONTACT, **{"Idempotency-Key": key, "X-Heymarket-Dry-Run": dry}
            )
            assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")


def test_a_refused_text_is_a_response(crm: ApiClient, cast: Cast, team_ids: TeamIds) -> None:
    sent = {"inbox_id": team_ids.inbox, "phone_number": "14155550102", "text": "Hello"}  # Tom has opted out
    first = crm.call("POST", "message/send", sent, **KEY)
    again = crm.call("POST", "message/send", sent, **KEY)
    assert (first.status_code, first.json()["error_code"]) == (409, "unsubscribed_number")
    assert_replayed(again, first)
    assert {**again.json(), "request_id": ""} == {**first.json(), "request_id": ""}
    assert again.json()["request_id"] == again["X-Request-Id"]
    assert texts(cast) == 1


def test_what_changes_nothing_leaves_the_key_free(
    crm: ApiClient, cast: Cast, team_ids: TeamIds, monkeypatch: pytest.MonkeyPatch
) -> None:
    dry = crm.call("POST", "contact", CONTACT, **KEY, **{"X-Heymarket-Dry-Run": "true"})
    assert dry.status_code == 200
    assert crm.refused("POST", "contact", {"phone": "1"}, **KEY) == (422, "invalid_phone_number")
    assert crm.refused("POST", "contact", {"phone": 1}, **KEY) == (400, "bad_data")
    # Calls that only read, and calls that may be repeated anyway.
    for _ in range(2):
        assert "Idempotent-Replayed" not in crm.call(
            "POST", "contact/status", {"id": team_ids.contact}, **KEY
        )
        crm.call("PUT", f"contact/{team_ids.contact}", {"first": "Mary"}, **KEY)
    with scope(cast.northside.id):
        assert not StoredResponse.objects.filter(team=cast.northside).exists()
    # The response and the change are one transaction.
    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "_store", _crash)
        assert crm.refused("POST", "contact", CONTACT, **KEY) == (500, "internal_error")
    with monkeypatch.context() as patch:
        patch.setattr(contact_batches, "save_in_transaction", _crash)
        assert crm.refused("POST", "batch/contacts", [CONTACT], **KEY) == (500, "internal_error")
    assert crm.call("POST", "message/send", _text(team_ids), **KEY).status_code == 200
    assert texts(cast) == 1


def _text(team_ids: TeamIds) -> dict[str, Any]:
    return {"inbox_id": team_ids.inbox, "phone_number": UNKNOWN_PHONE, "text": "Hello"}


def _crash(*values: Any) -> None:
    raise RuntimeError("killed")


def test_a_batch_is_claimed_while_it_is_saved(
    crm: ApiClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:  # its process dies
        patch.setattr(KeyedCall, "row", _crash)
        assert crm.refused("POST", "batch/contacts", [CONTACT], **KEY)[0] == 500
    answer = crm.call("POST", "batch/contacts", [CONTACT], **KEY)
    assert (answer.status_code, answer.json()["error_code"]) == (409, "call_in_progress")
    set_age(cast, idempotency.CLAIM_LAPSES)
    first = crm.call("POST", "batch/contacts", [CONTACT], **KEY)
    assert [item["created"] for item in first.json()] == [False]  # it was saved
    assert_replayed(crm.call("POST", "batch/contacts", [CONTACT], **KEY), first)


def test_teams_with_the_same_key_know_nothing_of_each_other(
    crm: ApiClient, harbor_crm: ApiClient, cast: Cast
) -> None:
    first = crm.call("POST", "contact", CONTACT, **KEY)
    other = harbor_crm.call("POST", "contact", {**CONTACT, "first": "Eve"}, **KEY)
    assert other.status_code == 200 and other.json()["created"] and "Idempotent-Replayed" not in other
    assert_replayed(crm.call("POST", "contact", CONTACT, **KEY), first)
    with scope(cast.harbor.id):
        assert Contact.objects.get(team=cast.harbor, number=f"+{UNKNOWN_PHONE}").first_name == "Eve"


def test_responses_are_kept_for_a_day(crm: ApiClient, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    crm.post("contact", CONTACT, **KEY)
    crm.post("contact", CONTACT, **{"Idempotency-Key": "2"})

    def kept(**update: Any) -> list[str]:
        with scope(cast.northside.id):
            rows = StoredResponse.objects.filter(team=cast.northside)
            rows.filter(idempotency_key=KEY["Idempotency-Key"]).update(**update)
        delete_expired(cast.northside.id, timezone.now())
        with scope(cast.northside.id):
            return [row.idempotency_key for row in rows.order_by("id")]

    young = timezone.now() - idempotency.KEPT_FOR + timedelta(minutes=5)
    assert len(kept(created_at=young)) == 2
    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "MOST_KEPT", 1)
        assert kept(created_at=young) == ["2"]
    set_age(cast, idempotency.KEPT_FOR)
    assert "Idempotent-Replayed" not in crm.call("POST", "contact", CONTACT, **{"Idempotency-Key": "2"})
    set_age(cast, idempotency.KEPT_FOR)
    assert kept(fingerprint="x") == []


def test_an_erased_person_is_in_no_stored_response(crm: ApiClient, cast: Cast) -> None:
    wrong = [{**CONTACT, "email": f"{UNKNOWN_PHONE}.example"}]
    crm.call("POST", "batch/contacts", wrong, **KEY)
    crm.call("POST", "contact", CONTACT, **{"Idempotency-Key": "2"})
    with scope(cast.northside.id):
        erase_persons(cast.northside.id, [ErasedPerson(1, f"+{UNKNOWN_PHONE}")])
        found = StoredResponse.objects.filter(team=cast.northside, content__contains=UNKNOWN_PHONE)
        assert not found.exists()
    assert crm.refused("POST", "batch/contacts", wrong, **KEY) == (422, "idempotency_key_reused")
    assert "Idempotent-Replayed" in crm.call("POST", "contact", CONTACT, **{"Idempotency-Key": "2"})
