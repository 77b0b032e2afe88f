"""Holds: a text that may be an opt-out stops everything automatic until somebody decides or something ends it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Inbox
from kernel.background import BatchQueue
from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.models import Message
from optout import bulk_consent, consent, ledger_verification
from optout.consent_types import Actor, Refusal
from optout.ledger import has_later_entry, history, newest_change
from optout.models import Action, ConsentEvent, Origin
from optout.reader.outcome import ReadingMode
from optout.reviews import Review, ReviewKind, ReviewOutcome
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio

# The reader holds it, whatever its grammar and score become.
WORDS = "STOP 12345"


def arrives(cast: Cast, carrier: FakeTwilio, body: str = WORDS, inbox: Inbox | None = None) -> Message:
    inbox = inbox or cast.front_desk
    assert carrier.text(inbox, MARIA, body).status_code == 200
    with scope(cast.northside.id):
        return Message.objects.filter(inbox_id=inbox.id, number=MARIA, outbound=False).order_by("-id")[0]


def reviews(cast: Cast) -> list[Review]:
    with scope(cast.northside.id):
        return list(Review.objects.filter(number=MARIA).order_by("id"))


def outcomes(cast: Cast) -> list[str]:
    return [review.outcome for review in reviews(cast)]


def entries(cast: Cast) -> list[ConsentEvent]:
    with scope(cast.northside.id):
        return history(cast.northside.id, MARIA)


def actions(cast: Cast) -> list[str]:
    """Oldest first."""
    return [event.action for event in reversed(entries(cast))]


# -- the text ----------------------------------------------------------------------------------------------------


def test_a_held_text_is_a_review_and_a_ledger_entry(cast: Cast, carrier: FakeTwilio) -> None:
    text = arrives(cast, carrier)
    (review,), (event,) = reviews(cast), entries(cast)
    assert (review.kind, review.outcome, review.message_id) == (ReviewKind.HOLD, ReviewOutcome.OPEN, text.id)
    assert review.due_on and review.held_event_id == event.id
    assert (event.action, event.origin, event.before, event.after) == (
        Action.HELD,
        Origin.CONTACT,
        "active",
        "active",
    )
    assert (event.words, event.message_id, event.changed) == (WORDS, text.id, False)
    assert text.possible_opt_out
    with scope(cast.northside.id):
        assert ledger_verification.verify(cast.northside.id).fault is None


def test_a_repeated_delivery_holds_once(cast: Cast, carrier: FakeTwilio) -> None:
    for _ in range(2):
        carrier.text(cast.front_desk, MARIA, WORDS, sid="SM" + "7" * 32)
    assert len(reviews(cast)) == len(entries(cast)) == 1


def test_an_inbox_that_reads_keywords_only_marks_the_text(cast: Cast, carrier: FakeTwilio, work: Any) -> None:
    with scope(cast.northside.id):
        Inbox.objects.filter(id=cast.front_desk.id).update(opt_out_reading=ReadingMode.KEYWORDS)
    text = arrives(cast, carrier)
    (review,) = reviews(cast)
    assert (review.kind, review.due_on, entries(cast)) == (ReviewKind.MARK, None, [])
    assert text.possible_opt_out and sends(cast, work) == ("sent", "")


@pytest.mark.parametrize("change", ["opt_out", "block"])
def test_a_number_that_may_not_be_texted_is_not_held(cast: Cast, carrier: FakeTwilio, change: str) -> None:
    with scope(cast.northside.id):
        getattr(consent, change)(cast.northside.id, MARIA, Actor.of(cast.admin), reason="Our decision")
    arrives_blocked = carrier.text(cast.front_desk, MARIA, WORDS)
    assert arrives_blocked.status_code == 200 and not reviews(cast) and len(entries(cast)) == 1


def test_conversation_opens_no_review(cast: Cast, carrier: FakeTwilio) -> None:
    arrives(cast, carrier, "See you at 5")
    assert not reviews(cast) and not entries(cast)


def test_a_hold_survives_the_loss_of_the_broker(cast: Cast, carrier: FakeTwilio, monkeypatch: Any) -> None:
    """Everything that would wake a worker or a page fails; the hold is committed with its text."""
    monkeypatch.setattr(BatchQueue, "put", lambda queue, item: None)
    arrives(cast, carrier)
    assert outcomes(cast) == ["open"]
    with scope(cast.northside.id):
        message = compose_text(cast.front_desk, MARIA, "Sale!", author=None, author_name="API (CRM)")
    assert message.reason == Refusal.HELD


# -- the send guard ----------------------------------------------------------------------------------------------


def sends(cast: Cast, work: Callable[[], None], *, by_hand: bool = False) -> tuple[str, str]:
    """The status and reason of a text, after the worker's round."""
    with scope(cast.northside.id):
        text = compose_text(cast.billing, MARIA, "Hello", author=cast.member, by_hand=by_hand)
    work()
    with scope(cast.northside.id):
        text.refresh_from_db()
    return text.status, text.reason


def test_only_texts_by_hand_are_sent_to_a_held_number(cast: Cast, carrier: FakeTwilio, work: Any) -> None:
    """In every inbox of the team, also if the member is named as the author of an automatic text."""
    arrives(cast, carrier)
    assert sends(cast, work) == ("refused", "held_for_review")
    assert sends(cast, work, by_hand=True) == ("sent", "")


def test_a_text_that_was_queued_before_the_hold_is_not_claimed(
    cast: Cast, carrier: FakeTwilio, work: Any, texts: Any
) -> None:
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "automatic", author=None)
        compose_text(cast.front_desk, MARIA, "by hand", author=cast.member, by_hand=True)
    arrives(cast, carrier)
    work()
    assert [(text.body, text.status) for text in texts(outbound=True)] == [
        ("automatic", "refused"),
        ("by hand", "sent"),
    ]


def test_help_is_not_answered_while_the_number_is_held(
    cast: Cast, carrier: FakeTwilio, work: Any, texts: Any
) -> None:
    arrives(cast, carrier)
    arrives(cast, carrier, "HELP")
    work()
    assert [(text.status, text.reason) for text in texts(outbound=True)] == [("refused", "held_for_review")]


def test_the_page_sends_by_hand(
    cast: Cast, carrier: FakeTwilio, as_client: Any, work: Any, texts: Any
) -> None:
    text = arrives(cast, carrier)
    browser: Client = as_client(cast.member)
    browser.post(reverse("messages", args=[cast.northside.slug, text.conversation_id]), {"body": "Hi"})
    work()
    assert [text.status for text in texts(outbound=True)] == ["sent"]


# -- what ends a hold --------------------------------------------------------------------------------------------


def test_a_stop_ends_the_hold_and_is_confirmed(
    cast: Cast, carrier: FakeTwilio, work: Any, texts: Any
) -> None:
    arrives(cast, carrier)
    arrives(cast, carrier, "STOP")
    work()
    assert outcomes(cast) == ["overtaken"] and actions(cast) == ["held", "opted_out"]
    assert [text.status for text in texts(purpose="confirmation")] == ["sent"]


def test_a_start_ends_the_hold(cast: Cast, carrier: FakeTwilio, work: Any) -> None:
    arrives(cast, carrier)
    arrives(cast, carrier, "START", cast.billing)
    assert outcomes(cast) == ["overtaken"] and sends(cast, work) == ("sent", "")


def test_a_yes_that_lifts_nothing_does_not_end_the_hold(cast: Cast, carrier: FakeTwilio) -> None:
    arrives(cast, carrier)
    arrives(cast, carrier, "YES")
    assert outcomes(cast) == ["open"]


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("change", ["opt_out", "block"])
def test_what_the_team_records_ends_the_hold(
    cast: Cast, carrier: FakeTwilio, change: str, many: bool
) -> None:
    arrives(cast, carrier)
    with scope(cast.northside.id):
        by = Actor.of(cast.admin)
        if many:
            getattr(bulk_consent, f"{change}_many")(
                cast.northside.id, [MARIA, TOM], by, reason="Our decision"
            )
        else:
            getattr(consent, change)(cast.northside.id, MARIA, by, reason="Our decision")
    (review,) = reviews(cast)
    assert (review.outcome, review.decided_by_id) == ("overtaken", cast.admin.id)


def test_a_retracted_mistake_holds_again(cast: Cast, carrier: FakeTwilio, work: Any) -> None:
    arrives(cast, carrier)
    by = Actor.of(cast.member)
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, by, reason="Our decision")
        consent.retract(cast.northside.id, MARIA, by)
        assert ledger_verification.verify(cast.northside.id).fault is None
    assert outcomes(cast) == ["open"] and actions(cast) == ["held", "opted_out", "opted_in", "held"]
    assert sends(cast, work) == ("refused", "held_for_review")


def test_a_hold_is_never_the_newest_entry(cast: Cast, carrier: FakeTwilio) -> None:
    """The opt-in before it stays the newest change, and an older START is not newer because of it."""
    arrives(cast, carrier, "START")
    held = arrives(cast, carrier)
    (hold, opt_in) = entries(cast)
    assert hold.action == Action.HELD
    with scope(cast.northside.id):
        assert newest_change(cast.northside.id, MARIA, cast.front_desk.id) is None
        assert not has_later_entry(cast.northside.id, MARIA, opt_in.happened_at)
        assert not has_later_entry(cast.northside.id, MARIA, held.at)
