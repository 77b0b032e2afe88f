"""Choices of a snooze: this evening, tomorrow and next week, as moments by the member's clock."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

EVENING, MORNING = time(18), time(9)
EVENING_AHEAD = timedelta(hours=1)  # at least until this evening
FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class SnoozeChoice:
    """A moment to snooze until. The key chooses it while the menu is open."""

    name: str
    label: str
    until: datetime
    key: str


def snooze_choices(now: datetime, zone: ZoneInfo) -> list[SnoozeChoice]:
    """This evening at 18:00 unless it is nearly that late, tomorrow and next Monday at 9:00."""
    local = now.astimezone(zone)

    def at(days: int, clock: time) -> datetime:
        return datetime.combine(local.date() + timedelta(days=days), clock, tzinfo=zone)

    choices = [
        ("evening", "This evening", at(0, EVENING)),
        ("tomorrow", "Tomorrow", at(1, MORNING)),
        ("next-week", "Next week", at(7 - local.weekday(), MORNING)),
    ]
    if choices[0][2] - local < EVENING_AHEAD:
        choices = choices[1:]
    return [
        SnoozeChoice(name, label, until, str(position))
        for position, (name, label, until) in enumerate(choices, 1)
    ]
