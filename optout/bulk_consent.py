"""FIXME module docstring."""

from collections.abc import Callable, Iterable

from accounts.models import Inbox
from optout.consent_types import COPIED_FROM, Actor, StatedOptOut
from optout.ledger_entry import LedgerEntryDraft, draft_entry, lift_blocks, suppress_unless_repeated
from optout.ledger_writer import write, write_all
from optout.lifting_rules import CannotLift, only_the_person_lifts
from optout.models import Action, ConsentEvent, Origin, SuppressionKind
from optout.number_locks import lock_numbers
from optout.number_state import fetch_number_state, fetch_number_states, standing_across_inboxes
from optout.standing_change import StandingChange


def opt_out_many(
    team_id: int, said: Iterable[StatedOptOut | str], actor: Actor, *, reason: str
) -> list[ConsentEvent]:
    """Record opt-outs of up to MOST numbers, in all inboxes; the lines of those that were new.

    A number counts once, by its newest time. What somebody said before an opt-in that we have on record is overtaken,
    and left alone; what has no time counts as said now.
    """
    by_number: dict[str, StatedOptOut] = {}
    for one in (StatedOptOut(one) if isinstance(one, str) else one for one in said):
        other = by_number.setdefault(one.number, one)
        if other.happened_at and (one.happened_at is None or one.happened_at > other.happened_at):
            by_number[one.number] = one
    lock_numbers(
        team_id, by_number
    )  # before looking: an opt-in that comes meanwhile waits, and is the newer word
    late = numbers_opted_in_since(team_id, by_number.values())
    wanted = [one for number, one in by_number.items() if number not in late]

    def change(line: LedgerEntryDraft) -> StandingChange | None:
        line.source = by_number[line.number].source
        line.at = min(by_number[line.number].happened_at or line.at, line.at)
        return suppress_unless_repeated(line, SuppressionKind.OPT_OUT)

    return _change_many(team_id, [one.number for one in wanted], actor, reason, change)


def numbers_opted_in_since(team_id: int, said: Iterable[StatedOptOut]) -> set[str]:
    """Of dated opt-outs, the numbers whose owner opted in later: by text, or as an admin recorded it."""
    dated = {one.number: one.happened_at for one in said if one.happened_at}
    opt_ins = ConsentEvent.objects.filter(
        team_id=team_id, number__in=list(dated), action=Action.OPTED_IN
    ).only("number", "action", "origin", "obtained_at", "happened_at")
    return {
        event.number
        for event in opt_ins
        if event.is_opt_in and (event.obtained_at or event.happened_at) > dated[event.number]
    }


def block_many(team_id: int, numbers: Iterable[str], actor: Actor, *, reason: str = "") -> list[ConsentEvent]:
    """Block up to MOST numbers; the lines of those that were new."""
    return _change_many(
        team_id, numbers, actor, reason, lambda line: suppress_unless_repeated(line, SuppressionKind.BLOCK)
    )


def unblock_many(
    team_id: int, numbers: Iterable[str], actor: Actor, *, reason: str = ""
) -> list[ConsentEvent]:
    """Lift the blocks of up to MOST numbers; their opt-outs go on standing."""
    return _change_many(team_id, numbers, actor, reason, lift_blocks)


def lift_ours_many(team_id: int, numbers: Iterable[str], actor: Actor, *, reason: str) -> list[ConsentEvent]:
    """Lift what we recorded about up to MOST numbers; where one of the person's own stands, nothing is lifted."""
    if not reason.strip():
        raise CannotLift("Say why the opt-outs are lifted.")
    return _change_many(team_id, numbers, actor, reason, _lift_ours)


def revert_many(
    team_id: int, events: Iterable[ConsentEvent], actor: Actor, *, reason: str, lift: bool
) -> list[ConsentEvent]:
    """Take back what these lines, of up to MOST numbers and one of each, did to their opt-outs; the lines of that.

    What one of them lifted is put back, unless anything was said about the number's opt-outs since: by the person, or
    by anybody here. What one of them recorded is lifted only with `lift`, never where one of the person's own stands,
    and whatever else stands there goes on standing.
    """
    by_number = {event.number: event for event in events}
    lock_numbers(team_id, by_number)
    spoken = numbers_changed_since(team_id, by_number.values())

    def change(line: LedgerEntryDraft) -> StandingChange | None:
        event = by_number[line.number]
        if event.action == Action.OPTED_IN:
            return None if line.number in spoken else suppress_unless_repeated(line, SuppressionKind.OPT_OUT)
        opt_outs = line.before.standing.opt_outs
        recorded = [row for row in opt_outs if row.event_id == event.id]
        if not lift or not recorded or any(row.persons_own for row in opt_outs):
            return None
        return line.lifting(recorded, Action.OPTED_IN)

    return _change_many(team_id, by_number, actor, reason, change)


def numbers_changed_since(team_id: int, events: Iterable[ConsentEvent]) -> set[str]:
    """The numbers about whose opt-outs the ledger has a line that is newer than the one given."""
    positions = {event.number: event.position for event in events}
    lines = ConsentEvent.objects.filter(
        team_id=team_id, number__in=list(positions), action__in=(Action.OPTED_OUT, Action.OPTED_IN)
    ).values_list("number", "position")
    return {number for number, position in lines if position > positions[number]}


def copy_suppressions(
    team_id: int, source: str, target: str, actor: Actor, *, reason: str
) -> list[ConsentEvent]:
    """Have everything that stands on `source` stand on `target` too, as strict as it is; `source` keeps its own.

    For a contact whose number changed, and for two that are merged into one. Each line says who carried it over.
    """
    now = lock_numbers(team_id, [source, target])
    events = []
    for row in standing_across_inboxes(team_id, source).rows:
        before = fetch_number_state(team_id, target)
        only_in = Inbox.objects.get(team_id=team_id, id=row.inbox_id) if row.inbox_id else None
        line = LedgerEntryDraft(
            team_id, target, Origin(row.origin), before, now, only_in,
            reason=reason, source=f"{COPIED_FROM} {source}", actor_id=actor.id, actor_name=actor.name,
        )  # fmt: skip
        if not any(other.name == row.name for other in before.standing.rows):
            events.append(write(line.suppression(SuppressionKind(row.kind), only_in)))
    return events


def _change_many(
    team_id: int,
    numbers: Iterable[str],
    actor: Actor,
    reason: str,
    change: Callable[[LedgerEntryDraft], StandingChange | None],
) -> list[ConsentEvent]:
    wanted = list(dict.fromkeys(numbers))
    now = lock_numbers(team_id, wanted)
    lines = (
        draft_entry(team_id, number, actor, reason, before)
        for number, before in fetch_number_states(team_id, wanted, now).items()
    )
    return write_all(team_id, [made for line in lines if (made := change(line))])


def _lift_ours(line: LedgerEntryDraft) -> StandingChange | None:
    rows = [row for row in line.before.standing.opt_outs if not only_the_person_lifts(row)]
    if not rows or any(row.persons_own for row in rows):
        return None
    return line.lifting(rows, Action.OPTED_IN)
