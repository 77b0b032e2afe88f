"""Carrier trouble: which pauses a broadcast, when, and that nothing is burnt or repeated meanwhile."""

from collections.abc import Callable

import psycopg
import pytest

from contacts.lists.models import ContactList
from kernel.tenancy import scope
from messaging.broadcasts import lifecycle, settling, worker
from messaging.broadcasts.carrier_trouble import INBOX_CODES, PERSON_CODES, RecentText, find_trouble
from messaging.broadcasts.models import Broadcast, BroadcastStatus, PauseReason
from messaging.broadcasts.reconciliation import NOT_LISTED, reconcile
from messaging.models import Message
from tests.cast import Cast
from tests.clocks import earlier
from tests.messaging.broadcasts.conftest import recipients, reload
from tests.messaging.fake_twilio import OVERLOADED, FakeTwilio, SendAnswer, refusal

PEOPLE = [f"+1415555{n:04d}" for n in range(1000, 1060)]
OK = RecentText("delivered")
type MakeList = Callable[..., ContactList]
type MakeBroadcast = Callable[..., Broadcast]
type Send = Callable[[Broadcast], Broadcast]
type Run = Callable[..., None]


def texts(status: str, code: str, count: int, total: int, attempts: int = 1) -> list[RecentText]:
    return [RecentText(status, code, attempts)] * count + [OK] * (total - count)


TABLE = [
    ([], None),
    ([OK] * 100, None),
    *[(texts("undelivered", code, 90, 100), None) for code in sorted(PERSON_CODES)],
    *[(texts("queued", code, 1, 100), reason) for code, reason in INBOX_CODES.items()],
    (texts("undelivered", "30034", 1, 100), PauseReason.CREDENTIALS),
    (texts("undelivered", "30007", 4, 20), None),
    (texts("undelivered", "30007", 5, 20), PauseReason.SPAM_FILTER),
    (texts("undelivered", "30007", 9, 100), None),
    (texts("undelivered", "30007", 10, 100), PauseReason.SPAM_FILTER),
    (texts("unknown", "", 4, 10), None),
    (texts("unknown", "", 10, 100), PauseReason.UNKNOWN),
    (texts("failed", "21617", 9, 10), None),
    (texts("failed", "21617", 49, 100), None),
    (texts("failed", "21617", 50, 100), PauseReason.REFUSED),
    (texts("failed", "", 60, 100), PauseReason.REFUSED),
    (texts("queued", "20429", 50, 100), None),
    (texts("queued", "20429", 5, 100, attempts=3), PauseReason.UNREACHABLE),
    (texts("refused", "21610", 100, 100), None),
]


@pytest.mark.parametrize(("recent", "reason"), TABLE)
def test_what_is_trouble(recent: list[RecentText], reason: PauseReason | None) -> None:
    found = find_trouble(recent)
    assert (found.reason if found else None) == reason


def test_wrong_credentials_pause_at_once_and_nobody_is_lost(
    cast: Cast, carrier: FakeTwilio, make_list: MakeList, make_broadcast: MakeBroadcast, send: Send, run: Run
) -> None:
    carrier.answers += [SendAnswer(), refusal(20003, "Authenticate", 401)]
    broadcast = send(make_broadcast(make_list(PEOPLE)))
    assert (broadcast.status, broadcast.pause_reason) == ("paused", PauseReason.CREDENTIALS)
    assert (len(carrier.sent), len(carrier.refused)) == (1, 1)
    with scope(cast.northside.id):
        lifecycle.resume(broadcast.id, broadcast.team_id)
    run()
    assert reload(broadcast).status == BroadcastStatus.FINISHED
    assert sorted(text.number for text in carrier.sent) == PEOPLE


def test_the_daily_cap_that_is_reported_later_pauses(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    run: Run,
    texts: Callable[..., list[Message]],
) -> None:
    broadcast = make_broadcast(make_list(PEOPLE))
    with scope(cast.northside.id):
        lifecycle.confirm(broadcast.id, broadcast.team_id, author=cast.admin)
    run(3)
    sent = len(carrier.sent)
    carrier.report(texts(broadcast_id=broadcast.id)[-1], "undelivered", ErrorCode="30023")
    run()
    paused = reload(broadcast)
    assert paused.pause_reason == PauseReason.DAILY_CAP
    assert paused.pause_sentence.endswith("The sender’s daily limit is reached (30023).")
    assert len(carrier.sent) <= sent + 25
    with scope(cast.northside.id):
        lifecycle.resume(broadcast.id, broadcast.team_id)
    run()
    assert reload(broadcast).status == BroadcastStatus.FINISHED  # what was before does not pause it again
    assert sorted(text.number for text in carrier.sent) == PEOPLE


def test_an_overloaded_carrier_gets_every_text_again_and_each_person_one(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    send: Send,
    run: Run,
    owner: psycopg.Connection,
) -> None:
    carrier.answers += [OVERLOADED] * 3
    broadcast = send(make_broadcast(make_list(PEOPLE)))
    assert len(carrier.refused) == 3
    owner.execute("UPDATE messaging_message SET due_at = now() WHERE status = 'queued'")
    run()
    assert reload(broadcast).status == BroadcastStatus.FINISHED
    assert sorted(text.number for text in carrier.sent) == PEOPLE


def test_an_unknown_outcome_is_reconciled_with_the_carriers_list_and_never_repeated(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    send: Send,
    texts: Callable[..., list[Message]],
    owner: psycopg.Connection,
) -> None:
    carrier.answers += [SendAnswer(500, {"code": 20500, "message": "error", "status": 500})] * 2
    broadcast = send(make_broadcast(make_list(PEOPLE[:10])))
    assert broadcast.status == BroadcastStatus.FINISHED
    arrived, lost = texts(broadcast_id=broadcast.id, status="unknown")
    assert arrived.claimed_at and lost.claimed_at
    carrier.add_sent(cast.front_desk, arrived.number, arrived.body, arrived.claimed_at, status="delivered")
    carrier.add_sent(cast.front_desk, lost.number, "Another text", lost.claimed_at)
    carrier.add_sent(cast.billing, lost.number, lost.body, lost.claimed_at)
    owner.execute("UPDATE messaging_broadcast SET reconcile_at = now()")
    reconcile(broadcast.team_id, broadcast.id)
    assert [text.status for text in texts(id__in=[arrived.id, lost.id])] == ["delivered", "unknown"]
    assert reload(broadcast).reconcile_at is not None
    owner.execute(f"UPDATE messaging_message SET claimed_at = {earlier('claimed_at', '61 minutes')}")
    owner.execute("UPDATE messaging_broadcast SET reconcile_at = now()")
    reconcile(broadcast.team_id, broadcast.id)
    (text,) = texts(id=lost.id)
    assert (text.status, text.error) == ("unknown", NOT_LISTED)
    assert reload(broadcast).reconcile_at is None
    assert set(recipients(broadcast).values()) == {"texted"}
    assert len(carrier.sent) == 8


def test_a_killed_worker_doubles_nobody(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    send: Send,
    run: Run,
    texts: Callable[..., list[Message]],
    owner: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It dies in the carrier's call of its third text: that one is unknown, and the claimed ones behind it are sent."""

    class DiedInTheCall(BaseException):
        pass

    def die() -> None:
        raise DiedInTheCall

    real = settling.settle_accepted
    calls: list[int] = []

    def settle(claim: object, outcome: object) -> None:
        calls.append(1)
        if len(calls) == 3:
            die()
        real(claim, outcome)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "settle_accepted", settle)
    with pytest.raises(DiedInTheCall):
        send(broadcast := make_broadcast(make_list(PEOPLE)))
    assert {text.status for text in texts(broadcast_id=broadcast.id)} == {"sent", "sending", "claimed"}
    owner.execute("UPDATE messaging_message SET due_at = now() WHERE status IN ('sending', 'claimed')")
    run()
    assert reload(broadcast).status == BroadcastStatus.FINISHED
    assert sorted(text.number for text in carrier.sent) == PEOPLE  # once each
    assert len(texts(broadcast_id=broadcast.id, status="unknown")) == 1
    assert reload(broadcast).reconcile_at is not None
