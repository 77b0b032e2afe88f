"""The simulated carrier: its signed webhooks and status reports over real HTTP, and its behaviors."""

from collections.abc import Callable
from queue import Queue
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Carrier, Inbox, KeywordResponder
from kernel.tenancy import scope
from messaging import missed_texts
from messaging.carriers.base import OptedOutAtCarrier, OutboundText
from messaging.carriers.registry import adapter_for
from messaging.compose import compose_text
from messaging.models import Message, MessageStatus
from messaging.refusal_reasons import CARRIER_OPTED_OUT
from messaging.simulator import adapter
from messaging.simulator.models import SimulatedText, SimulatorBehavior
from optout.models import StandingState
from optout.number_state import standing
from tests.cast import MARIA, STRANGER, Cast


@pytest.fixture
def desk(cast: Cast, live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    """The front desk on the simulated carrier, with a web server for its webhooks."""
    settings.PUBLIC_URL = live_server.url
    monkeypatch.setattr(adapter, "DELIVERED_AFTER", 0)
    with scope(cast.northside.id):
        cast.front_desk.carrier = Carrier.SIMULATOR
        cast.front_desk.save(update_fields=["carrier"])
    return cast.front_desk


def set_behavior(inbox: Inbox, **how: Any) -> None:
    with scope(inbox.team_id):
        SimulatorBehavior.objects.update_or_create(team_id=inbox.team_id, inbox=inbox, defaults=how)


def compose(inbox: Inbox, body: str = "Hello") -> Message:
    with scope(inbox.team_id):
        return compose_text(inbox, MARIA, body, author=None)


@pytest.fixture
def ends_as(monkeypatch: pytest.MonkeyPatch) -> Callable[[Message, MessageStatus], Message]:
    """Check a message's status after its last report, which another thread posts."""
    reported: Queue[str] = Queue()
    post = adapter.post_status_report

    def post_and_notify(
        inbox: Inbox, text: OutboundText, sid: str, status: str, error_code: str = ""
    ) -> None:
        post(inbox, text, sid, status, error_code)
        reported.put(status)

    def check(message: Message, status: MessageStatus) -> Message:
        if status in (MessageStatus.DELIVERED, MessageStatus.UNDELIVERED):
            while reported.get(timeout=5) != status:
                pass
        with scope(message.team_id):
            found = Message.objects.get(team_id=message.team_id, id=message.id)
        assert found.status == status
        return found

    monkeypatch.setattr(adapter, "post_status_report", post_and_notify)
    return check


def on_handset(inbox: Inbox, number: str = MARIA) -> list[tuple[bool, bool, str]]:
    with scope(inbox.team_id):
        found = SimulatedText.objects.filter(team_id=inbox.team_id, inbox=inbox, number=number).order_by("id")
        return [(text.from_handset, text.by_carrier, text.body) for text in found]


def state(inbox: Inbox) -> StandingState:
    with scope(inbox.team_id):
        return standing(inbox.team_id, MARIA, inbox.id).state


def test_stop_and_start_from_the_handset_are_answered(
    desk: Inbox, work: Callable[[], None], texts: Any, ends_as: Any
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


def test_a_handset_without_a_number_says_so_and_writes_nothing(
    desk: Inbox, cast: Cast, as_client: Any
) -> None:
    page = as_client(cast.owner).get(reverse("simulator", args=[cast.northside.slug]) + "?number=abc")
    words = " ".join(page.content.decode().split())
    assert "This phone has no number. A phone number has digits only." in words
    assert "data-composer" not in words and 'value="abc"' in words


def test_a_text_from_the_handset_is_not_fetched_again(desk: Inbox, texts: Any) -> None:
    assert adapter.send_from_handset(desk, STRANGER, "Grüße 👋") == 200
    assert missed_texts.fetch_missed(desk.team_id, desk.id) == 0
    assert [text.body for text in texts()] == ["Grüße 👋"]


def test_a_text_whose_webhook_fails_is_fetched(desk: Inbox, texts: Any, settings: Any) -> None:
    public_url = settings.PUBLIC_URL
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    assert adapter.send_from_handset(desk, MARIA, "STOP") == 503
    assert texts() == []
    settings.PUBLIC_URL = public_url
    assert missed_texts.fetch_missed(desk.team_id, desk.id) == 1
    assert state(desk) == StandingState.OPTED_OUT


def test_the_simulated_carrier_can_handle_opt_outs_itself(
    desk: Inbox, work: Callable[[], None], texts: Any, ends_as: Any
) -> None:
    """It replies to keywords and rejects later texts with 21610. "OPT OUT" is not one of its keywords."""
    set_behavior(desk, keeps_opt_outs=True)
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
    (reply,) = texts(outbound=True)
    assert (reply.purpose, ends_as(reply, MessageStatus.DELIVERED).crossed) == ("confirmation", False)
    assert state(desk) == StandingState.OPTED_OUT


def test_the_simulated_carrier_can_reject_texts(desk: Inbox, work: Callable[[], None], ends_as: Any) -> None:
    set_behavior(desk, refuses=True)
    message = compose(desk)
    work()
    assert ends_as(message, MessageStatus.REFUSED).reason == CARRIER_OPTED_OUT
    assert state(desk) == StandingState.OPTED_OUT
    assert on_handset(desk) == []


def test_the_simulated_carrier_can_fail(desk: Inbox, work: Callable[[], None], ends_as: Any) -> None:
    set_behavior(desk, fails=True)
    message = compose(desk)
    work()
    assert ends_as(message, MessageStatus.UNDELIVERED).error_code == "30005"
    assert (on_handset(desk), state(desk)) == ([], StandingState.ACTIVE)


def test_the_simulated_carrier_can_exceed_the_time_limit(
    desk: Inbox, work: Callable[[], None], settings: Any, ends_as: Any
) -> None:
    settings.CARRIER_TIMEOUT = (1, 0.05)
    set_behavior(desk, delay=1)
    message = compose(desk)
    work()
    assert "may have arrived" in ends_as(message, MessageStatus.UNKNOWN).trouble
    assert on_handset(desk) == [(False, False, "Hello")]
