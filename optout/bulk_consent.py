"""Consent of many numbers: each is treated exactly as optout.consent would treat it alone.

Each function here locks all of its numbers at once. A transaction therefore calls one of them, and calls it once. The
limit is optout.number_locks.MAX_LOCKED_NUMBERS numbers; more raise ValueError.
"""

from collections.abc import Callable, Iterable

from django.db.models import Q

from accounts.models import Inbox
from optout.consent_types import Actor, StatedOptOut
from optout.ledger import concerning, newest_statements
from optout.ledger_entry import ACTION_OF, LedgerEntryDraft, StandingChange
from optout.ledger_writer import write, write_all
from optout.lifting_rules import CannotLift, team_liftable
from optout.models import (
    COPIED_FROM,
    Action,
    ConsentEvent,
    Origin,
    Standing,
    Suppression,
    SuppressionKind,
)
from optout.number_locks import lock_numbers
from optout.number_state import fetch_number_state, fetch_number_states, standing_across_inboxes


def opt_out_many(
    team_id: int, opt_outs: Iterable[StatedOptOut | str], actor: Actor, *, reason: str
) -> list[ConsentEvent]:
    """Record opt-outs from all inboxes; their ledger entries, of which `changed` tells those that were new.

    A number counts once, by its newest time. An opt-out without a time counts as stated now. An opt-out that is older
    than an opt-in in the ledger is not recorded. A newer statement of an opt-out that is in force is an entry; one that
    this origin has recorded, or an older one, is not.
    """
    by_number: dict[str, StatedOptOut] = {}
    for stated in (StatedOptOut(item) if isinstance(item, str) else item for item in opt_outs):
        known = by_number.setdefault(stated.number, stated)
        if known.happened_at and (stated.happened_at is None or stated.happened_at > known.happened_at):
            by_number[stated.number] = stated
    # The locks come before the query: an opt-in that is being written waits, and is then the newer statement.
    lock_numbers(team_id, by_number)
    opted_in_since = numbers_opted_in_since(team_id, by_number.values())
    wanted = [stated for stated in by_number.values() if stated.number not in opted_in_since]
    return _state_many(team_id, wanted, SuppressionKind.OPT_OUT, actor, reason)


def _state_many(
    team_id: int, statements: Iterable[StatedOptOut], kind: SuppressionKind, actor: Actor, reason: str
) -> list[ConsentEvent]:
    """Record the statements of an opt-out or a block, each as optout.consent would."""
    by_number = {stated.number: stated for stated in statements}
    lock_numbers(team_id, by_number)
    recorded = newest_statements(team_id, by_number, ACTION_OF[kind], actor.origin)

    def change(draft: LedgerEntryDraft) -> StandingChange | None:
        draft.state(by_number[draft.number])
        newest = recorded.get(draft.number)
        if draft.is_repeated(kind) and newest and not draft.is_newer_than(newest):
            return None
        return draft.suppress(kind)

    return _change_many(team_id, by_number, actor, reason, change)


def numbers_opted_in_since(
    team_id: int, opt_outs: Iterable[StatedOptOut], only_in: Inbox | None = None
) -> set[str]:
    """The numbers that opted in after their dated opt-out, by text or by fresh consent.

    An opt-in to one inbox alone is none after an opt-out from all.
    """
    dated = {stated.number: stated.happened_at for stated in opt_outs if stated.happened_at}
    scope = concerning(only_in.id) if only_in else Q(only_in_inbox=False)
    opt_ins = ConsentEvent.objects.filter(
        scope, team_id=team_id, number__in=list(dated), action=Action.OPTED_IN
    ).only("number", "action", "origin", "obtained_at", "happened_at")
    return {
        event.number
        for event in opt_ins
        if event.is_opt_in and (event.obtained_at or event.happened_at) > dated[event.number]
    }


def block_many(team_id: int, numbers: Iterable[str], actor: Actor, *, reason: str = "") -> list[ConsentEvent]:
    """Block numbers; their ledger entries, of which `changed` tells those that were new."""
    return _state_many(team_id, map(StatedOptOut, numbers), SuppressionKind.BLOCK, actor, reason)


def unblock_many(
    team_id: int, numbers: Iterable[str], actor: Actor, *, reason: str = ""
) -> list[ConsentEvent]:
    """Lift the blocks of numbers, and no opt-outs."""
    return _change_many(team_id, numbers, actor, reason, LedgerEntryDraft.lift_blocks)


def lift_ours_many(team_id: int, numbers: Iterable[str], actor: Actor, *, reason: str) -> list[ConsentEvent]:
    """Lift the opt-outs that the team recorded. Nothing is lifted where an opt-out of the person is in force.

    Raises CannotLift without a reason.
    """
    if not reason.strip():
        raise CannotLift("Enter a reason for lifting the opt-outs.")
    return _change_many(team_id, numbers, actor, reason, _lift_ours)


def _lift_ours(draft: LedgerEntryDraft) -> StandingChange | None:
    rows = team_liftable(draft.standing.opt_outs)
    if not rows or any(row.persons_own for row in rows):
        return None
    return draft.lift(rows, Action.OPTED_IN)


def revert_many(
    team_id: int, events: Iterable[ConsentEvent], actor: Actor, *, reason: str, lift: bool
) -> list[ConsentEvent]:
    """Revert what these ledger entries, one per number, did to opt-outs; returns the new entries.

    An opt-out that such an entry lifted is recorded again, unless a newer entry about the number's opt-outs exists.
    An opt-out that such an entry recorded is lifted only with `lift`, and never where an opt-out of the person is
    in force. Other suppressions stay.
    """
    by_number = {event.number: event for event in events}
    lock_numbers(team_id, by_number)
    changed_since = numbers_changed_since(team_id, by_number.values())

    def change(draft: LedgerEntryDraft) -> StandingChange | None:
        event = by_number[draft.number]
        if event.action == Action.OPTED_IN:
            if draft.number in changed_since:
                return None
            return draft.suppress_unless_repeated(SuppressionKind.OPT_OUT)
        opt_outs = draft.standing.opt_outs
        recorded = [row for row in opt_outs if row.event_id == event.id]
        if not lift or not recorded or any(row.persons_own for row in opt_outs):
            return None
        return draft.lift(recorded, Action.OPTED_IN)

    return _change_many(team_id, by_number, actor, reason, change)


def numbers_changed_since(team_id: int, events: Iterable[ConsentEvent]) -> set[str]:
    """The numbers whose opt-outs have a ledger entry that is newer than the given entry."""
    positions = {event.number: event.position for event in events}
    entries = ConsentEvent.objects.filter(
        team_id=team_id, number__in=list(positions), action__in=(Action.OPTED_OUT, Action.OPTED_IN)
    ).values_list("number", "position")
    return {number for number, position in entries if position > positions[number]}


def _change_many(
    team_id: int,
    numbers: Iterable[str],
    actor: Actor,
    reason: str,
    change: Callable[[LedgerEntryDraft], StandingChange | None],
) -> list[ConsentEvent]:
    numbers = list(dict.fromkeys(numbers))
    now = lock_numbers(team_id, numbers)
    drafts = (
        LedgerEntryDraft.by_actor(team_id, number, actor, reason, before)
        for number, before in fetch_number_states(team_id, numbers, now).items()
    )
    return write_all(team_id, [made for draft in drafts if (made := change(draft))])


def copy_suppressions(
    team_id: int, source: str, target: str, actor: Actor, *, reason: str
) -> list[ConsentEvent]:
    """Copy every suppression of `source` to `target`, with its kind, origin and inbox; `source` keeps its own.

    For a contact whose number changed, and for two contacts that are merged. Each entry names the actor who copied it.
    """
    now = lock_numbers(team_id, [source, target])
    events = []
    for row in standing_across_inboxes(team_id, source).rows:
        before = fetch_number_state(team_id, target)
        only_in = Inbox.objects.get(team_id=team_id, id=row.inbox_id) if row.inbox_id else None
        draft = LedgerEntryDraft(
            team_id, target, Origin(row.origin), before, now, only_in,
            reason=reason, source=f"{COPIED_FROM} {source}", actor_id=actor.id, actor_name=actor.name,
        )  # fmt: skip
        if change := draft.suppress_unless_repeated(SuppressionKind(row.kind), only_in):
            events.append(write(change))
    return events


def can_be_left_behind(standing: Standing) -> list[Suppression]:
    """The suppressions that need not move along when a contact gets another number: those that the team recorded.

    The person's own opt-outs move along, and while there is one, so do the team's.
    """
    stays = bool(standing.persons_own)
    return [
        row
        for row in standing.rows
        if not row.persons_own and not (stays and row.kind == SuppressionKind.OPT_OUT)
    ]


def leave_behind(
    team_id: int, source: str, target: str, copied: Iterable[ConsentEvent], actor: Actor, *, reason: str
) -> list[ConsentEvent]:
    """Lift from `target` what was just copied from `source` and can be left behind; both entries stay in the ledger.

    Raises CannotLift without a reason. The caller checks the right to lift.
    """
    if not reason.strip():
        raise CannotLift("Enter a reason for not applying it to the new number.")
    names = {row.name for row in can_be_left_behind(standing_across_inboxes(team_id, source))}
    ids = {event.id for event in copied}
    events = []
    for kind, action in (
        (SuppressionKind.OPT_OUT, Action.OPTED_IN),
        (SuppressionKind.BLOCK, Action.UNBLOCKED),
    ):
        before = fetch_number_state(team_id, target)
        draft = LedgerEntryDraft.by_actor(
            team_id, target, actor, f"Left behind by the number change: {reason}"[:200], before
        )
        rows = [
            row
            for row in draft.standing.rows
            if row.kind == kind and row.event_id in ids and row.name in names
        ]
        if rows:
            events.append(write(draft.lift(rows, action)))
    return events
