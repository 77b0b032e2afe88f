"""Entries of a thread about work in a team: private notes, and what members did to the conversation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel.loading import Loader
from messaging.models import Conversation
from messaging.teamwork.models import Activity, Note

MAX_ENTRIES = 500  # of each kind


@dataclass
class ThreadNote:
    """A private note in a thread."""

    note: Note
    kind = "note"

    @property
    def at(self) -> datetime:
        return self.note.at

    @property
    def order(self) -> tuple[datetime, int, int]:
        return self.note.at, 2, self.note.id


@dataclass
class ThreadActivity:
    """An assignment, a closing or a reopening in a thread."""

    activity: Activity
    kind = "activity"

    @property
    def at(self) -> datetime:
        return self.activity.at

    @property
    def order(self) -> tuple[datetime, int, int]:
        return self.activity.at, 3, self.activity.id


def teamwork_loader(
    conversation: Conversation, since: datetime | None, until: datetime | None = None
) -> Loader[list[ThreadNote | ThreadActivity]]:
    """The newest notes and activities, not older than `since` and not newer than `until`."""
    conditions: dict[str, Any] = {"team_id": conversation.team_id, "conversation_id": conversation.id}
    if since:
        conditions["at__gte"] = since
    if until:
        conditions["at__lte"] = until
    notes, activities = yield [
        Note.objects.filter(**conditions).order_by("-at", "-id")[:MAX_ENTRIES],
        Activity.objects.filter(**conditions).order_by("-at", "-id")[:MAX_ENTRIES],
    ]
    return [*map(ThreadNote, notes), *map(ThreadActivity, activities)]
