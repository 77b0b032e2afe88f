"""Scope lookups of portability: the teams of the installation that are to be deleted."""

from datetime import datetime, timedelta
from typing import NamedTuple

from kernel.sql import fetch

WARNED_BEFORE = timedelta(days=1)


class TeamInDeletion(NamedTuple):
    """A team whose deletion was asked for and is not finished."""

    id: int
    due_at: datetime
    warned_at: datetime | None
    begun_at: datetime | None

    def is_to_be_warned(self, now: datetime) -> bool:
        return self.warned_at is None and self.begun_at is None and now >= self.due_at - WARNED_BEFORE

    def is_due(self, now: datetime) -> bool:
        """Whether it may begin: not before its owners had a day since the warning, however late that came."""
        return self.warned_at is not None and now >= max(self.due_at, self.warned_at + WARNED_BEFORE)


def teams_in_deletion() -> list[TeamInDeletion]:
    return [TeamInDeletion(*row) for row in fetch("SELECT * FROM lookup_teams_in_deletion()")]
