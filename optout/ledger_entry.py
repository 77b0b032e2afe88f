"""A line of the ledger about to be written, together with the change that it records."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import Inbox
from optout.consent_types import Actor
from optout.models import Action, ConsentEvent, Origin, Standing, Suppression, SuppressionKind
from optout.number_state import NumberState
from optout.standing_change import StandingChange


@dataclass
class LedgerEntryDraft:
    """Who does it, why, and on what evidence; `suppression` and `lifting` make the change of it."""

    team_id: int
    number: str
    origin: Origin
    before: NumberState
    at: datetime
    inbox: Inbox | None = None
    words: str = ""
    message_id: int | None = None
    reason: str = ""
    source: str = ""
    obtained_at: datetime | None = None
    actor_id: int | None = None
    actor_name: str = ""
    standing_rows: tuple[Suppression, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.standing_rows = self.before.standing.rows

    def suppression(self, kind: SuppressionKind, only_in: Inbox | None = None) -> StandingChange:
        """A row that takes the right to text away; a line without one where this origin has said so already."""
        row = Suppression(
            team_id=self.team_id,
            number=self.number,
            kind=kind,
            origin=self.origin,
            inbox_id=only_in.id if only_in else None,
            created_at=self.before.now,
        )
        said = any(other.name == row.name for other in self.standing_rows)
        action = Action.BLOCKED if kind == SuppressionKind.BLOCK else Action.OPTED_OUT
        if said:
            return StandingChange(self._event(action, after=self.standing_rows))
        event = self._event(action, after=(*self.standing_rows, row), added=row)
        return StandingChange(event, added=row, wanted_event_types=self.before.wanted_event_types)

    def lifting(self, rows: Iterable[Suppression], action: Action) -> StandingChange:
        gone = {row.id for row in rows}
        lifted = [row for row in self.standing_rows if row.id in gone]
        left = [row for row in self.standing_rows if row.id not in gone]
        event = self._event(action, after=left, lifted=lifted)
        return StandingChange(event, lifted=lifted, wanted_event_types=self.before.wanted_event_types)

    def _event(
        self,
        action: Action,
        *,
        after: Iterable[Suppression],
        added: Suppression | None = None,
        lifted: Iterable[Suppression] = (),
    ) -> ConsentEvent:
        newest = self.before.last_entry
        event = ConsentEvent(
            team_id=self.team_id,
            number=self.number,
            position=newest.position + 1 if newest else 1,
            action=action,
            origin=self.origin,
            before=self.before.standing.state,
            after=Standing.of(self.number, after).state,
            added=[added.name] if added else [],
            lifted=[row.name for row in lifted],
            inbox_id=self.inbox.id if self.inbox else None,
            inbox_name=self.inbox.name if self.inbox else "",
            actor_id=self.actor_id,
            actor_name=self.actor_name,
            message_id=self.message_id,
            words=self.words,
            reason=self.reason,
            source=self.source,
            obtained_at=self.obtained_at,
            happened_at=self.at,
            recorded_at=self.before.now,
            previous_hash=newest.hash if newest else "",
        )
        event.hash = event.digest()
        return event


def draft_entry(
    team_id: int, number: str, actor: Actor, reason: str, before: NumberState
) -> LedgerEntryDraft:
    return LedgerEntryDraft(
        team_id, number, actor.origin, before, before.now,
        reason=reason, actor_id=actor.id, actor_name=actor.name,
    )  # fmt: skip


def suppress_unless_repeated(line: LedgerEntryDraft, kind: SuppressionKind) -> StandingChange | None:
    said = any(
        (row.kind, row.origin, row.inbox_id) == (kind, line.origin, None) for row in line.standing_rows
    )
    return None if said else line.suppression(kind)


def lift_blocks(line: LedgerEntryDraft) -> StandingChange | None:
    blocks = [row for row in line.standing_rows if row.kind == SuppressionKind.BLOCK]
    return line.lifting(blocks, Action.UNBLOCKED) if blocks else None
