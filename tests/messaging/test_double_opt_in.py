"""Double opt-in: who is asked, how often, what answers, and what is sent meanwhile."""

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Inbox, Member
from kernel.tenancy import scope
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.recipient_check import RecipientFacts, find_reason
from messaging.compose import compose_text
from messaging.models import Message
from optout.auto_replies import AutoReply, default_reply_text
from optout.consent_records.models import ConsentCategory, ConsentMethod, ConsentRecord
from optout.consent_records.recording import StatedConsent, record_consent
from optout.consent_types import Actor
from optout.double_opt_in.answers import is_unconfirmed, says_yes
from optout.double_opt_in.models import DoubleOptIn
from optout.reader.outcome import Outcome
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.clocks import earlier
from tests.messaging.fake_twilio import FakeTwilio

PROMPT = "Northside Dental: Reply YES to agree to get texts from us. Reply HELP for help, STOP to opt out."


@pytest.fixture
def asking(cast: Cast) -> Cast:
    """The front desk asks new people."""
    return set_up(cast, double_opt_in=True)


def set_up(cast: Cast, **columns: Any) -> Cast:
    with scope(cast.northside.id):
        Inbox.objects.filter(team=cast.northside, id=cast.front_desk.id).update(**columns)
        cast.front_desk.refresh_from_db(from_queryset=Inbox.objects.filter(team=cast.northside))
    cast.front_desk.team = cast.northside
    return cast


def later(owner: psycopg.Connection, hours: int = 2) -> None:
    """Let some hours pass since all texts."""
    owner.execute(f"UPDATE messaging_message SET at = {earlier('at', f'{hours} hours')}")


def unconfirmed(cast: Cast, number: str = STRANGER) -> bool:
    with scope(cast.northside.id):
        return is_unconfirmed(cast.front_desk, number)


def confirmed_by(cast: Cast, number: str = STRANGER) -> list[tuple[str, str]]:
    """The categories and words of the records by text, besides that of the first text."""
    with scope(cast.northside.id):
        rows = ConsentRecord.objects.filter(team=cast.northside, number=number, method="text").order_by("id")
        return [(row.category, row.words) for row in rows][1:]


def compose(cast: Cast, **options: Any) -> Message:
    with scope(cast.northside.id):
        return compose_text(cast.front_desk, STRANGER, "See you", author=cast.member, **options)


def test_a_new_person_is_asked_and_reminded_when_writing(
    asking: Cast, carrier: FakeTwilio, work: Callable[[], None], owner: psycopg.Connection
) -> None:
    carrier.text(asking.front_desk, STRANGER, "Do you have time on Friday?")
    carrier.text(asking.front_desk, STRANGER, "Or on Monday?")  # within the hour of the loop guard
    work()
    assert carrier.bodies(STRANGER) == [PROMPT] and unconfirmed(asking)
    for texts in (2, 3, 4, 4):  # at most three reminders
        later(owner)
        carrier.text(asking.front_desk, STRANGER, "Hello?")
        work()
        assert carrier.bodies(STRANGER) == [PROMPT] * texts
    later(owner)
    carrier.text(asking.front_desk, STRANGER, "START")
    assert not unconfirmed(asking), "an opt-in keyword answers at any time"


def test_only_replies_are_sent_until_the_answer(
    asking: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    with scope(asking.northside.id):
        DoubleOptIn.objects.filter(team=asking.northside).delete()
    waiting = compose(asking, marketing=True, within_hours=True)
    carrier.text(asking.front_desk, STRANGER, "Hi")
    assert not unconfirmed(asking), "who was texted before is not new"
    with scope(asking.northside.id):
        DoubleOptIn.objects.create(
            team=asking.northside, inbox=asking.front_desk, number=STRANGER, asked_at=waiting.at
        )
        Message.objects.filter(team=asking.northside, id=waiting.id).update(
            due_at=waiting.at, within_hours=True
        )
    work()
    with scope(asking.northside.id):
        waiting = Message.objects.get(team=asking.northside, id=waiting.id)
    assert (waiting.status, waiting.reason) == ("refused", "unconfirmed"), "read again at the claim"
    for options in ({"within_hours": True}, {"marketing": True}):
        assert compose(asking, **options).reason == "unconfirmed"
    assert compose(asking, by_hand=True).status == compose(asking).status == "queued"
    assert find_reason(RecipientFacts(STRANGER, asking.maria, unconfirmed=True)) is LeftOut.UNCONFIRMED


def test_yes_answers_right_after_the_prompt_only(
    asking: Cast, carrier: FakeTwilio, work: Callable[[], None], owner: psycopg.Connection
) -> None:
    set_up(asking, double_opt_in_marketing=True)
    carrier.text(asking.front_desk, STRANGER, "Hi")
    work()
    assert "marketing texts" in carrier.bodies(STRANGER)[0]
    later(owner, 1)
    compose(asking, by_hand=True)
    work()
    carrier.text(asking.front_desk, STRANGER, "Yes")
    assert unconfirmed(asking), "this yes answers a member"
    later(owner)
    carrier.text(asking.front_desk, STRANGER, "What do you offer?")
    work()
    carrier.text(asking.front_desk, STRANGER, "Sí")
    work()
    assert not unconfirmed(asking) and confirmed_by(asking) == [("marketing", "Sí")]
    assert len(carrier.bodies(STRANGER)) == 3, "an answer causes no text"
    carrier.text(asking.front_desk, STRANGER, "Yes")
    assert len(confirmed_by(asking)) == 1


def test_a_first_text_that_opts_in_by_a_keyword_is_asked_once_more(
    asking: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    carrier.text(asking.front_desk, STRANGER, "START")
    work()
    assert carrier.bodies(STRANGER) == [PROMPT] and unconfirmed(asking)
    carrier.text(asking.front_desk, STRANGER, "YES")
    assert not unconfirmed(asking)


def test_who_is_not_asked(asking: Cast, carrier: FakeTwilio, work: Callable[[], None]) -> None:
    carrier.text(asking.billing, TOM, "Hi")  # this inbox does not ask
    with scope(asking.northside.id):
        stated = StatedConsent(ConsentCategory.MARKETING, ConsentMethod.FORM, "Yes", "Website")
        record_consent(asking.northside.id, MARIA, stated, Actor.of(asking.admin))
    carrier.text(asking.front_desk, MARIA, "Hi")  # consent is on record
    carrier.text(asking.front_desk, STRANGER, "Liked “See you”")
    carrier.text(asking.front_desk, "US:12345", "Your code is 1")
    work()
    assert [carrier.bodies(number) for number in (TOM, MARIA, STRANGER)] == [[], [], []]
    other = "+14155550188"
    carrier.text(asking.front_desk, other, "Hi")
    carrier.text(asking.front_desk, other, "STOP")
    carrier.text(asking.front_desk, other, "Hi again")
    work()
    assert PROMPT not in carrier.bodies(other), "opted out before the prompt was claimed"


def test_the_prompt_has_wordings(asking: Cast, as_client: Callable[[Member], Client]) -> None:
    browser, slug = as_client(asking.admin), asking.northside.slug
    url = reverse("inbox_auto_replies", args=[slug, asking.front_desk.id])
    revision = {"revision": ""} | dict.fromkeys(("stop_reply", "start_reply", "help_reply"), "")
    page = browser.get(url)
    form = page.context["form"]
    filled = revision | {form.add_prefix(name): "" for name in form.fields} | _hidden(page)
    refused = browser.post(url, filled | {"prompt_reply": "Want texts?"})
    assert refused.status_code == 422 and "Tell people to reply YES" in refused.content.decode()
    assert browser.post(url, filled | {"prompt_reply": "Northside: YES for texts?"}).status_code == 302
    with scope(asking.northside.id):
        inbox = Inbox.objects.select_related("team").get(team=asking.northside, id=asking.front_desk.id)
    assert inbox.prompt_reply == "Northside: YES for texts?"
    texts_url = reverse("inbox_automatic_texts", args=[slug, asking.front_desk.id])
    shown = browser.get(texts_url)
    assert "Double opt-in" in shown.content.decode()
    assert browser.post(texts_url, _hidden(shown) | {"away_again_hours": "4"}).status_code == 302
    with scope(asking.northside.id):
        assert not Inbox.objects.get(team=asking.northside, id=asking.front_desk.id).double_opt_in
    for language in ("en", "es", "fr", "pt", "de", "nl", "it"):
        for inbox.double_opt_in_marketing in (False, True):
            text = default_reply_text(inbox, AutoReply.PROMPT, language)
            assert (
                "YES" in text and "STOP" in text and text.startswith("Northside Dental") and len(text) <= 160
            )


def _hidden(page: Any) -> dict[str, str]:
    """The revision that the page's form sends back."""
    found = re.findall(r'<input type="hidden" name="(revision[^"]*)" value="([^"]*)"', page.content.decode())
    return dict(found)


@pytest.mark.parametrize(
    ("outcome", "body", "answers"),
    [
        (Outcome.YES, "Yes!", True), (Outcome.CONVERSATION, "sí", True), (Outcome.CONVERSATION, " Oui. ", True),
        (Outcome.CONVERSATION, "ja", True), (Outcome.CONVERSATION, "yes please", False),
        (Outcome.CONVERSATION, "no", False), (Outcome.OPT_OUT, "STOP", False), (Outcome.HOLD, "si", False),
    ],
)  # fmt: skip
def test_what_says_yes(outcome: Outcome, body: str, answers: bool) -> None:
    assert says_yes(outcome, body) is answers
