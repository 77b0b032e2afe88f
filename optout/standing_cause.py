"""Cause of a standing: a suppression in force with its ledger entry, and its wording for pages."""

from dataclasses import dataclass
from datetime import datetime

from optout import cause_wording, wording
from optout.models import ConsentEvent, StandingState, Suppression


@dataclass(frozen=True)
class StandingCause:
    """A suppression in force, with the ledger entry that created it."""

    row: Suppression
    event: ConsentEvent | None
    viewer: int | None = None  # the member who reads it
    taken_back_at: datetime | None = None  # by the linked team that shared it

    @property
    def sentence(self) -> str:
        return wording.describe_entry(self.event) if self.event else self._without_event

    @property
    def headline(self) -> str:
        if self.event is None:
            return self._without_event
        return cause_wording.headline(self.row, self.event, self.viewer)

    @property
    def only_in(self) -> str:
        """The name of the only inbox to which it applies; empty for all inboxes."""
        return (self.event.inbox_name if self.event else "one inbox") if self.row.inbox_id else ""

    @property
    def details(self) -> list[str]:
        return cause_wording.details(self.row, self.event, self.viewer) if self.event else []

    @property
    def words(self) -> str:
        return cause_wording.words(self.row, self.event) if self.event else ""

    @property
    def how_to_lift(self) -> str:
        return wording.describe_lifting(self.row, self.only_in)

    @property
    def _without_event(self) -> str:
        return f"{StandingState(self.row.kind).label} by {self.row.get_origin_display()}"
