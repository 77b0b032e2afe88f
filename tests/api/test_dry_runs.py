"""Dry runs: the response of the real call without IDs, and nothing is written, queued or sent."""

from collections.abc import Callable
from typing import Any

import pytest

from kernel.background import BatchQueue
from kernel.distribution import lookups
from kernel.tenancy import scope
from tests.api.calls import UNKNOWN_PHONE, VALID_CALLS, ApiCall, TeamIds, writes
from tests.api.conftest import ApiClient
from tests.cast import Cast
from tests.conftest import Rows
from tests.held_transactions import held_transaction

DRY = {"X-Heymarket-Dry-Run": "true"}
WRITING_CALLS = [operation for operation in VALID_CALLS if writes(operation)]
# More calls that write: refused, partly refused, or about something that exists.
MORE: list[Callable[[TeamIds], ApiCall]] = [
    lambda w: ApiCall("POST", "contact", {"phone": w.phone, "first": "Mary"}),
    lambda w: ApiCall("POST", "contact", {"phone": UNKNOWN_PHONE, "status": "blocked"}),
    lambda w: ApiCall("POST", "contact", {"phone": UNKNOWN_PHONE, "tags": [{"tag_id": 2**62}]}),
    lambda w: ApiCall("PUT", f"contact/{w.contact}", {"phone": "14155550102"}),
    lambda w: ApiCall("PUT", f"contact/{w.contact}", {"phone": UNKNOWN_PHONE}),
    lambda w: ApiCall("DELETE", f"contact/{2**62}"),
    lambda w: ApiCall("POST", "contact/set_status", {"phone": "14155550102", "status": "subscribed"}),
    lambda w: ApiCall("POST", "contact/set_status", {"phone": "14155550199", "status": "active"}),
    lambda w: _batch(UNKNOWN_PHONE, "1", w.phone, UNKNOWN_PHONE),
    lambda w: _batch(UNKNOWN_PHONE, *(f"14155551{n:03}" for n in range(120)), UNKNOWN_PHONE),
    lambda w: ApiCall("POST", "message/send", {"inbox_id": w.inbox, "phone_number": "14155550102", "text": "Hello"}),
    lambda w: ApiCall("POST", "message/send", {"inbox_id": w.inbox, "phone_number": UNKNOWN_PHONE, "text": "Hello"}),
    lambda w: ApiCall(
        "POST", "message/send", {"inbox_id": w.inbox, "phone_number": "14155550199", "text": "Hello", "local_id": "a"}
    ),
]  # fmt: skip


def _batch(*phones: str) -> ApiCall:
    return ApiCall("POST", "batch/contacts", [{"phone": phone} for phone in phones])


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Items put into background queues, which wake workers and notify browsers."""
    items: list[Any] = []
    monkeypatch.setattr(BatchQueue, "put", lambda queue, item: items.append(item))
    return items


@pytest.mark.parametrize(
    "make_call",
    [*(VALID_CALLS[operation] for operation in WRITING_CALLS), *MORE],
    ids=[*WRITING_CALLS, *map(str, range(len(MORE)))],
)
def test_a_dry_run_answers_and_changes_nothing(
    crm: ApiClient,
    team_ids: TeamIds,
    rows: Callable[[], Rows],
    queued: list[Any],
    make_call: Callable[[TeamIds], ApiCall],
) -> None:
    call = make_call(team_ids)
    crm.get("team")  # records the key's use
    before = rows()
    dry = crm.call(*call, **DRY)
    assert rows() == before and not queued
    real = crm.call(*call, **{"X-Heymarket-Dry-Run": "false"})
    assert dry.status_code == real.status_code
    assert (dry["X-Heymarket-Dry-Run"], dry.json()["dry_run"]) == ("true", True)
    assert "X-Heymarket-Dry-Run" not in real and "dry_run" not in real.json()
    if real.status_code == 200:
        unseen = call.path.startswith(("webhooks", "/n8n/v1/triggers"))  # no page shows them as they change
        is_there = (call.method, call.path[-8:]) == ("POST", "/channel")
        assert queued or unseen or is_there
        assert fields_with_ids(dry.json()) == set()
        assert without_changing(dry.json()["response"]) == without_changing(real.json())
    else:
        assert without_changing({**real.json(), "dry_run": True}) == without_changing(dry.json())


def without_changing(body: Any) -> Any:
    """Without IDs, and what differs between two calls."""
    if isinstance(body, list):
        return [without_changing(item) for item in body]
    if isinstance(body, dict):
        kept = {name: value for name, value in body.items() if name not in (*IDS, *CHANGING)}
        return {name: without_changing(value) for name, value in kept.items()}
    return body


IDS = ("id", "uuid", "chat_id", "inbox_id", "conversation_id", "template_id", "message_id", "event_id", "team_id",
       "contact_id", "tag_id", "role_id", "assigned_user_id")  # fmt: skip
CHANGING = ("date", "created", "updated", "ended", "request_id", "secret")


def fields_with_ids(body: Any) -> set[str]:
    if isinstance(body, list):
        return set().union(*map(fields_with_ids, body))
    if isinstance(body, dict):
        return (body.keys() & set(IDS)).union(*map(fields_with_ids, body.values()))
    return set()


def test_a_dry_run_does_not_use_up_its_local_id(crm: ApiClient, team_ids: TeamIds) -> None:
    sent = {"inbox_id": team_ids.inbox, "phone_number": UNKNOWN_PHONE, "text": "Hello", "local_id": "order-1"}
    crm.post("message/send", sent, **DRY)
    first = crm.post("message/send", sent)
    again = crm.post("message/send", sent, **DRY)
    assert without_changing(again["response"]) == without_changing(first)
    assert crm.post("message/send", sent) == first
    assert crm.refused("POST", "message/send", {**sent, "text": "Bye"}, **DRY) == (409, "local_id_reused")


@pytest.mark.parametrize("in_scope", [True, False])
def test_a_dry_run_in_a_longer_transaction_undoes_itself_alone(
    cast: Cast, crm: ApiClient, in_scope: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a cluster a scope is on its team's node: there a key is found by a process that knows the key's team.
    monkeypatch.setattr(lookups, "REMEMBERED_FOR", 60.0)
    crm.get("consents")
    body = {"phone": UNKNOWN_PHONE, "first": "Ada"}
    with scope(cast.northside.id) if in_scope else held_transaction():
        saved = crm.post("contact", body)
        other = {"phone": "14155550178", "is_opted_out": True}
        assert crm.post("contact", other, **DRY)["response"]["created"] is True
        assert [item["created"] for item in crm.post("batch/contacts", [other], **DRY)["response"]] == [True]
        assert crm.get(f"contact/{saved['id']}")["first"] == "Ada"
    assert crm.refused("POST", "contact/get", {"phone": "14155550178"}) == (404, "contact_not_found")
    assert crm.get("contact/14155550178/why")["may_text"] is True
    assert crm.post("contact/get", {"phone": UNKNOWN_PHONE})["id"] == saved["id"]
