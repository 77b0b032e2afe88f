"""Due holds: undecided ones become opt-outs after their due day, once, and erasure keeps only their numbers."""

from collections.abc import Callable
from smtplib import SMTPServerDisconnected
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from contacts.contact import deletion
from kernel.tenancy import scope
from messaging import due_reviews, tasks
from optout import ledger_verification
from optout.business_days import add_business_days
from optout.consent_types import Actor
from optout.reviews import Review
from tests.cast import TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio
from tests.messaging.test_holds import WORDS, actions, arrives, entries, outcomes, reviews

Due = Callable[[str], None]


@pytest.fixture
def due(owner: psycopg.Connection) -> Due:
    """Give all reviews this due day: an SQL expression of the day in the team's time zone."""

    def change(day: str) -> None:
        sql: Any = f"UPDATE optout_review SET due_on = (now() AT TIME ZONE 'America/New_York')::date {day}"
        owner.execute(sql)

    return change


def test_an_undecided_hold_becomes_an_opt_out(
    cast: Cast, carrier: FakeTwilio, due: Due, work: Any, texts: Any
) -> None:
    """After its due day, once, and without a confirmation: that is sent within five minutes or never."""
    arrives(cast, carrier)
    due("+ 0")
    tasks.lapse_due_holds()
    assert outcomes(cast) == ["open"], "the due day is not over"
    due("- 1")
    for _ in range(2):
        tasks.lapse_due_holds()
    work()
    opt_out = entries(cast)[0]
    assert (
        outcomes(cast) == ["lapsed"] and actions(cast) == ["held", "opted_out"] and not texts(outbound=True)
    )
    assert (opt_out.origin, opt_out.words, opt_out.added) == ("contact", WORDS, ["opt_out contact"])
    assert "nobody decided" in opt_out.reason and reviews(cast)[0].decision_event_id == opt_out.id
    with scope(cast.northside.id):
        assert ledger_verification.verify(cast.northside.id).fault is None


def test_a_decided_hold_does_not_lapse(cast: Cast, carrier: FakeTwilio, due: Due) -> None:
    arrives(cast, carrier)
    arrives(cast, carrier, "START")
    due("- 1")
    tasks.lapse_due_holds()
    assert actions(cast) == ["held", "opted_in"]


def test_an_erasure_keeps_an_undecided_hold_without_words(cast: Cast, carrier: FakeTwilio, due: Due) -> None:
    arrives(cast, carrier)
    with scope(cast.northside.id):
        Review.objects.update(found=WORDS)
        deletion.delete_contacts(cast.northside.id, [cast.maria.id], erase=True, by=Actor.of(cast.admin))
    (review,) = reviews(cast)
    assert (review.found, review.outcome) == ("", "open")
    due("- 1")
    tasks.lapse_due_holds()
    assert actions(cast) == ["held", "opted_out"]


def test_an_erasure_deletes_a_settled_review(cast: Cast, carrier: FakeTwilio) -> None:
    arrives(cast, carrier)
    arrives(cast, carrier, "STOP")
    with scope(cast.northside.id):
        deletion.delete_contacts(cast.northside.id, [cast.maria.id], erase=True, by=Actor.of(cast.admin))
    assert reviews(cast) == []


def next_business_day() -> str:
    """The first due day whose reminder is due today, as SQL."""
    day = timezone.localdate(timezone=ZoneInfo("America/New_York"))
    due = add_business_days(day, 1)
    return f"+ {(due - day).days}"


@pytest.fixture
def after_eight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due_reviews, "REMIND_FROM", 0)


@pytest.mark.usefixtures("after_eight")
def test_owners_are_reminded_once_on_the_business_day_before(
    cast: Cast, carrier: FakeTwilio, due: Due, mailoutbox: list[Any]
) -> None:
    arrives(cast, carrier)
    assert carrier.text(cast.front_desk, TOM, WORDS).status_code == 200
    tasks.remind_of_due_holds()
    assert mailoutbox == [], "ten business days are left"
    due(next_business_day())
    for _ in range(2):
        tasks.remind_of_due_holds()
    (email,) = mailoutbox
    assert email.to == [cast.owner.user.email]
    assert email.subject == "2 possible opt-outs to decide · Northside Dental"
    assert "/t/northside-dental/inbox/?folder=review" in email.body


@pytest.mark.usefixtures("after_eight")
def test_a_reminder_that_cannot_be_sent_is_tried_again(
    cast: Cast, carrier: FakeTwilio, due: Due, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    arrives(cast, carrier)
    due(next_business_day())

    def refuse(email: EmailMessage, **options: Any) -> None:
        raise SMTPServerDisconnected("no mail server")

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", refuse)
        tasks.remind_of_due_holds()
    assert mailoutbox == []
    tasks.remind_of_due_holds()
    assert len(mailoutbox) == 1


@pytest.mark.usefixtures("after_eight")
def test_nobody_is_reminded_of_a_decided_hold(
    cast: Cast, carrier: FakeTwilio, due: Due, mailoutbox: list[Any]
) -> None:
    arrives(cast, carrier)
    due(next_business_day())
    arrives(cast, carrier, "STOP")
    tasks.remind_of_due_holds()
    assert mailoutbox == []
