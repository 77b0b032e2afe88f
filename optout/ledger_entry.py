"""Draft of a ledger entry, and the change of standing that is made of it. Nothing here is written to the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from accounts.models import Inbox
from optout.consent_types import Actor, StatedOptOut
from optout.models import Action, ConsentEvent, Origin, Standing, Suppression, SuppressionKind
from optout.number_state import NumberState

ACTION_OF = {SuppressionKind.BLOCK: Action.BLOCKED, SuppressionKind.OPT_OUT: Action.OPTED_OUT}


@dataclass
class StandingChange:
    """A ledger entry with the suppressions that it adds and lifts, none of them written yet."""

    event: ConsentEvent
    added: Suppression | None = None
    lifted: Sequence[Suppression] = ()
    wanted_event_types: frozenset[str] = frozenset()  # that the team's endpoints receive
    has_open_reviews: bool = False
    has_links: bool = False


@dataclass
class LedgerEntryDraft:
    """Everything that a ledger entry says, except which suppressions it adds and lifts."""

    team_id: int
    number: str
    origin: Origin
    before: NumberState
    happened_at: datetime
    inbox: Inbox | None = None
    words: str = ""
    message_id: int | None = None
    reason: str = ""
    source: str = ""
    obtained_at: datetime | None = None
    actor_id: int | None = None
    actor_name: str = ""
    each_inbox_since: datetime | None = None

    @classmethod
    def by_actor(cls, team_id: int, number: str, actor: Actor, reason: str, before: NumberState) -> Self:
        """A draft for a change by the team, which happens at the time of `before`."""
        return cls(
            team_id, number, actor.origin, before, before.now,
            reason=reason, actor_id=actor.id, actor_name=actor.name,
        )  # fmt: skip

    def state(self, stated: StatedOptOut) -> None:
        """Take over what is stated about an opt-out. A time in the future counts as now."""
        self.source, self.words = stated.source, stated.words
        self.happened_at = min(stated.happened_at or self.happened_at, self.happened_at)

    @property
    def standing(self) -> Standing:
        """The standing before the change, across all inboxes."""
        return self.before.standing

    def is_newer_than(self, statement: ConsentEvent) -> bool:
        """Whether it states the same opt-out or block later than this entry, or at that time by others."""
        if self.happened_at != statement.happened_at:
            return self.happened_at > statement.happened_at
        mine = (self.actor_id, self.actor_name, self.source)
        return mine != (statement.actor_id, statement.actor_name, statement.source)

    def suppress(self, kind: SuppressionKind, only_in: Inbox | None = None) -> StandingChange:
        """Add a suppression of the draft's origin; only the entry if this origin has added it before."""
        action = ACTION_OF[kind]
        if self.is_repeated(kind, only_in):
            event = self._event(action, after=self.standing.rows, only_in=only_in)
            return self._change(event)
        row = Suppression(
            team_id=self.team_id,
            number=self.number,
            kind=kind,
            origin=self.origin,
            inbox_id=only_in.id if only_in else None,
            created_at=self.before.now,
        )
        event = self._event(action, after=(*self.standing.rows, row), added=row, only_in=only_in)
        return self._change(event, added=row)

    def suppress_unless_repeated(
        self, kind: SuppressionKind, only_in: Inbox | None = None
    ) -> StandingChange | None:
        """Like `suppress`; None if this origin has added the suppression before."""
        return None if self.is_repeated(kind, only_in) else self.suppress(kind, only_in)

    def lift(
        self, rows: Iterable[Suppression], action: Action, only_in: Inbox | None = None
    ) -> StandingChange:
        """Lift those of the number's suppressions that are among `rows`; an entry also if there are none.

        With `only_in` it concerns that inbox alone, unless something is lifted from all inboxes.
        """
        ids = {row.id for row in rows}
        lifted = [row for row in self.standing.rows if row.id in ids]
        left = [row for row in self.standing.rows if row.id not in ids]
        is_of_one = all(row.inbox_id for row in lifted)
        event = self._event(action, after=left, lifted=lifted, only_in=only_in if is_of_one else None)
        return self._change(event, lifted=lifted)

    def note(self, action: Action) -> StandingChange:
        """An entry about a text that changes no suppression: it was held, or released."""
        return self._change(self._event(action, after=self.standing.rows))

    def lift_blocks(self) -> StandingChange | None:
        """Lift every block; None if there is none."""
        blocks = [row for row in self.standing.rows if row.kind == SuppressionKind.BLOCK]
        return self.lift(blocks, Action.UNBLOCKED) if blocks else None

    def is_repeated(self, kind: SuppressionKind, only_in: Inbox | None = None) -> bool:
        """Whether this origin has added the suppression before, and it is in force."""
        added = (kind, self.origin, only_in.id if only_in else None)
        return any((row.kind, row.origin, row.inbox_id) == added for row in self.standing.rows)

    def _change(
        self, event: ConsentEvent, added: Suppression | None = None, lifted: Sequence[Suppression] = ()
    ) -> StandingChange:
        before = self.before
        return StandingChange(
            event, added, lifted, before.wanted_event_types, before.has_open_reviews, before.has_links
        )

    def _event(
        self,
        action: Action,
        *,
        after: Iterable[Suppression],
        added: Suppression | None = None,
        lifted: Iterable[Suppression] = (),
        only_in: Inbox | None = None,
    ) -> ConsentEvent:
        inbox = only_in or self.inbox
        last = self.before.last_entry
        event = ConsentEvent(
            team_id=self.team_id,
            number=self.number,
            position=last.position + 1 if last else 1,
            action=action,
            origin=self.origin,
            before=self.standing.state,
            after=Standing.of(self.number, after).state,
            added=[added.name] if added else [],
            lifted=[row.name for row in lifted],
            inbox_id=inbox.id if inbox else None,
            inbox_name=inbox.name if inbox else "",
            only_in_inbox=bool(only_in),
            each_inbox_since=self.each_inbox_since,
            actor_id=self.actor_id,
            actor_name=self.actor_name,
            message_id=self.message_id,
            words=self.words,
            reason=self.reason,
            source=self.source,
            obtained_at=self.obtained_at,
            happened_at=self.happened_at,
            recorded_at=self.before.now,
            previous_hash=last.hash if last else "",
        )
        event.hash = event.digest()
        return event
