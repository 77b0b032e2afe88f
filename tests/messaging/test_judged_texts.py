"""Texts that a member judges to be opt-outs: only the newest, with its words in the ledger, and with undo."""

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
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio

WORDS = "wrong number, I am not Maria"


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
    (event,) = entries(cast)
    assert (event.origin, event.reason, event.words) == (
        Origin.TOLD_MEMBER, "A team member judged that this text asks to stop", WORDS,
    )  # fmt: skip
    assert (event.source, event.inbox_id, event.message_id) == (
        "Text to Front Desk", cast.front_desk.id, text.id,
    )  # fmt: skip
    assert (event.happened_at, event.actor_name) == (text.at, str(cast.member))


def test_a_text_that_is_not_the_newest_is_refused(cast: Cast, carrier: FakeTwilio, browser: Client) -> None:
    older = arrives(cast, carrier, WORDS)
    arrives(cast, carrier, "thanks for the quick answer!")
    for headers in ({}, {"HX-Request": "true"}):
        refused = judge(browser, cast, older, **headers)
        assert refused.status_code == 422 and "A newer text has arrived" in refused.content.decode()
    assert state(cast) == StandingState.ACTIVE and not entries(cast)
    assert 'data-keys="o"' not in page(browser, cast, older)


def test_a_text_before_an_opt_in_is_refused(cast: Cast, carrier: FakeTwilio, browser: Client) -> None:
    """The START may have come to another inbox."""
    text = arrives(cast, carrier, WORDS)
    arrives(cast, carrier, "START", cast.billing)
    refused = judge(browser, cast, text)
    assert refused.status_code == 422 and "opted in after this text" in refused.content.decode()
    assert state(cast) == StandingState.ACTIVE


def test_the_key_is_on_the_newest_text_only(
    cast: Cast, carrier: FakeTwilio, browser: Client, work: Any
) -> None:
    text = arrives(cast, carrier, WORDS)
    assert page(browser, cast, text).count('data-keys="o" data-keys-in-view') == 1
    browser.post(
        reverse("messages", args=[cast.northside.slug, text.conversation_id]), {"body": "Of course."}
    )
    shown = page(browser, cast, text)
    assert 'data-keys="o"' not in shown, "we answered already"
    assert reverse("text_opt_out", args=[cast.northside.slug, text.conversation_id, text.id]) in shown


def test_undo_retracts_the_opt_out(cast: Cast, carrier: FakeTwilio, browser: Client) -> None:
    text = arrives(cast, carrier, WORDS)
    judged = judge(browser, cast, text, **{"HX-Request": "true"})
    undo = reverse("delete_text_opt_out", args=[cast.northside.slug, text.conversation_id, text.id])
    assert judged.status_code == 200 and judged["HX-Trigger"] == "changed" and undo in judged.content.decode()
    undone = judge(browser, cast, text, "delete_text_opt_out", **{"HX-Request": "true"})
    assert undone.status_code == 200 and "Undo" not in undone.content.decode()
    assert state(cast) == StandingState.ACTIVE
    assert [event.action for event in entries(cast)] == ["opted_in", "opted_out"]


def test_undo_works_without_javascript(cast: Cast, carrier: FakeTwilio, browser: Client) -> None:
    text = arrives(cast, carrier, WORDS)
    judge(browser, cast, text)
    assert "Retract my opt-out" in page(browser, cast, text)
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
    assert len(entries(cast)) == 1


def test_a_retracted_text_can_be_judged_again(cast: Cast, carrier: FakeTwilio, browser: Client) -> None:
    text = arrives(cast, carrier, WORDS)
    judge(browser, cast, text)
    with scope(cast.northside.id):
        assert consent.retract(cast.northside.id, MARIA, Actor.of(cast.member))
    assert judge(browser, cast, text).status_code == 302, "a retraction is no opt-in"
    assert state(cast) == StandingState.OPTED_OUT
