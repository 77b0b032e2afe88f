"""Outcomes of a send; the only confirmation of an opt-out; and the carrier's own opt-outs (error 21610)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Inbox
from kernel.tenancy import scope
from messaging import inbound, outbound
from messaging.carriers.base import InboundText
from messaging.compose import compose_text
from messaging.models import Message, MessagePurpose, MessageStatus
from messaging.outbound import RETRY_DELAYS
from messaging.refusal_reasons import CARRIER_OPTED_OUT
from messaging.scope_lookups import conversations_due
from optout import consent
from optout.consent_types import CONFIRM_WITHIN, Actor
from optout.ledger import history
from optout.lifting_rules import CannotLift, FreshConsent
from optout.models import Origin, Standing
from optout.number_state import standing_across_inboxes
from tests.cast import MARIA, Cast
from tests.clocks import earlier
from tests.messaging.fake_twilio import (
    OPTED_OUT,
    OVERLOADED,
    FakeTwilio,
    SendAnswer,
    new_sid,
    refusal,
    sid_of,
)

ADMIN = Actor(Origin.MEMBER, "Amir Adams", 3)
MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)


def compose(cast: Cast, body: str = "Hello") -> Message:
    with scope(cast.northside.id):
        return compose_text(cast.front_desk, MARIA, body, author=cast.member)


def reload(message: Message) -> Message:
    with scope(message.team_id):
        return Message.objects.get(team_id=message.team_id, id=message.id)


def an_hour_ago() -> datetime:
    return timezone.now() - timedelta(hours=1)


def standing(cast: Cast) -> Standing:
    with scope(cast.northside.id):
        return standing_across_inboxes(cast.northside.id, MARIA)


# -- failures ----------------------------------------------------------------------------------------------------


def test_a_text_that_the_carrier_cannot_take_is_retried_and_then_fails(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    message = compose(cast)
    for wait in RETRY_DELAYS:
        carrier.answers.append(OVERLOADED)
        before = timezone.now()
        work()
        found = reload(message)
        assert (found.status, found.crossed) == (MessageStatus.QUEUED, False)
        assert found.due_at and before + wait <= found.due_at <= timezone.now() + wait
        work()  # not before it is due
        write(message, due_at="now()")
    assert len(carrier.refused) == len(RETRY_DELAYS)
    carrier.answers.append(OVERLOADED)
    work()
    found = reload(message)
    assert (found.status, found.due_at, found.trouble) == (
        MessageStatus.FAILED,
        None,
        "The carrier is rate-limiting this inbox.",
    )
    work()
    assert len(carrier.refused) == len(RETRY_DELAYS) + 1
    assert carrier.sent == []


def test_a_text_that_is_sent_at_the_second_attempt_shows_no_error(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    message = compose(cast)
    carrier.answers.append(OVERLOADED)
    work()
    write(message, due_at="now()")
    work()
    found = reload(message)
    assert (found.status, found.trouble, found.error_code) == (MessageStatus.SENT, "", "")
    assert carrier.bodies() == ["Hello"]


def test_a_text_that_waits_for_its_retry_holds_the_texts_behind_it(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    first, second = compose(cast, "first"), compose(cast, "second")
    carrier.answers.append(OVERLOADED)
    work()
    third = compose(cast, "third")
    work()
    assert (carrier.sent, conversations_due(10)) == ([], []), "and the sweep does not find them all the time"
    assert {reload(text).due_at for text in (second, third)} == {reload(first).due_at}
    carrier.answers.append(OVERLOADED)
    for text in (first, second, third):
        write(text, due_at="now()")
    work()
    assert carrier.sent == [] and reload(third).due_at == reload(first).due_at
    for text in (first, second, third):
        write(text, due_at="now()")
    work()
    assert carrier.bodies() == ["first", "second", "third"]


def test_a_text_that_has_failed_for_good_holds_no_texts(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    compose(cast, "first"), compose(cast, "second")
    carrier.answers.append(refusal(21211))
    work()
    assert carrier.bodies() == ["second"]


def test_an_automatic_reply_passes_a_text_that_waits_for_its_retry(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None]
) -> None:
    compose(cast, "first"), compose(cast, "second")
    carrier.answers.append(OVERLOADED)
    work()
    carrier.text(cast.front_desk, MARIA, "STOP")
    work()
    assert [text.number for text in carrier.sent] == [MARIA]
    assert [(text.purpose, text.status) for text in texts(outbound=True)] == [
        ("text", "queued"), ("text", "queued"), ("confirmation", "sent"),
    ]  # fmt: skip


def test_a_retry_is_refused_after_a_stop_and_is_not_marked_crossed(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    """The STOP comes during the call, but the carrier did not take the text."""
    message = compose(cast)
    carrier.answers.append(
        SendAnswer(
            OVERLOADED.status, OVERLOADED.body, before=lambda: carrier.text(cast.front_desk, MARIA, "STOP")
        )
    )
    work()
    assert (reload(message).status, reload(message).crossed) == (MessageStatus.QUEUED, False)
    write(message, due_at="now()")
    work()
    assert (reload(message).status, reload(message).reason) == (MessageStatus.REFUSED, "opted_out")
    assert "Hello" not in carrier.bodies() and len(carrier.sent) == 1


@pytest.mark.parametrize(
    ("answer", "status", "trouble"),
    [
        (refusal(21211, "The 'To' number is not valid"), MessageStatus.FAILED,
         "The number is not valid at the carrier."),
        (refusal(20003, "Authenticate", 401), MessageStatus.FAILED,
         "The carrier does not accept this inbox's credentials. Check Settings > Inboxes."),
        (SendAnswer(500, {}), MessageStatus.UNKNOWN, "The carrier had an error; the text may have arrived."),
        (SendAnswer(201, b"<html>"), MessageStatus.UNKNOWN,
         "The carrier's response could not be read; the text may have arrived."),
    ],
    ids=["invalid", "credentials", "carrier error", "unreadable"],
)  # fmt: skip
def test_a_permanent_or_unknown_failure_is_not_retried(
    cast: Cast,
    carrier: FakeTwilio,
    work: Callable[[], None],
    answer: SendAnswer,
    status: MessageStatus,
    trouble: str,
) -> None:
    message, following = compose(cast), compose(cast, "And then")
    carrier.answers.append(answer)
    work()
    work()
    found = reload(message)
    assert (found.status, found.due_at, found.trouble, found.attempts) == (status, None, trouble, 1)
    assert (reload(following).status, carrier.bodies()[-1]) == (MessageStatus.SENT, "And then")
    assert len(carrier.sent) + len(carrier.refused) == 2


def test_a_text_with_unknown_outcome_is_marked_crossed_even_after_its_report(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    message = compose(cast)

    def meanwhile() -> None:
        carrier.report(message, "delivered", inbox=cast.front_desk, MessageSid=sid_of("early"))
        carrier.text(cast.front_desk, MARIA, "STOP")

    carrier.answers.append(SendAnswer(500, {}, before=meanwhile))
    work()
    assert (reload(message).status, reload(message).crossed) == (MessageStatus.DELIVERED, True)


# -- the confirmation --------------------------------------------------------------------------------------------


def receive_stop(cast: Cast, ago: timedelta = timedelta()) -> None:
    with scope(cast.northside.id):
        text = InboundText(new_sid(), MARIA, "STOP", sent_at=timezone.now() - ago)
        inbound.receive(cast.front_desk, text)


def test_the_confirmation_is_bound_to_its_ledger_entry(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None]
) -> None:
    receive_stop(cast)
    (confirmation,) = texts(outbound=True)
    with scope(cast.northside.id):
        (event,) = history(cast.northside.id, MARIA)
    assert (confirmation.purpose, confirmation.event_id) == (MessagePurpose.CONFIRMATION, event.id)
    work()
    assert (reload(confirmation).status, reload(confirmation).crossed) == (MessageStatus.SENT, False)


@pytest.mark.parametrize(
    ("since", "reason", "sent"),
    [
        (lambda cast, carrier: carrier.text(cast.front_desk, MARIA, "START"), "overtaken", ["START"]),
        (lambda cast, carrier: consent.opt_out(cast.northside.id, MARIA, MAYA, reason="They asked us."),
         "overtaken", []),
        (lambda cast, carrier: consent.block(cast.northside.id, MARIA, MAYA), "blocked", []),
    ],
    ids=["START", "opt-out by staff", "block"],
)  # fmt: skip
def test_a_confirmation_is_refused_after_a_newer_change(
    cast: Cast,
    carrier: FakeTwilio,
    texts: Any,
    work: Callable[[], None],
    since: Any,
    reason: str,
    sent: list[str],
) -> None:
    receive_stop(cast)
    if sent:
        since(cast, carrier)
    else:
        with scope(cast.northside.id):
            since(cast, carrier)
    work()
    confirmation, *others = texts(outbound=True)
    assert (confirmation.status, confirmation.reason) == (MessageStatus.REFUSED, reason)
    assert [text.status for text in others] == [MessageStatus.SENT] * len(sent)
    assert len(carrier.sent) == len(sent)


def test_two_stops_are_confirmed_once(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None]
) -> None:
    for word in ("STOP", "stop!"):
        carrier.text(cast.front_desk, MARIA, word)
    work()
    assert [(text.purpose, text.status) for text in texts(outbound=True)] == [("confirmation", "sent")]
    assert len(carrier.sent) == 1


def test_a_reply_to_start_is_refused_after_a_newer_stop(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None]
) -> None:
    for word in ("STOP", "START", "STOP"):
        carrier.text(cast.front_desk, MARIA, word)
    work()
    assert [(text.purpose, text.status, text.reason) for text in texts(outbound=True)] == [
        ("confirmation", "refused", "overtaken"),
        ("answer", "refused", "opted_out"),
        ("confirmation", "sent", ""),
    ]
    assert len(carrier.sent) == 1


def test_a_confirmation_is_sent_within_five_minutes(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None]
) -> None:
    almost = CONFIRM_WITHIN - timedelta(seconds=20)
    receive_stop(cast, almost)
    work()
    assert [text.status for text in texts(outbound=True)] == [MessageStatus.SENT]


def test_a_confirmation_older_than_five_minutes_is_refused(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None], tamper: Any
) -> None:
    receive_stop(cast)
    tamper(f"UPDATE optout_consentevent SET happened_at = {earlier('happened_at', '301 s')}")
    work()
    (confirmation,) = texts(outbound=True)
    assert (confirmation.status, confirmation.reason, carrier.sent) == (MessageStatus.REFUSED, "too_late", [])


def test_a_confirmation_is_retried_for_five_minutes(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None], write: Any, tamper: Any
) -> None:
    receive_stop(cast)
    (confirmation,) = texts(outbound=True)
    for _ in range(2):
        carrier.answers.append(OVERLOADED)
        work()
        write(confirmation, due_at="now()")
    assert reload(confirmation).status == MessageStatus.QUEUED
    tamper(f"UPDATE optout_consentevent SET happened_at = {earlier('happened_at', '301 s')}")
    work()
    assert (reload(confirmation).status, carrier.sent) == (MessageStatus.REFUSED, [])


# -- answers to START and HELP -----------------------------------------------------------------------------------


def receive(cast: Cast, body: str, ago: timedelta = timedelta()) -> None:
    with scope(cast.northside.id):
        text = InboundText(new_sid(), MARIA, body, sent_at=timezone.now() - ago)
        inbound.receive(cast.front_desk, text)


def test_help_is_answered_once_an_hour_and_three_times_a_day(cast: Cast, texts: Any, write: Any) -> None:
    """In all inboxes of a team together."""

    def answers_to_help(inbox: Inbox) -> int:
        count = len(texts(outbound=True))
        inbound.receive(inbox, InboundText(new_sid(), MARIA, "HELP", sent_at=timezone.now()))
        return len(texts(outbound=True)) - count

    def an_hour_passes(minutes: int = 60) -> None:
        for text in texts(outbound=True):
            write(text, at=earlier("at", f"{minutes} minutes"))

    assert [answers_to_help(inbox) for inbox in (cast.front_desk, cast.front_desk, cast.billing)] == [1, 0, 0]
    an_hour_passes(59)
    assert answers_to_help(cast.front_desk) == 0
    an_hour_passes(1)
    assert answers_to_help(cast.billing) == 1
    an_hour_passes()
    assert answers_to_help(cast.front_desk) == 1
    an_hour_passes()
    assert answers_to_help(cast.front_desk) == 0  # the fourth of the day
    for _ in range(21):
        an_hour_passes()
    assert answers_to_help(cast.front_desk) == 1  # the first is older than a day


CANADIAN, SHORT_CODE = "+14165550123", "US:72345"


@pytest.mark.parametrize(
    ("sending", "number", "state", "answered"),
    [
        ("+15105550100", MARIA, "opted out", False),
        ("+15105550100", CANADIAN, "opted out", True),
        ("+15105550100", CANADIAN, "blocked", False),
        ("+15105550100", CANADIAN, "blocked and opted out", False),
        (SHORT_CODE, MARIA, "opted out", True),
        (SHORT_CODE, MARIA, "blocked", False),
        (SHORT_CODE, MARIA, "active", True),
    ],
)
def test_help_of_opted_out_people_is_answered_where_the_rules_require_it(
    cast: Cast,
    carrier: FakeTwilio,
    work: Callable[[], None],
    sending: str,
    number: str,
    state: str,
    answered: bool,
) -> None:
    with scope(cast.northside.id):
        cast.front_desk.number = sending
        cast.front_desk.save(update_fields=["number"])
        if "opted out" in state:
            consent.opt_out(cast.northside.id, number, MAYA, reason="They asked us.")
        if "blocked" in state:
            consent.block(cast.northside.id, number, MAYA)
    inbound.receive(cast.front_desk, InboundText(new_sid(), number, "HELP", sent_at=timezone.now()))
    work()
    assert len(carrier.sent) == answered


def test_an_answer_to_start_does_not_use_up_the_answer_to_help(cast: Cast, texts: Any) -> None:
    for body in ("STOP", "START", "HELP"):
        receive(cast, body)
    assert [text.purpose for text in texts(outbound=True)] == ["confirmation", "answer", "answer"]


@pytest.mark.parametrize(("seconds", "answered"), [(280, True), (301, False)])
@pytest.mark.parametrize("word", ["HELP", "START"])
def test_a_keyword_that_is_found_after_five_minutes_is_not_answered(
    cast: Cast, texts: Any, word: str, seconds: int, answered: bool
) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, MAYA, reason="They asked us.", happened_at=an_hour_ago())
        if word == "HELP":
            consent.lift(cast.northside.id, MARIA, MAYA, reason="It was a mistake.")
    receive(cast, word, timedelta(seconds=seconds))
    assert standing(cast).may_text
    assert len(texts(outbound=True)) == answered


@pytest.mark.parametrize("word", ["HELP", "START"])
def test_an_answer_is_refused_five_minutes_after_its_request(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None], write: Any, word: str
) -> None:
    if word == "START":
        receive(cast, "STOP")
    receive(cast, word)
    write(texts(outbound=False)[-1], at=earlier("at", "301 s"))
    work()
    answer = texts(purpose=MessagePurpose.ANSWER)[-1]
    assert (answer.status, answer.reason, answer.trouble) == (
        "refused", "too_late", "This reply could not be sent within five minutes.",
    )  # fmt: skip


# -- 21610 on send -----------------------------------------------------------------------------------------------


def text(word: str) -> Callable[[Cast, FakeTwilio], object]:
    return lambda cast, carrier: carrier.text(cast.front_desk, MARIA, word)


def opt_out_by_staff(cast: Cast, _: FakeTwilio) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, MAYA, reason="They asked us.")


def lift_by_staff(cast: Cast, _: FakeTwilio) -> None:
    with scope(cast.northside.id):
        consent.lift(cast.northside.id, MARIA, ADMIN, reason="It was a mistake.")


def record_fresh_consent(cast: Cast, _: FakeTwilio) -> None:
    fresh_consent = FreshConsent("Text me again", "At the desk", timezone.now())
    with scope(cast.northside.id):
        consent.lift(cast.northside.id, MARIA, ADMIN, consent=fresh_consent, may_lift_persons=True)


STOP, START = text("STOP"), text("START")
ONE_INBOX, ALL_INBOXES = "opt_out carrier {inbox}", "opt_out carrier"
BRANCHES: dict[str, tuple[list[Any], list[Any], list[str]]] = {
    # steps before the claim, steps during the call, and the suppressions in the end
    "no opt-in on record": ([], [], [ALL_INBOXES]),
    "an opt-in before": ([STOP, START], [], [ONE_INBOX]),
    "fresh consent recorded before": ([STOP, record_fresh_consent], [], [ONE_INBOX]),
    "a lifted mistake before is no opt-in": ([opt_out_by_staff, lift_by_staff], [], [ALL_INBOXES]),
    "an opt-in during the call": ([], [STOP, START], []),
    "an opt-in before and another during the call": ([STOP, START], [STOP, START], []),
    "their STOP during the call": ([], [STOP], ["opt_out contact"]),
    "our opt-out during the call": ([], [opt_out_by_staff], [ALL_INBOXES, "opt_out member"]),
}


@pytest.mark.parametrize("by_callback", [False, True], ids=["on send", "by callback"])
@pytest.mark.parametrize(("before", "during", "left"), BRANCHES.values(), ids=list(BRANCHES))
def test_21610_counts_for_sends_claimed_after_the_newest_opt_in(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], before: Any, during: Any, left: list[str],
    by_callback: bool,
) -> None:  # fmt: skip
    for step in before:
        step(cast, carrier)
    work()
    message = compose(cast)

    def meanwhile() -> None:
        for step in during:
            step(cast, carrier)

    answer = (
        SendAnswer(before=meanwhile)
        if by_callback
        else SendAnswer(OPTED_OUT.status, OPTED_OUT.body, before=meanwhile)
    )
    carrier.answers.append(answer)
    outbound.deliver(message.team_id, message.conversation_id)
    if by_callback:
        carrier.report(message, "undelivered", inbox=cast.front_desk, ErrorCode="21610")
    refused = reload(message)
    assert (refused.status, refused.reason) == (MessageStatus.REFUSED, CARRIER_OPTED_OUT)
    assert (refused.crossed, refused.error_code) == (by_callback and bool(during) and bool(left), "21610")
    rows = [row.format(inbox=cast.front_desk.id) for row in left]
    assert [row.name for row in standing(cast).rows] == rows
    billing = standing(cast).in_inbox(cast.billing.id)
    assert billing.may_text == (rows in ([], [ONE_INBOX.format(inbox=cast.front_desk.id)]))


def test_a_carriers_opt_out_in_one_inbox_does_not_apply_in_another(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    STOP(cast, carrier)
    START(cast, carrier)
    work()
    carrier.answers.append(OPTED_OUT)
    compose(cast)
    work()
    with scope(cast.northside.id):
        billing = compose_text(cast.billing, MARIA, "Your invoice", author=cast.admin)
        desk = compose_text(cast.front_desk, MARIA, "Your crown", author=cast.admin)
    work()
    assert (reload(billing).status, reload(desk).reason) == (MessageStatus.SENT, "opted_out")
    with scope(cast.northside.id), pytest.raises(CannotLift):
        fresh_consent = FreshConsent("Text me", "At the desk", timezone.now())
        consent.lift(cast.northside.id, MARIA, ADMIN, consent=fresh_consent, may_lift_persons=True)
    START(cast, carrier)
    assert standing(cast).may_text


def test_a_claim_has_the_databases_time_from_before_the_call(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    """Error 21610 compares it with the time of the newest opt-in, which the database sets too."""
    message, seen = compose(cast), []
    carrier.answers.append(SendAnswer(before=lambda: seen.append(reload(message).claimed_at)))
    work()
    (claimed_at,) = seen
    assert isinstance(claimed_at, datetime) and claimed_at == reload(message).claimed_at
