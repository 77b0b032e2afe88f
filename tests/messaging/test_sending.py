"""How a send can end; the one confirmation of an opt-out; and the carrier's own list of opt-outs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.tenancy import scope
from messaging import inbound, outbound
from messaging.carriers.base import InboundText
from messaging.models import CARRIER_OPTED_OUT, Message, MessagePurpose, MessageStatus
from messaging.outbound import RETRY_DELAYS
from optout import consent
from optout.consent_types import CONFIRM_WITHIN, Actor
from optout.ledger import history
from optout.lifting_rules import CannotLift, FreshConsent
from optout.models import Origin, Standing
from optout.number_state import standing_across_inboxes
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import OPTED_OUT, OVERLOADED, FakeTwilio, SendAnswer, new_sid, refusal

ADMIN = Actor(Origin.MEMBER, "Amir Adams", 3)
MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)


def compose(cast: Cast, body: str = "Hello") -> Message:
    with scope(cast.northside.id):
        return outbound.compose(cast.front_desk, MARIA, body, author=cast.member)


def again(message: Message) -> Message:
    with scope(message.team_id):
        return Message.objects.get(team_id=message.team_id, id=message.id)


def standing(cast: Cast) -> Standing:
    with scope(cast.northside.id):
        return standing_across_inboxes(cast.northside.id, MARIA)


# -- not taken ---------------------------------------------------------------------------------------------------


def test_a_text_that_the_carrier_could_not_take_is_tried_again_at_growing_waits_and_then_fails(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    message = compose(cast)
    for wait in RETRY_DELAYS:
        carrier.answers.append(OVERLOADED)
        before = timezone.now()
        work()
        found = again(message)
        assert (found.status, found.crossed) == (MessageStatus.QUEUED, False)
        assert found.due_at and before + wait <= found.due_at <= timezone.now() + wait
        work()  # not before it is due
        write(message, due_at="clock_timestamp()")
    assert len(carrier.refused) == len(RETRY_DELAYS)
    carrier.answers.append(OVERLOADED)
    work()
    found = again(message)
    assert (found.status, found.due_at, found.trouble) == (
        MessageStatus.FAILED,
        None,
        "The carrier asks us to wait.",
    )
    work()
    assert len(carrier.refused) == len(RETRY_DELAYS) + 1
    assert carrier.sent == []


def test_a_text_that_leaves_at_the_second_try_shows_no_trouble(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    message = compose(cast)
    carrier.answers.append(OVERLOADED)
    work()
    write(message, due_at="clock_timestamp()")
    work()
    found = again(message)
    assert (found.status, found.trouble, found.error_code) == (MessageStatus.SENT, "", "")
    assert carrier.bodies() == ["Hello"]


def test_a_retry_is_refused_once_they_opted_out_and_was_never_on_the_wire(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], write: Any
) -> None:
    """The STOP comes during the call; the carrier did not take the text, so nothing crossed."""
    message = compose(cast)
    carrier.answers.append(
        SendAnswer(
            OVERLOADED.status, OVERLOADED.body, before=lambda: carrier.text(cast.front_desk, MARIA, "STOP")
        )
    )
    work()
    assert (again(message).status, again(message).crossed) == (MessageStatus.QUEUED, False)
    write(message, due_at="clock_timestamp()")
    work()
    assert (again(message).status, again(message).reason) == (MessageStatus.REFUSED, "opted_out")
    assert "Hello" not in carrier.bodies() and len(carrier.sent) == 1


@pytest.mark.parametrize(
    ("answer", "status", "trouble"),
    [
        (refusal(21211, "The 'To' number is not valid"), MessageStatus.FAILED, "The 'To' number is not valid"),
        (refusal(20003, "Authenticate", 401), MessageStatus.FAILED,
         "The carrier does not accept this inbox's credentials. Check Settings > Inboxes."),
        (SendAnswer(500, {}), MessageStatus.UNKNOWN, "The carrier had a fault and did not say whether it took the text."),
        (SendAnswer(201, b"<html>"), MessageStatus.UNKNOWN,
         "The carrier's answer could not be read; the text may have arrived."),
    ],
    ids=["invalid", "credentials", "fault", "unreadable"],
)  # fmt: skip
def test_what_will_not_get_better_or_nobody_knows_is_not_sent_again(
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
    found = again(message)
    assert (found.status, found.due_at, found.trouble, found.attempts) == (status, None, trouble, 1)
    assert (again(following).status, carrier.bodies()[-1]) == (MessageStatus.SENT, "And then")
    assert len(carrier.sent) + len(carrier.refused) == 2


def test_an_unknown_text_that_a_stop_crossed_says_so_even_when_its_report_came_first(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    message = compose(cast)

    def meanwhile() -> None:
        carrier.report(message, "delivered", inbox=cast.front_desk, MessageSid="SM-early")
        carrier.text(cast.front_desk, MARIA, "STOP")

    carrier.answers.append(SendAnswer(500, {}, before=meanwhile))
    work()
    assert (again(message).status, again(message).crossed) == (MessageStatus.DELIVERED, True)


# -- the confirmation --------------------------------------------------------------------------------------------


def hear_stop(cast: Cast, ago: timedelta = timedelta()) -> None:
    with scope(cast.northside.id):
        text = InboundText(new_sid(), MARIA, "STOP", sent_at=timezone.now() - ago)
        inbound.receive(cast.front_desk, text)


def test_the_confirmation_is_bound_to_its_line_of_the_ledger(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None]
) -> None:
    hear_stop(cast)
    (confirmation,) = texts(outbound=True)
    with scope(cast.northside.id):
        (event,) = history(cast.northside.id, MARIA)
    assert (confirmation.purpose, confirmation.event_id) == (MessagePurpose.CONFIRMATION, event.id)
    work()
    assert (again(confirmation).status, again(confirmation).crossed) == (MessageStatus.SENT, False)


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
def test_a_confirmation_is_refused_when_something_came_since(
    cast: Cast,
    carrier: FakeTwilio,
    texts: Any,
    work: Callable[[], None],
    since: Any,
    reason: str,
    sent: list[str],
) -> None:
    hear_stop(cast)
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


def test_two_quick_stops_are_confirmed_once(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None]
) -> None:
    for word in ("STOP", "stop!"):
        carrier.text(cast.front_desk, MARIA, word)
    work()
    assert [(text.purpose, text.status) for text in texts(outbound=True)] == [("confirmation", "sent")]
    assert len(carrier.sent) == 1


def test_a_start_answer_is_refused_when_a_stop_came_since(
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


def test_a_confirmation_leaves_within_five_minutes_or_never(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None]
) -> None:
    almost = CONFIRM_WITHIN - timedelta(seconds=20)
    hear_stop(cast, almost)
    work()
    assert [text.status for text in texts(outbound=True)] == [MessageStatus.SENT]


def test_a_confirmation_that_waited_too_long_is_refused(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None], tamper: Any
) -> None:
    hear_stop(cast)
    tamper("UPDATE optout_consentevent SET happened_at = happened_at - interval '301 s'")
    work()
    (confirmation,) = texts(outbound=True)
    assert (confirmation.status, confirmation.reason, carrier.sent) == (MessageStatus.REFUSED, "too_late", [])


def test_a_confirmation_that_the_carrier_could_not_take_is_tried_again_but_not_for_long(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None], write: Any, tamper: Any
) -> None:
    hear_stop(cast)
    (confirmation,) = texts(outbound=True)
    for _ in range(2):
        carrier.answers.append(OVERLOADED)
        work()
        write(confirmation, due_at="clock_timestamp()")
    assert again(confirmation).status == MessageStatus.QUEUED
    tamper("UPDATE optout_consentevent SET happened_at = happened_at - interval '301 s'")
    work()
    assert (again(confirmation).status, carrier.sent) == (MessageStatus.REFUSED, [])


# -- 21610 on send -----------------------------------------------------------------------------------------------


def says(word: str) -> Callable[[Cast, FakeTwilio], object]:
    return lambda cast, carrier: carrier.text(cast.front_desk, MARIA, word)


def staff_opts_out(cast: Cast, _: FakeTwilio) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, MAYA, reason="They asked us.")


def staff_lifts(cast: Cast, _: FakeTwilio) -> None:
    with scope(cast.northside.id):
        consent.lift(cast.northside.id, MARIA, ADMIN, reason="It was a mistake.")


def admin_records_consent(cast: Cast, _: FakeTwilio) -> None:
    said = FreshConsent("Text me again", "At the desk", timezone.now())
    with scope(cast.northside.id):
        consent.lift(cast.northside.id, MARIA, ADMIN, consent=said, may_lift_persons=True)


STOP, START = says("STOP"), says("START")
HERE, EVERYWHERE = "opt_out carrier {inbox}", "opt_out carrier"
BRANCHES: dict[str, tuple[list[Any], list[Any], list[str]]] = {
    # what came before the claim, what came during the call, and the rows that stand in the end
    "no opt-in on record": ([], [], [EVERYWHERE]),
    "an opt-in before": ([STOP, START], [], [HERE]),
    "an admin's recorded consent before": ([STOP, admin_records_consent], [], [HERE]),
    "a lifted mistake before is no opt-in": ([staff_opts_out, staff_lifts], [], [EVERYWHERE]),
    "an opt-in during the call": ([], [STOP, START], []),
    "an opt-in before and one during the call": ([STOP, START], [STOP, START], []),
    "their STOP during the call": ([], [STOP], ["opt_out contact"]),
    "our opt-out during the call": ([], [staff_opts_out], [EVERYWHERE, "opt_out member"]),
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
    refused = again(message)
    assert (refused.status, refused.reason) == (MessageStatus.REFUSED, CARRIER_OPTED_OUT)
    assert (refused.crossed, refused.error_code) == (by_callback and bool(during) and bool(left), "21610")
    rows = [row.format(inbox=cast.front_desk.id) for row in left]
    assert [row.name for row in standing(cast).rows] == rows
    billing = standing(cast).in_inbox(cast.billing.id)
    assert billing.may_text == (rows in ([], [HERE.format(inbox=cast.front_desk.id)]))


def test_what_the_carrier_refuses_in_one_inbox_goes_on_in_the_other_until_they_text_start(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    STOP(cast, carrier)
    START(cast, carrier)
    work()
    carrier.answers.append(OPTED_OUT)
    compose(cast)
    work()
    with scope(cast.northside.id):
        billing = outbound.compose(cast.billing, MARIA, "Your invoice", author=cast.admin)
        desk = outbound.compose(cast.front_desk, MARIA, "Your crown", author=cast.admin)
    work()
    assert (again(billing).status, again(desk).reason) == (MessageStatus.SENT, "opted_out")
    with scope(cast.northside.id), pytest.raises(CannotLift):
        said = FreshConsent("Text me", "At the desk", timezone.now())
        consent.lift(cast.northside.id, MARIA, ADMIN, consent=said, may_lift_persons=True)
    START(cast, carrier)
    assert standing(cast).may_text


def test_a_claims_time_is_the_databases_and_comes_before_its_call(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    """Promise 5 compares it with the newest opt-in's, which is the database's too."""
    message, seen = compose(cast), []
    carrier.answers.append(SendAnswer(before=lambda: seen.append(again(message).claimed_at)))
    work()
    (claimed_at,) = seen
    assert isinstance(claimed_at, datetime) and claimed_at == again(message).claimed_at
