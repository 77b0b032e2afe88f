"""The carrier that lives in the installation goes the same way over real HTTP: signed webhooks in, reports back."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Carrier, Inbox, KeywordResponder
from kernel.tenancy import scope
from messaging import missed_texts
from messaging.carriers.base import OptedOutAtCarrier, OutboundText
from messaging.carriers.registry import adapter_for
from messaging.compose import compose_text
from messaging.models import CARRIER_OPTED_OUT, Message, MessageStatus
from messaging.simulator import adapter
from messaging.simulator.models import SimulatedText, SimulatorBehavior
from optout.models import StandingState
from optout.number_state import standing
from tests.cast import MARIA, STRANGER, Cast


@pytest.fixture
def desk(cast: Cast, live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    """The front desk on the simulated carrier, and a web server that it reaches."""
    settings.PUBLIC_URL = live_server.url
    monkeypatch.setattr(adapter, "DELIVERED_AFTER", 0.01)
    with scope(cast.northside.id):
        cast.front_desk.carrier = Carrier.SIMULATOR
        cast.front_desk.save(update_fields=["carrier"])
    return cast.front_desk


def behave(inbox: Inbox, **how: Any) -> None:
    with scope(inbox.team_id):
        SimulatorBehavior.objects.update_or_create(team_id=inbox.team_id, inbox=inbox, defaults=how)


def compose(inbox: Inbox, body: str = "Hello") -> Message:
    with scope(inbox.team_id):
        return compose_text(inbox, MARIA, body, author=None)


def ends_as(message: Message, status: MessageStatus) -> Message:
    """The message once its last report has come."""
    until = time.monotonic() + 5
    while True:
        with scope(message.team_id):
            found = Message.objects.get(team_id=message.team_id, id=message.id)
        if found.status == status or time.monotonic() > until:
            assert found.status == status
            return found
        time.sleep(0.01)


def on_handset(inbox: Inbox, number: str = MARIA) -> list[tuple[bool, bool, str]]:
    with scope(inbox.team_id):
        found = SimulatedText.objects.filter(team_id=inbox.team_id, inbox=inbox, number=number).order_by("id")
        return [(text.from_handset, text.by_carrier, text.body) for text in found]


def state(inbox: Inbox) -> StandingState:
    with scope(inbox.team_id):
        return standing(inbox.team_id, MARIA, inbox.id).state


def test_a_stop_from_the_handset_is_answered_once_and_start_comes_back(
    desk: Inbox, work: Callable[[], None], texts: Any
) -> None:
    assert adapter.send_from_handset(desk, MARIA, "STOP") == 200
    assert state(desk) == StandingState.OPTED_OUT
    work()
    (confirmation,) = texts(outbound=True)
    ends_as(confirmation, MessageStatus.DELIVERED)
    assert on_handset(desk) == [(True, False, "STOP"), (False, False, confirmation.body)]
    assert adapter.send_from_handset(desk, MARIA, "START") == 200
    assert state(desk) == StandingState.ACTIVE
    work()
    ends_as(texts(outbound=True)[-1], MessageStatus.DELIVERED)


def test_what_the_handset_texts_and_the_carrier_lists_is_one_text(desk: Inbox, texts: Any) -> None:
    assert adapter.send_from_handset(desk, STRANGER, "Grüße 👋") == 200
    assert missed_texts.fetch_missed(desk.team_id, desk.id) == 0
    assert [text.body for text in texts()] == ["Grüße 👋"]


def test_what_its_webhook_does_not_bring_is_fetched(desk: Inbox, texts: Any, settings: Any) -> None:
    there = settings.PUBLIC_URL
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    assert adapter.send_from_handset(desk, MARIA, "STOP") == 503
    assert texts() == []
    settings.PUBLIC_URL = there
    assert missed_texts.fetch_missed(desk.team_id, desk.id) == 1
    assert state(desk) == StandingState.OPTED_OUT


def test_it_can_keep_opt_outs_itself(desk: Inbox, work: Callable[[], None], texts: Any) -> None:
    """It keyword_responder in our place, and refuses with 21610 what still comes; "OPT OUT" is none of its words."""
    behave(desk, keeps_opt_outs=True)
    with scope(desk.team_id):
        desk.keyword_responder = KeywordResponder.CARRIER
        desk.save(update_fields=["keyword_responder"])
    adapter.send_from_handset(desk, MARIA, "STOP")
    work()
    assert texts(outbound=True) == []
    assert sorted(by_carrier for _, by_carrier, _ in on_handset(desk)) == [False, True]
    with pytest.raises(OptedOutAtCarrier):
        adapter_for(desk).send(desk, OutboundText(MARIA, "Hello", "http://127.0.0.1:9/"))
    adapter.send_from_handset(desk, MARIA, "START")
    adapter.send_from_handset(desk, MARIA, "OPT OUT")
    work()
    (ours,) = texts(outbound=True)
    assert (ours.purpose, ends_as(ours, MessageStatus.DELIVERED).crossed) == ("confirmation", False)
    assert state(desk) == StandingState.OPTED_OUT


def test_it_can_refuse(desk: Inbox, work: Callable[[], None]) -> None:
    behave(desk, refuses=True)
    message = compose(desk)
    work()
    assert ends_as(message, MessageStatus.REFUSED).reason == CARRIER_OPTED_OUT
    assert state(desk) == StandingState.OPTED_OUT
    assert on_handset(desk) == []


def test_it_can_fail(desk: Inbox, work: Callable[[], None]) -> None:
    behave(desk, fails=True)
    message = compose(desk)
    work()
    assert ends_as(message, MessageStatus.UNDELIVERED).error_code == "30005"
    assert (on_handset(desk), state(desk)) == ([], StandingState.ACTIVE)


def test_it_can_be_slower_than_we_wait(desk: Inbox, work: Callable[[], None], settings: Any) -> None:
    settings.CARRIER_TIMEOUT = (1, 0.05)
    behave(desk, delay=1)
    message = compose(desk)
    work()
    assert "may have arrived" in ends_as(message, MessageStatus.UNKNOWN).trouble
    assert on_handset(desk) == [(False, False, "Hello")]
