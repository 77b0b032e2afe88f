"""Random histories: no forbidden text is sent, each text counts once, and the ledger is consistent."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import Inbox
from kernel.tenancy import scope
from messaging import missed_texts
from messaging.compose import compose_text
from messaging.models import Message, MessagePurpose
from optout import consent, ledger_verification
from optout.consent_types import Actor
from optout.ledger import history
from optout.lifting_rules import CannotLift, FreshConsent
from optout.models import ConsentEvent, Origin, StandingState
from optout.number_state import standing
from tests.cast import Cast
from tests.messaging.fake_twilio import FakeTwilio, new_sid

ADMIN = Actor(Origin.MEMBER, "Amir Adams", 3)
_numbers = count(1000)

inboxes = st.sampled_from(["front_desk", "billing"])
texts = st.tuples(st.just("text"), inboxes, st.sampled_from(["STOP", "opt out", "START", "YES", "Hello"]))
STEPS = st.one_of(
    texts,
    texts,  # twice: the most frequent step
    st.tuples(st.just("repeat"), st.integers(0, 9)),
    st.tuples(st.just("late"), inboxes, st.sampled_from(["STOP", "START", "Hello"]), st.integers(1, 9)),
    st.tuples(st.sampled_from(["opt_out", "lift_ours", "lift_all", "block", "unblock"])),
    st.tuples(st.just("compose"), inboxes),
    st.tuples(st.just("deliver")),
)


@dataclass
class NumberHistory:
    """One number's history, applied to the product and to a small model of the expected standing."""

    cast: Cast
    carrier: FakeTwilio
    number: str
    theirs: bool = False  # whether an opt-out of the person's own applies
    ours: bool = False
    blocked: bool = False
    entries: list[datetime] = field(default_factory=list)  # the times of the ledger entries
    stops: list[datetime] = field(default_factory=list)  # the times of those that are STOPs
    sids: list[tuple[Inbox, str, str]] = field(default_factory=list)

    @property
    def state(self) -> StandingState:
        if self.blocked:
            return StandingState.BLOCKED
        return StandingState.OPTED_OUT if self.theirs or self.ours else StandingState.ACTIVE

    def _apply(self, word: str, at: datetime) -> None:
        overtaken = (
            any(entry > at for entry in self.entries) or at in self.stops
        )  # of one second the STOP counts
        if word in ("STOP", "opt out"):
            self.theirs = True
            self.stops.append(at)
        elif word in ("START", "YES") and not overtaken and (word == "START" or self.theirs):
            self.theirs = self.ours = False
        else:
            return
        self.entries.append(at)

    def text(self, inbox_name: str, word: str) -> None:
        inbox, sid = getattr(self.cast, inbox_name), new_sid()
        self.sids.append((inbox, sid, word))
        assert self.carrier.text(inbox, self.number, word, sid=sid).status_code == 200
        self._apply(word, timezone.now())

    def repeat(self, which: int) -> None:
        if which < len(self.sids):
            inbox, sid, word = self.sids[which]
            assert self.carrier.text(inbox, self.number, word, sid=sid).status_code == 200

    def late(self, inbox_name: str, word: str, minutes: int) -> None:
        inbox = getattr(self.cast, inbox_name)
        at = (timezone.now() - timedelta(minutes=minutes)).replace(microsecond=0)
        self.sids.append((inbox, self.carrier.add_received(self.number, inbox, word, at), word))
        assert missed_texts.fetch_missed(inbox.team_id, inbox.id) == 1
        self._apply(word, at)

    def opt_out(self) -> None:
        if consent.opt_out(self.cast.northside.id, self.number, ADMIN, reason="They asked us."):
            self.entries.append(timezone.now())
        self.ours = True

    def lift_ours(self) -> None:
        with suppress(CannotLift):
            if consent.lift(self.cast.northside.id, self.number, ADMIN, reason="A mistake."):
                self.entries.append(timezone.now())
        self.ours = self.ours and self.theirs

    def lift_all(self) -> None:
        fresh_consent = FreshConsent("Text me again", "At the desk", timezone.now())
        if consent.lift(
            self.cast.northside.id, self.number, ADMIN, consent=fresh_consent, may_lift_persons=True
        ):
            self.entries.append(timezone.now())
        self.theirs = self.ours = False

    def block(self) -> None:
        if consent.block(self.cast.northside.id, self.number, ADMIN):
            self.entries.append(timezone.now())
        self.blocked = True

    def unblock(self) -> None:
        if consent.unblock(self.cast.northside.id, self.number, ADMIN):
            self.entries.append(timezone.now())
        self.blocked = False

    def compose(self, inbox_name: str) -> None:
        compose_text(getattr(self.cast, inbox_name), self.number, "Hello", author=None)


@settings(
    max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(steps=[("text", "front_desk", "STOP"), ("text", "billing", "STOP")])
@example(steps=[("late", "billing", "STOP", 3), ("late", "billing", "START", 3)])
@given(steps=st.lists(STEPS, max_size=12))
def test_any_history(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], steps: list[tuple[Any, ...]]
) -> None:
    model = NumberHistory(cast, carrier, f"+1415556{next(_numbers)}")
    confirmed: Counter[int | None] = Counter()
    for name, *how in [*steps, ("deliver",)]:
        sent_before = len(carrier.sent)
        if name == "deliver":
            work()
        elif name in ("text", "repeat", "late"):
            getattr(model, name)(*how)
        else:
            with scope(cast.northside.id):
                getattr(model, name)(*how)
        with scope(cast.northside.id):
            assert standing(cast.northside.id, model.number).state == model.state
            for text in carrier.sent[sent_before:]:
                message = Message.objects.get(team=cast.northside, carrier_id=text.sid)
                if message.purpose == MessagePurpose.CONFIRMATION:
                    confirmed[message.event_id] += 1
                    assert model.state == StandingState.OPTED_OUT and model.theirs and message.event_id
                    opt_out = ConsentEvent.objects.get(team=cast.northside, id=message.event_id)
                    assert opt_out.before == StandingState.ACTIVE and opt_out.added == ["opt_out contact"]
                else:
                    assert model.state == StandingState.ACTIVE
    assert all(times == 1 for times in confirmed.values())
    with scope(cast.northside.id):
        received = Message.objects.filter(team=cast.northside, number=model.number, outbound=False)
        assert Counter(received.values_list("carrier_id", flat=True)) == Counter(
            sid for _, sid, _ in model.sids
        )
        events = history(cast.northside.id, model.number)[::-1]
        assert [event.position for event in events] == list(range(1, len(model.entries) + 1))
        behind = [event.message_id for event in events if event.message_id]
        assert len(set(behind)) == len(behind)
        assert ledger_verification.verify(cast.northside.id).fault is None
