"""With X-Heymarket-Dry-Run a call answers what it would, and nothing is written, woken or told."""

from collections.abc import Callable
from typing import Any

import pytest

from kernel.background import BatchQueue
from tests.api.calls import UNKNOWN_PHONE, VALID_CALLS, ApiCall, TeamIds, writes
from tests.api.conftest import ApiClient
from tests.conftest import Rows

DRY = {"X-Heymarket-Dry-Run": "true"}
WRITING = [operation for operation in VALID_CALLS if writes(operation)]
# Of each call that writes, more than its good request: what is refused, half refused, or there already.
MORE: list[Callable[[TeamIds], ApiCall]] = [
    lambda w: ApiCall("POST", "contact", {"phone": w.phone, "first": "Mary"}),
    lambda w: ApiCall("POST", "contact", {"phone": UNKNOWN_PHONE, "status": "blocked"}),
    lambda w: ApiCall("POST", "contact", {"phone": UNKNOWN_PHONE, "tags": [{"tag_id": 2**62}]}),
    lambda w: ApiCall("PUT", f"contact/{w.contact}", {"phone": "14155550102"}),
    lambda w: ApiCall("PUT", f"contact/{w.contact}", {"phone": UNKNOWN_PHONE}),
    lambda w: ApiCall("DELETE", f"contact/{2**62}"),
    lambda w: ApiCall("POST", "contact/set_status", {"phone": "14155550102", "status": "subscribed"}),
    lambda w: ApiCall("POST", "contact/set_status", {"phone": "14155550199", "status": "active"}),
    lambda w: ApiCall("POST", "batch/contacts", [{"phone": UNKNOWN_PHONE}, {"phone": "1"}, {"phone": w.phone}, {"phone": UNKNOWN_PHONE}]),
    lambda w: ApiCall(
        "POST", "batch/contacts", [{"phone": UNKNOWN_PHONE}, *({"phone": f"14155551{n:03}"} for n in range(120)), {"phone": UNKNOWN_PHONE}]
    ),
    lambda w: ApiCall("POST", "message/send", {"inbox_id": w.inbox, "phone_number": "14155550102", "text": "Hello"}),
    lambda w: ApiCall("POST", "message/send", {"inbox_id": w.inbox, "phone_number": UNKNOWN_PHONE, "text": "Hello"}),
    lambda w: ApiCall(
        "POST", "message/send", {"inbox_id": w.inbox, "phone_number": "14155550199", "text": "Hello", "local_id": "a"}
    ),
]  # fmt: skip


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Whoever would be woken or told."""
    put: list[Any] = []
    monkeypatch.setattr(BatchQueue, "put", lambda soon, item: put.append(item))
    return put


@pytest.mark.parametrize(
    "ask",
    [*(VALID_CALLS[operation] for operation in WRITING), *MORE],
    ids=[*WRITING, *map(str, range(len(MORE)))],
)
def test_a_dry_run_answers_and_changes_nothing(
    crm: ApiClient,
    world: TeamIds,
    rows: Callable[[], Rows],
    soon: list[Any],
    ask: Callable[[TeamIds], ApiCall],
) -> None:
    asked = ask(world)
    crm.get("team")  # so that the key's use is noted
    before = rows()
    dry = crm.call(*asked, **DRY)
    assert rows() == before and not soon
    real = crm.call(*asked, **{"X-Heymarket-Dry-Run": "false"})
    assert (dry.status_code, but_for_ids(dry.json())) == (real.status_code, but_for_ids(real.json()))
    if real.status_code == 200:
        assert soon


def but_for_ids(told: Any) -> Any:
    if isinstance(told, list):
        return [but_for_ids(one) for one in told]
    if isinstance(told, dict):
        return {name: but_for_ids(value) for name, value in told.items() if name not in IDS}
    return told


IDS = ("id", "uuid", "date", "request_id", "chat_id")


def test_a_dry_run_takes_no_local_id(crm: ApiClient, world: TeamIds) -> None:
    sent = {"inbox_id": world.inbox, "phone_number": UNKNOWN_PHONE, "text": "Hello", "local_id": "order-1"}
    crm.post("message/send", sent, **DRY)
    first = crm.post("message/send", sent)
    assert crm.post("message/send", sent, **DRY) == first == crm.post("message/send", sent)
    assert crm.refused("POST", "message/send", {**sent, "text": "Bye"}, **DRY) == (409, "local_id_reused")
