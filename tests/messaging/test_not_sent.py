"""Scheduled texts that are not sent: who gets one email about each, and what it says."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.inbox_closing import close_inbox
from accounts.models import Member
from kernel.tenancy import scope
from messaging import tasks
from messaging.models import Conversation
from messaging.opt_out_effects import apply_effects
from messaging.scheduling.models import ScheduledText
from messaging.scheduling.schedule import cancel, schedule
from optout import consent
from optout.consent_types import Actor
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import OPTED_OUT, OVERLOADED, FakeTwilio, SendAnswer
from tests.messaging.test_scheduling import become_reader, leave, lose_inbox

type Event = Callable[[Cast, FakeTwilio], Any]
MAYA, OLIVIA = "maya@northside.example", "olivia@northside.example"
NO_RIGHT = "Maya Chen may no longer text from this inbox."
HELD = "A text of this person may be an opt-out, and nobody has decided it yet."


@pytest.fixture
def tell(owner: psycopg.Connection) -> Callable[[], None]:
    """Let the texts be due, and then the emails about them; each task runs twice."""

    def run() -> None:
        owner.execute("UPDATE messaging_scheduledtext SET send_at = now() - interval '1 second'")
        for _ in range(2):
            tasks.send_scheduled_texts()
            tasks.tell_members()
        owner.execute("UPDATE messaging_unseenevent SET due_at = now() - interval '1 second'")
        for _ in range(2):
            tasks.send_unseen_emails()

    return run


def conversation_of(cast: Cast, carrier: FakeTwilio) -> Conversation:
    carrier.text(cast.front_desk, MARIA, "When will my glasses be ready?")
    with scope(cast.northside.id):
        found: Conversation = Conversation.objects.get(team=cast.northside, number=MARIA)
    return found


def plan(cast: Cast, conversation: Conversation, author: Member | None, **more: Any) -> ScheduledText:
    with scope(cast.northside.id):
        tomorrow = timezone.now() + timedelta(days=1)
        options = {"unless_answered": False, "author_name": "" if author else "API (CRM)", **more}
        return schedule(conversation, "Your glasses are ready.", tomorrow, author, **options)


def texts(words: str) -> Event:
    return lambda cast, carrier: carrier.text(cast.front_desk, MARIA, words)


def in_scope(change: Callable[[Cast], Any]) -> Event:
    def happens(cast: Cast, _: FakeTwilio) -> None:
        with scope(cast.northside.id):
            change(cast)

    return happens


@pytest.mark.parametrize(
    ("happens", "to", "why"),
    [
        (texts("STOP"), [MAYA], "the person opted out."),
        (texts("STOP 12345"), [MAYA], HELD),
        (in_scope(lambda cast: close_inbox(cast.front_desk, by=cast.owner)), [MAYA], "This inbox is closed."),
        (in_scope(become_reader), [MAYA, OLIVIA], NO_RIGHT),
        (in_scope(lose_inbox), [OLIVIA], NO_RIGHT),
        (in_scope(leave), [OLIVIA], NO_RIGHT),
    ],
    ids=["opted out", "held", "inbox closed", "no right", "inbox not seen", "left"],
)
def test_one_email_says_what_was_not_sent_and_why(
    cast: Cast, carrier: FakeTwilio, tell: Callable[[], None], happens: Event, to: Iterable[str], why: str
) -> None:
    conversation = conversation_of(cast, carrier)
    plan(cast, conversation, cast.member)
    happens(cast, carrier)
    tell()
    assert sorted(email.to for email in mail.outbox) == [[address] for address in to]
    page = reverse("conversation", args=[cast.northside.slug, conversation.id])
    for email in mail.outbox:
        assert email.subject == f"Scheduled text to Maria Lopez not sent: {why}"
        assert f"{page}\n" in str(email.body) and "glasses" not in str(email.body)
    carrier.text(cast.front_desk, MARIA, "STOP")  # cancels what was stopped
    told = len(mail.outbox)
    tell()
    assert len(mail.outbox) == told, "one notification of a text"


@pytest.mark.parametrize(
    ("answer", "words", "why"),
    [
        (OVERLOADED, "STOP", "This number has opted out."),
        (OVERLOADED, "STOP 12345", HELD),
        (OPTED_OUT, "", "The carrier reports that this person opted out."),
    ],
    ids=["opted out", "held", "by the carrier"],
)
def test_one_email_says_that_a_queued_text_was_refused(
    cast: Cast, carrier: FakeTwilio, tell: Callable[[], None], work: Callable[[], None],
    owner: psycopg.Connection, answer: SendAnswer, words: str, why: str,
) -> None:  # fmt: skip
    plan(cast, conversation_of(cast, carrier), cast.member)
    tell()
    carrier.answers = [answer]
    work()
    if words:
        carrier.text(cast.front_desk, MARIA, words)
    owner.execute("UPDATE messaging_message SET due_at = now() WHERE status = 'queued'")
    work()
    tell()
    assert [email.to for email in mail.outbox] == [[MAYA]]
    assert mail.outbox[0].subject == f"Scheduled text to Maria Lopez not sent: {why}"
    with scope(cast.northside.id):
        text = ScheduledText.objects.get(team=cast.northside)
    assert (text.outcome, text.ending) == ("refused", f"Not sent: {why}")


def opt_out_by_the_author(cast: Cast) -> None:
    event = consent.opt_out(cast.northside.id, MARIA, Actor.of(cast.member), reason="They asked us")
    assert event
    apply_effects(cast.northside, event)


@pytest.mark.parametrize(
    ("happens", "options"),
    [
        (texts("See you!"), {"unless_answered": True}),
        (in_scope(lambda cast: cancel(*_only(cast))), {}),
        (in_scope(opt_out_by_the_author), {}),
        (texts("STOP"), {"author": None}),
        (texts("Thanks"), {}),
    ],
    ids=["answered", "cancelled", "own opt-out", "of a program", "sent"],
)
def test_no_email(
    cast: Cast, carrier: FakeTwilio, tell: Callable[[], None], happens: Event, options: dict[str, Any]
) -> None:
    plan(cast, conversation_of(cast, carrier), **{"author": cast.member, **options})
    happens(cast, carrier)
    tell()
    assert mail.outbox == []


def _only(cast: Cast) -> tuple[Conversation, int]:
    text = ScheduledText.objects.select_related("conversation").get(team=cast.northside)
    return text.conversation, text.id
