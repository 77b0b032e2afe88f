"""A line of the ledger about to be written, together with the change that it records."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import Inbox
from accounts.statements import IdOf, together
from optout import hooks
from optout.models import Action, ConsentEvent, Kind, Origin, Standing, Suppression
from optout.record import Record


@dataclass
class Change:
    """A line with the rows that it adds and lifts, none of it written yet."""

    event: ConsentEvent
    added: Suppression | None = None
    lifted: Sequence[Suppression] = ()
    wanted: frozenset[str] = frozenset()  # what others are to be told of


@dataclass
class Line:
    """Who does it, why, and on what evidence; `suppression` and `lifting` make the change of it."""

    team_id: int
    number: str
    origin: Origin
    before: Record
    at: datetime
    inbox: Inbox | None = None
    words: str = ""
    message_id: int | None = None
    reason: str = ""
    source: str = ""
    obtained_at: datetime | None = None
    actor_id: int | None = None
    actor_name: str = ""
    stands: tuple[Suppression, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.stands = self.before.standing.rows

    def suppression(self, kind: Kind, only_in: Inbox | None = None) -> Change:
        """A row that takes the right to text away; a line without one where this origin has said so already."""
        row = Suppression(
            team_id=self.team_id,
            number=self.number,
            kind=kind,
            origin=self.origin,
            inbox_id=only_in.id if only_in else None,
            created_at=self.before.now,
        )
        said = any(other.name == row.name for other in self.stands)
        action = Action.BLOCKED if kind == Kind.BLOCK else Action.OPTED_OUT
        if said:
            return Change(self._event(action, after=self.stands))
        event = self._event(action, after=(*self.stands, row), added=row)
        return Change(event, added=row, wanted=self.before.wanted)

    def lifting(self, rows: Iterable[Suppression], action: Action) -> Change:
        gone = {row.id for row in rows}
        lifted = [row for row in self.stands if row.id in gone]
        left = [row for row in self.stands if row.id not in gone]
        event = self._event(action, after=left, lifted=lifted)
        return Change(event, lifted=lifted, wanted=self.before.wanted)

    def _event(
        self,
        action: Action,
        *,
        after: Iterable[Suppression],
        added: Suppression | None = None,
        lifted: Iterable[Suppression] = (),
    ) -> ConsentEvent:
        newest = self.before.newest
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


def write(change: Change) -> ConsentEvent:
    """Write one change: event and suppression in one round trip."""
    _lift(change.event.team_id, change.lifted)
    made = {}
    if change.added:
        values = change.added
        made["suppression"] = Suppression.new(
            team_id=values.team_id,
            number=values.number,
            kind=values.kind,
            origin=values.origin,
            inbox_id=values.inbox_id,
            created_at=values.created_at,
            event_id=IdOf("event"),
        )
    change.event.pk = together(event=change.event.write(), **made)["event"]
    hooks.tell([change])
    return change.event


def write_all(team_id: int, changes: Sequence[Change]) -> list[ConsentEvent]:
    """Write the changes of many numbers, each once, in a few round trips."""
    _lift(team_id, [row for change in changes for row in change.lifted])
    events = ConsentEvent.objects.bulk_create(change.event for change in changes)
    added = []
    for change, event in zip(changes, events, strict=True):
        if change.added:
            change.added.event_id = event.id
            added.append(change.added)
    Suppression.objects.bulk_create(added)
    hooks.tell(changes)
    return events


def _lift(team_id: int, rows: Sequence[Suppression]) -> None:
    if rows:
        Suppression.objects.filter(team_id=team_id, id__in=[row.id for row in rows]).delete()
