"""Waiting times: how long a person has waited in business time, and whether that is longer than the team's goal."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Inbox
from messaging.hours.business_hours import BusinessHours, Opening
from messaging.hours.inbox_hours import hours_of

# A person who wrote longer ago has waited that many days, whatever the hours.
COUNTED = timedelta(days=30)
_MINUTE, _HOUR, _DAY = 1, 60, 24 * 60


@dataclass(frozen=True)
class WaitingTime:
    """How long a person has waited at a moment, and what a page needs to go on counting.

    The count goes on from `start` while it is between `counts_from` and `counts_until`. `start` is no moment at which
    something happened: it is the present opening's, less what was waited before. None: the count stands still.
    """

    since: datetime
    now: datetime
    waited: timedelta
    late_at: datetime | None  # None without a goal
    in_hours: bool  # whether only business hours count
    counts_from: datetime | None = None
    counts_until: datetime | None = None
    start: datetime | None = None

    @property
    def is_late(self) -> bool:
        return self.late_at is not None and self.now >= self.late_at

    @property
    def sentence(self) -> str:
        """What pages say: waiting 14 min."""
        if not self.waited and self.in_hours and self.counts_from and self.now < self.counts_from:
            return "wrote while closed"
        return f"waiting {waited_words(int(self.waited.total_seconds() // 60), in_hours=self.in_hours)}"


def waited_words(minutes: int, *, in_hours: bool) -> str:
    """Under a minute, 14 min, 3 h, 2 days. Business time has no days: nobody knows how long one is."""
    if minutes < _MINUTE:
        return "under a minute"
    if minutes < _HOUR:
        return f"{minutes} min"
    if in_hours or minutes < 2 * _DAY:
        return f"{minutes // _HOUR} h"
    return f"{minutes // _DAY} days"


def goal_of(inbox: Inbox) -> timedelta | None:
    """The business time within which people are answered: the inbox's own goal, or its team's. None without one."""
    minutes = inbox.waiting_goal or inbox.team.waiting_goal
    return timedelta(minutes=minutes) if minutes else None


def waiting_time(inbox: Inbox, since: datetime, now: datetime) -> WaitingTime:
    """How long a person who wrote to an inbox at `since` has waited."""
    hours, goal = hours_of(inbox), goal_of(inbox)
    late_at = hours.after(since, goal) if goal else None
    if now - since > COUNTED:
        return WaitingTime(since, now, now - since, late_at, in_hours=False)
    opening = hours.current_opening(now) or hours.next_opening(now)
    waited, counts = hours.between(since, now), not hours.is_always_open
    if opening is None:
        return WaitingTime(since, now, waited, late_at, counts)
    start = _start(hours, opening, since)
    return WaitingTime(since, now, waited, late_at, counts, opening.opens, opening.closes, start)


def _start(hours: BusinessHours, opening: Opening, since: datetime) -> datetime:
    """When the waiting would have begun without a break. It is the same during the whole opening."""
    if since >= opening.opens:
        return since
    return opening.opens - hours.between(since, opening.opens)


def late_since(inbox: Inbox, now: datetime) -> datetime | None:
    """People who wrote to the inbox at this moment or before have waited past the goal. None if nobody has."""
    goal = goal_of(inbox)
    return hours_of(inbox).before(now, goal) if goal else None
