"""Random histories of a team: texts, sends, status reports, consent changes and erasures, for tests with Hypothesis."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st

from accounts.models import Inbox
from kernel.tenancy import scope
from messaging import erasure, inbound
from messaging.carriers.base import InboundText, StatusReport
from messaging.compose import compose_text
from messaging.models import Message, MessageStatus
from messaging.status_reports import apply_status_report
from optout import consent
from optout.consent_types import Actor
from optout.lifting_rules import CannotLift
from optout.models import Origin
from reports import rollup
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio, SendAnswer, new_sid

ADMIN = Actor(Origin.MEMBER, "Amir Adams", 3)

boxes, people = st.sampled_from(["front_desk", "billing"]), st.sampled_from([MARIA, TOM, STRANGER])
ages = st.integers(0, 400 * 24 * 60)  # minutes: more than a year, across clock changes
STEPS = st.one_of(
    st.tuples(st.just("text"), boxes, people, st.sampled_from(["Hello", "STOP", "START", "HELP"])),
    st.tuples(st.just("repeat"), st.integers(0, 5)),
    st.tuples(st.just("late"), boxes, people, ages, st.sampled_from(["Found late", "STOP"])),
    st.tuples(st.just("cross"), boxes, people),
    st.tuples(st.just("compose"), boxes, people),
    st.tuples(st.just("report"), st.integers(0, 9), st.sampled_from(["delivered", "undelivered", "failed"])),
    st.tuples(st.just("staff"), people, st.sampled_from(["opt_out", "lift", "block", "unblock"])),
    st.tuples(st.just("erase"), people),
    st.tuples(st.just("deliver")),
    st.tuples(st.just("count")),
)


class RandomHistory:
    """Applies steps to a team, one by one."""

    def __init__(self, cast: Cast, carrier: FakeTwilio, work: Callable[[], None]) -> None:
        self.cast, self.carrier, self.work = cast, carrier, work
        self.team = cast.northside
        self.received: list[tuple[Inbox, str, str, str]] = []

    def do(self, name: str, *arguments: Any) -> None:
        if name in ("text", "repeat", "late", "cross", "deliver"):  # these open their own scopes
            getattr(self, name)(*arguments)
            return
        with scope(self.team.id):
            getattr(self, name)(*arguments)

    def text(self, box: str, number: str, body: str) -> None:
        self.received.append((getattr(self.cast, box), number, body, new_sid()))
        self.repeat(-1)

    def repeat(self, which: int) -> None:
        if -1 <= which < len(self.received):
            inbox, number, body, sid = self.received[which]
            assert self.carrier.text(inbox, number, body, sid=sid).status_code == 200

    def late(self, box: str, number: str, minutes: int, body: str) -> None:
        at = timezone.now() - timedelta(minutes=minutes)
        text = InboundText(carrier_id=new_sid(), sender=number, body=body, sent_at=at, segments=1)
        inbound.receive(getattr(self.cast, box), text)

    def cross(self, box: str, number: str) -> None:
        """A STOP arrives while a text is with the carrier."""
        with scope(self.team.id):
            self.compose(box, number)
        inbox = getattr(self.cast, box)
        self.carrier.answers = [SendAnswer(before=lambda: self.carrier.text(inbox, number, "STOP"))]
        self.work()

    def compose(self, box: str, number: str) -> None:
        compose_text(getattr(self.cast, box), number, "Hello", author=self.cast.member)

    def report(self, which: int, status: str) -> None:
        sent = Message.objects.filter(team_id=self.team.id, outbound=True).select_related("inbox__team")
        for message in sent.order_by("id")[which : which + 1]:
            code = "" if status == "delivered" else "30003"
            status_report = StatusReport(
                message.carrier_id or new_sid(), message.number, MessageStatus(status), error_code=code
            )
            apply_status_report(message.inbox, message.id, status_report)

    def staff(self, number: str, action: str) -> None:
        with suppress(CannotLift):
            match action:
                case "lift":
                    consent.lift(self.team.id, number, ADMIN, reason="A mistake")
                case "opt_out":
                    consent.opt_out(self.team.id, number, ADMIN, reason="They asked us")
                case _:
                    getattr(consent, action)(self.team.id, number, ADMIN)

    def erase(self, number: str) -> None:
        erasure.erase_messages(self.team.id, [number])

    def deliver(self) -> None:
        self.work()

    def count(self) -> None:
        assert rollup.catch_up(self.team)
