"""Figures of a broadcast: counts of its people by outcome, and of replies and opt-outs after its texts, by hour."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncHour
from django.utils import timezone

from messaging.broadcasts.models import ENDED, Broadcast, BroadcastRecipient, RecipientState
from messaging.broadcasts.outcomes import HANDED_OVER, RecipientOutcome, outcome_of
from messaging.broadcasts.replies import EFFECT_TIME, has_reply, opt_outs_of
from messaging.broadcasts.stored_figures import BroadcastFigures
from messaging.models import Message
from optout.models import Origin

# A status report may come late; after this time nothing is counted again.
SETTLED_AFTER = timedelta(days=7)
# Counting takes at most this share of the time of one who looks at a page all the time.
REST = 20


@dataclass(frozen=True)
class TextGroup:
    """Texts of a broadcast that are alike."""

    hour: datetime  # in which they were written
    outcome: RecipientOutcome
    reason: str  # why they were refused
    error_code: str
    replied: bool
    opted_out: bool
    understood: bool  # whether the opt-out was in the person's own words
    count: int


@dataclass(frozen=True)
class FiguresOfBroadcast:
    """All counts of a broadcast. `left_out` is by reason, `unsent` by outcome; `texts` are those with a row."""

    texts: tuple[TextGroup, ...]
    left_out: dict[str, int]
    unsent: dict[str, int]
    counted_at: datetime

    def count(self, wanted: Callable[[TextGroup], Any]) -> int:
        return sum(group.count for group in self.texts if wanted(group))

    def by_outcome(self) -> dict[RecipientOutcome, int]:
        """The number of people of each outcome, in the order of the outcomes; they add up to the audience."""
        counts = Counter({RecipientOutcome(name): number for name, number in self.unsent.items()})
        for group in self.texts:
            counts[group.outcome] += group.count
        counts[RecipientOutcome.LEFT_OUT] += sum(self.left_out.values())
        return {outcome: counts[outcome] for outcome in RecipientOutcome if counts[outcome]}

    @property
    def audience(self) -> int:
        return sum(self.by_outcome().values())

    @property
    def recipients(self) -> int:
        """The audience without those who are left out."""
        return self.audience - sum(self.left_out.values())

    @property
    def handed_over(self) -> int:
        """Texts that the carrier has, or may have."""
        return self.count(lambda group: group.outcome in HANDED_OVER)

    @property
    def delivered(self) -> int:
        return self.count(lambda group: group.outcome == RecipientOutcome.DELIVERED)

    @property
    def failed(self) -> int:
        return self.count(lambda group: group.outcome == RecipientOutcome.FAILED)

    @property
    def replied(self) -> int:
        return self.count(lambda group: group.replied)

    @property
    def opted_out(self) -> int:
        return self.count(lambda group: group.opted_out)

    @property
    def understood(self) -> int:
        return self.count(lambda group: group.understood)

    @property
    def done(self) -> int:
        """Recipients for whom nothing is left to do."""
        open_outcomes = (RecipientOutcome.WAITING, RecipientOutcome.HELD, RecipientOutcome.SENDING)
        counts = self.by_outcome()
        return self.recipients - sum(counts.get(outcome, 0) for outcome in open_outcomes)

    @property
    def percent(self) -> int:
        """A whole number; 100 only when everything is done."""
        return 100 * self.done // self.recipients if self.recipients else 0


def figures_of(broadcast: Broadcast, *, exact: bool = False) -> FiguresOfBroadcast:
    """The figures, counted now, or a moment ago if counting takes long. `exact`: now. In the scope of the team."""
    stored = BroadcastFigures.objects.filter(team_id=broadcast.team_id, broadcast_id=broadcast.id).first()
    if stored is None or exact or _is_stale(stored, broadcast, timezone.now()):
        stored = _count(broadcast)
    return _read(stored, broadcast)


def _is_stale(stored: BroadcastFigures, broadcast: Broadcast, now: datetime) -> bool:
    ended_at = broadcast.ended_at if broadcast.status in ENDED else None
    if ended_at and stored.counted_at > ended_at + SETTLED_AFTER:
        return False
    return now - stored.counted_at > timedelta(seconds=stored.seconds * REST)


def _count(broadcast: Broadcast) -> BroadcastFigures:
    begun, now = monotonic(), timezone.now()
    recipients = BroadcastRecipient.objects.filter(team_id=broadcast.team_id, broadcast_id=broadcast.id)
    states = recipients.exclude(state=RecipientState.TEXTED).values_list("state", "reason")
    counts = {
        "states": [list(row) for row in states.annotate(count=Count("id")).order_by()],
        "texts": [_as_json(row) for row in count_texts(texts_of(broadcast), broadcast.team_id)],
    }
    stored, _ = BroadcastFigures.objects.update_or_create(
        team_id=broadcast.team_id,
        broadcast_id=broadcast.id,
        defaults={"counts": counts, "counted_at": now, "seconds": monotonic() - begun},
    )
    return stored


def texts_of(broadcast: Broadcast) -> QuerySet[Message]:
    return Message.objects.filter(team_id=broadcast.team_id, broadcast_id=broadcast.id)


def with_effects(texts: QuerySet[Message], team_id: int) -> QuerySet[Message]:
    """The texts, each with whether the person answered or opted out within EFFECT_TIME after it."""
    since, until = OuterRef("at"), OuterRef("at") + EFFECT_TIME
    opt_outs = opt_outs_of(team_id).filter(happened_at__gte=since, happened_at__lte=until).exclude(added=[])
    return texts.annotate(
        replied=has_reply(team_id),
        opted_out=Exists(opt_outs),
        understood=Exists(opt_outs.filter(origin=Origin.CONTACT).exclude(reason="")),
    )


def count_texts(texts: QuerySet[Message], team_id: int) -> Iterable[tuple[Any, ...]]:
    """The number of texts that are alike: rows of TextGroup's columns, with the status in place of the outcome."""
    grouped = with_effects(texts, team_id).annotate(hour=TruncHour("at"))
    columns = ("hour", "status", "reason", "error_code", "replied", "opted_out", "understood")
    return grouped.values_list(*columns).annotate(count=Count("id")).order_by(*columns)


def _as_json(row: tuple[Any, ...]) -> list[Any]:
    hour, *rest = row
    return [hour.timestamp(), *rest]


def read_groups(rows: Iterable[Iterable[Any]], broadcast: Broadcast) -> tuple[TextGroup, ...]:
    return tuple(
        TextGroup(
            datetime.fromtimestamp(hour, tz=timezone.get_default_timezone()),
            outcome_of(broadcast.status, RecipientState.TEXTED, status),
            *rest,
        )
        for hour, status, *rest in rows
    )


def _read(stored: BroadcastFigures, broadcast: Broadcast) -> FiguresOfBroadcast:
    left_out, unsent = Counter[str](), Counter[str]()
    for state, reason, count in stored.counts["states"]:
        if state == RecipientState.LEFT_OUT:
            left_out[reason] += count
        else:
            unsent[outcome_of(broadcast.status, state)] += count
    return FiguresOfBroadcast(
        read_groups(stored.counts["texts"], broadcast), dict(left_out), dict(unsent), stored.counted_at
    )
