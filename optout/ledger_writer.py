"""Writer of ledger entries, their suppressions and their webhook events.

Only optout.consent, optout.bulk_consent and optout.holds call it, with the locks of the numbers held. An opt-out is
copied to linked teams here, so that no writer can forget it.
"""

from collections.abc import Sequence

from accounts.models import Team
from kernel import change_tokens
from kernel.combined_inserts import Inserts
from kernel.sql import InsertStatement, ReturnedId, fetch
from kernel.tenancy import linked_scope, may_lock_here
from kernel.writing import Writer
from kernel.writing import write as run_writer
from optout import feed
from optout.ledger import opt_ins
from optout.ledger_entry import LedgerEntryDraft, StandingChange
from optout.linked_teams.models import LinkedOptOut, TeamLink
from optout.linked_teams.wakeups import wake_copying_on_commit
from optout.metrics import count_on_commit
from optout.models import Action, ConsentEvent, Origin, Suppression, SuppressionKind
from optout.number_locks import lock_key
from optout.number_state import fetch_number_state
from optout.review_endings import end_reviews, reopen_reviews
from optout.webhook_events import record_consent_events

HELD_AGAIN = "held again, because the decision was taken back"


def write(change: StandingChange) -> ConsentEvent:
    """Write one change: its entry and its suppression in one round trip."""
    run_writer(entry_writer(change, {}))
    return change.event


def entry_writer(change: StandingChange, along: Inserts) -> Writer[dict[str, int]]:
    """Writer of one change. The INSERTs `along` run together with that of the entry, which is named "event"."""
    _delete_suppressions(change.event.team_id, change.lifted)
    written = yield {"event": change.event.as_insert_statement(), **_added(change), **along}
    change.event.pk = written["event"]
    _tell([change])
    count_on_commit([change.event])
    _settle_reviews(change)
    if change.has_links and change.event.action == Action.OPTED_OUT:
        _copy_to_linked_teams(change.event)
    return written


def _added(change: StandingChange) -> dict[str, InsertStatement]:
    if not (row := change.added):
        return {}
    insert = Suppression.insert_statement(
        team_id=row.team_id,
        number=row.number,
        kind=row.kind,
        origin=row.origin,
        inbox_id=row.inbox_id,
        created_at=row.created_at,
        event_id=ReturnedId("event"),
    )
    return {"suppression": insert}


def write_all(team_id: int, changes: Sequence[StandingChange]) -> list[ConsentEvent]:
    """Write the changes of many numbers, each number once, in a few round trips."""
    _delete_suppressions(team_id, [row for change in changes for row in change.lifted])
    events = ConsentEvent.objects.bulk_create(change.event for change in changes)
    added = []
    for change, event in zip(changes, events, strict=True):
        if change.added:
            change.added.event_id = event.id
            added.append(change.added)
    Suppression.objects.bulk_create(added)
    _tell(changes)
    if LinkedOptOut.objects.filter(team_id=team_id, event_id__in=[event.id for event in events]).exists():
        wake_copying_on_commit(team_id)
    count_on_commit(events)
    for change in changes:
        _settle_reviews(change)
    return events


def _tell(changes: Sequence[StandingChange]) -> None:
    """Tell other systems: endpoints by webhooks, and readers that wait at the end of the feed."""
    record_consent_events(changes)
    if changes:
        change_tokens.renew_on_commit(changes[0].event.team_id, feed.TOPIC)


def _copy_to_linked_teams(event: ConsentEvent) -> None:
    """Copy a person's own opt-out in its own transaction, to each linked team whose lock of the number is free here.

    Waiting for a lock could deadlock with an opt-out that comes from it. optout.linked_teams.copying copies the rest.
    """
    for waiting in LinkedOptOut.objects.filter(team_id=event.team_id, event_id=event.id):
        link = TeamLink.objects.get(team_id=event.team_id, other_id=waiting.target_id)
        if _try_lock(waiting.target_id, event.number):
            own_name = Team.objects.get(id=event.team_id).name
            with linked_scope(link.other_id):
                _write_copy(link.other_id, event, own_name)
            waiting.delete()
        else:
            wake_copying_on_commit(event.team_id)


def _try_lock(team_id: int, number: str) -> bool:
    if not may_lock_here(team_id):
        return False
    key = lock_key(team_id, number)
    ((is_free,),) = fetch("SELECT pg_try_advisory_xact_lock($1::bigint)", key)
    return bool(is_free)


def _write_copy(team_id: int, event: ConsentEvent, from_team: str) -> None:
    """The other team's entry: the number, the time and the team's name, and no words. Not if the person came back."""
    before = fetch_number_state(team_id, event.number)
    if any(
        (opt_in.obtained_at or opt_in.happened_at) > event.happened_at
        for opt_in in opt_ins(team_id, event.number).filter(only_in_inbox=False)
    ):
        return
    draft = LedgerEntryDraft(
        team_id, event.number, Origin.LINKED, before, min(event.happened_at, before.now), source=from_team,
        actor_name=from_team,
    )  # fmt: skip
    write(draft.suppress(SuppressionKind.OPT_OUT))
    change_tokens.renew_on_commit(team_id)


def _settle_reviews(change: StandingChange) -> None:
    """End or reopen the number's reviews. A hold that is open again is an entry, right after this one."""
    if change.has_open_reviews:
        end_reviews(change.event)
    last = change.event
    for review in reopen_reviews(change.event, change.lifted):
        if review.held_event_id:
            last = _hold_again(last, review.held_event_id, change.wanted_event_types)


def _hold_again(last: ConsentEvent, held_event_id: int, wanted: frozenset[str]) -> ConsentEvent:
    held = ConsentEvent.objects.get(team_id=last.team_id, id=held_event_id)
    event = ConsentEvent(
        team_id=last.team_id, number=last.number, position=last.position + 1, action=Action.HELD,
        origin=last.origin, before=last.after, after=last.after, inbox_id=held.inbox_id,
        inbox_name=held.inbox_name, actor_id=last.actor_id, actor_name=last.actor_name,
        message_id=held.message_id, words=held.words, reason=HELD_AGAIN, happened_at=last.recorded_at,
        recorded_at=last.recorded_at, previous_hash=last.hash,
    )  # fmt: skip
    event.hash = event.digest()
    event.insert()
    _tell([StandingChange(event, wanted_event_types=wanted)])
    return event


def _delete_suppressions(team_id: int, rows: Sequence[Suppression]) -> None:
    if rows:
        Suppression.objects.filter(team_id=team_id, id__in=[row.id for row in rows]).delete()
