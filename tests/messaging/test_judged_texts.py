"""Texts that members judge: as opt-outs with their words in the ledger, or as none, and with undo."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Inbox
from kernel.tenancy import scope
from messaging.models import Message
from optout import consent
from optout.consent_types import Actor
from optout.ledger import history
from optout.models import ConsentEvent, Origin, StandingState
from optout.number_state import standing
from optout.reviews import Review
from optout.send_guard import is_held
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio

WORDS = "STOP 12345"  # held, whatever the grammar becomes


@pytest.fixture
def browser(cast: Cast, as_client: Any) -> Client:
    return as_client(cast.member)


def arrives(cast: Cast, carrier: FakeTwilio, body: str, inbox: Inbox | None = None) -> Message:
    inbox = inbox or cast.front_desk
    assert carrier.text(inbox, MARIA, body).status_code == 200
    with scope(cast.northside.id):
        return Message.objects.filter(inbox_id=inbox.id, number=MARIA, outbound=False).order_by("-id")[0]


def judge(browser: Client, cast: Cast, text: Message, name: str = "text_opt_out", **headers: str) -> Any:
    address = reverse(name, args=[cast.northside.slug, text.conversation_id, text.id])
    return browser.post(address, headers=headers)


def page(browser: Client, cast: Cast, text: Message) -> str:
    address = reverse("conversation", args=[cast.northside.slug, text.conversation_id])
    return str(browser.get(address).content.decode())


def entries(cast: Cast) -> list[ConsentEvent]:
    with scope(cast.northside.id):
        return history(cast.northside.id, MARIA)


def state(cast: Cast) -> StandingState:
    with scope(cast.northside.id):
        return standing(cast.northside.id, MARIA).state


def test_the_ledger_says_that_a_member_judged_the_text(
    cast: Cast, carrier: FakeTwilio, browser: Client
) -> None:
    text = arrives(cast, carrier, WORDS)
    assert judge(browser, cast, text).status_code == 302
    event, _ = entries(cast)
    assert (event.origin, event.reason, event.words) == (
        Origin.TOLD_MEMBER, "A team member judged that this text asks to stop", WORDS,
    )  # fmt: skip
    assert (event.source, event.inbox_id, event.message_id) == (
        "Text to Front Desk", cast.front_desk.id, text.id,
    )  # fmt: skip
    assert (event.happened_at, event.actor_name) == (text.at, str(cast.member))


def test_an_older_text_is_decided_too(cast: Cast, carrier: FakeTwilio, browser: Client) -> None:
    older = arrives(cast, carrier, WORDS)
    arrives(cast, carrier, "thanks for the quick answer!")
    assert judge(browser, cast, older).status_code == 302
    assert state(cast) == StandingState.OPTED_OUT


def test_a_text_of_conversation_is_refused(cast: Cast, carrier: FakeTwilio, browser: Client) -> None:
    text = arrives(cast, carrier, "thanks for the quick answer!")
    for headers in ({}, {"HX-Request": "true"}):
        refused = judge(browser, cast, text, **headers)
        assert refused.status_code == 422 and "does not wait for a decision" in refused.content.decode()
    assert state(cast) == StandingState.ACTIVE


def test_a_text_before_an_opt_in_is_refused(cast: Cast, carrier: FakeTwilio, browser: Client) -> None:
    """The START may have come to another inbox."""
    text = arrives(cast, carrier, WORDS)
    arrives(cast, carrier, "START", cast.billing)
    refused = judge(browser, cast, text)
    assert refused.status_code == 422 and "opted in after this text" in refused.content.decode()
    assert state(cast) == StandingState.ACTIVE


def test_undo_retracts_the_opt_out(cast: Cast, carrier: FakeTwilio, browser: Client) -> None:
    text = arrives(cast, carrier, WORDS)
    judged = judge(browser, cast, text)
    undo = reverse("delete_text_opt_out", args=[cast.northside.slug, text.conversation_id, text.id])
    assert undo in browser.get(judged.url).content.decode()
    undone = judge(browser, cast, text, "delete_text_opt_out")
    assert undone.status_code == 302 and "Undo" not in browser.get(undone.url).content.decode()
    assert state(cast) == StandingState.ACTIVE
    assert [event.action for event in entries(cast)] == ["held", "opted_in", "opted_out", "held"]


def test_undo_works_without_javascript(cast: Cast, carrier: FakeTwilio, browser: Client) -> None:
    text = arrives(cast, carrier, WORDS)
    judge(browser, cast, text)
    assert "It was a mistake: undo" in page(browser, cast, text)
    assert judge(browser, cast, text, "delete_text_opt_out").status_code == 302
    assert state(cast) == StandingState.ACTIVE
    assert judge(browser, cast, text, "delete_text_opt_out").status_code == 422


def test_undo_leaves_the_persons_stop(cast: Cast, carrier: FakeTwilio, browser: Client) -> None:
    text = arrives(cast, carrier, WORDS)
    judge(browser, cast, text)
    arrives(cast, carrier, "STOP")
    assert judge(browser, cast, text, "delete_text_opt_out").status_code == 302
    assert state(cast) == StandingState.OPTED_OUT


def test_judging_a_text_twice_is_one_entry(cast: Cast, carrier: FakeTwilio, browser: Client) -> None:
    text = arrives(cast, carrier, WORDS)
    for _ in range(2):
        assert judge(browser, cast, text).status_code == 302
    assert [event.action for event in entries(cast)] == ["opted_out", "held"]


def test_a_retracted_text_can_be_judged_again(cast: Cast, carrier: FakeTwilio, browser: Client) -> None:
    text = arrives(cast, carrier, WORDS)
    judge(browser, cast, text)
    with scope(cast.northside.id):
        assert consent.retract(cast.northside.id, MARIA, Actor.of(cast.member))
    assert judge(browser, cast, text).status_code == 302, "a retraction is no opt-in"
    assert state(cast) == StandingState.OPTED_OUT


# -- not an opt-out ------------------------------------------------------------------------------------------------


def review(cast: Cast) -> Review:
    with scope(cast.northside.id):
        return Review.objects.get(number=MARIA)


def test_a_released_text_holds_nothing_any_more(cast: Cast, carrier: FakeTwilio, browser: Client) -> None:
    text = arrives(cast, carrier, WORDS)
    for _ in range(2):
        assert judge(browser, cast, text, "text_release").status_code == 302
    event, held = entries(cast)
    assert (event.action, event.actor_name, event.words, held.action) == (
        "released",
        "Maya Chen",
        WORDS,
        "held",
    )
    found = review(cast)
    assert (found.outcome, found.decided_by_name, found.decision_event_id) == (
        "dismissed",
        "Maya Chen",
        event.id,
    )
    with scope(cast.northside.id):
        assert not is_held(cast.northside.id, MARIA)


def test_a_decision_of_somebody_else_is_named(
    cast: Cast, carrier: FakeTwilio, browser: Client, as_client: Any
) -> None:
    text = arrives(cast, carrier, WORDS)
    judge(browser, cast, text, "text_release")
    refused = judge(as_client(cast.admin), cast, text)
    assert refused.status_code == 422 and "by Maya Chen: Not an opt-out" in refused.content.decode()
    assert state(cast) == StandingState.ACTIVE


def test_a_release_is_taken_back(cast: Cast, carrier: FakeTwilio, browser: Client, as_client: Any) -> None:
    """By the member who decided, and the number is held again."""
    text = arrives(cast, carrier, WORDS)
    judge(browser, cast, text, "text_release")
    assert judge(as_client(cast.admin), cast, text, "delete_text_opt_out").status_code == 422
    assert judge(browser, cast, text, "delete_text_opt_out").status_code == 302
    assert review(cast).outcome == "open"
    assert [event.action for event in entries(cast)] == ["held", "released", "held"]
    again = "Maya Chen held “STOP 12345” for review again (the decision was taken back)"
    assert page(browser, cast, text).count(again) == 2, "in the thread, and in the history"
    assert judge(as_client(cast.admin), cast, text).status_code == 302, "anybody may decide it now"


def test_a_held_text_is_not_done(cast: Cast, carrier: FakeTwilio, browser: Client) -> None:
    text = arrives(cast, carrier, WORDS)
    assert judge(browser, cast, text, "text_done").status_code == 422
    assert review(cast).outcome == "open"
