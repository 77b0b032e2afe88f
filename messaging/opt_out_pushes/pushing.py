"""Pushing of our opt-outs to an inbox's carrier, in rounds that read the feed from where the last one ended.

A round tells the carrier of numbers that are opted out in the inbox now, unless the carrier has that from the person,
and takes back what it was told of numbers that are not any more. If it fails, the next round begins at the same place.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import timedelta
from itertools import batched

from django.utils import timezone

from accounts.models import Inbox
from kernel.tenancy import scope
from messaging.carriers.base import SendError
from messaging.carriers.opt_out_lists import ListChange, OptOutListAdapter
from messaging.carriers.registry import adapter_for
from messaging.opt_out_pushes.models import OptOutPush, PushedOptOut
from optout.carrier_keywords import is_opt_out_at_carrier
from optout.carrier_opt_outs.models import CarrierOptOut
from optout.feed import MAX_PAGE, read_feed
from optout.models import Action, ConsentEvent, Origin, Standing, Suppression
from optout.number_state import standings

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
EVERY = timedelta(minutes=1)
_BY_TEXT = (Origin.CONTACT, Origin.CARRIER)


def list_of(inbox: Inbox) -> OptOutListAdapter | None:
    """The carrier's list, if it takes opt-outs."""
    adapter = adapter_for(inbox)
    return adapter if isinstance(adapter, OptOutListAdapter) else None


def push_round(team_id: int, inbox_id: int) -> None:
    """Tell an inbox's carrier of the next page of changes. Outside any scope: it calls the network."""
    with scope(team_id):
        inbox = Inbox.objects.select_related("team").get(team_id=team_id, id=inbox_id)
        push = _take(inbox)
        adapter = list_of(inbox)
        if push is None or adapter is None:
            return
        page = read_feed(team_id, push.position)
        changes = _changes(inbox, [event for _, event in page])
    try:
        for some in batched(changes, adapter.list_batch):
            _record(inbox, some, adapter.push_opt_outs(inbox, some))
    except SendError as error:
        log.warning("opt-outs of inbox %s were not pushed: %s", inbox_id, error)
        _end(push, error=str(error)[:300], failed_at=timezone.now(), due_at=timezone.now() + EVERY)
        return
    position = page[-1].position if page else push.position
    due_at = timezone.now() + (timedelta() if len(page) == MAX_PAGE else EVERY)
    _end(push, position=position, error="", due_at=due_at)


def _take(inbox: Inbox) -> OptOutPush | None:
    """The inbox's push, kept from other workers for a while. None if it is off or taken."""
    now = timezone.now()
    pushes = OptOutPush.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, active=True, due_at__lte=now)
    push: OptOutPush | None = pushes.select_for_update(no_key=True, skip_locked=True).first()
    if push:
        OptOutPush.objects.filter(team_id=inbox.team_id, id=push.id).update(due_at=now + LEASE)
    return push if inbox.is_open else None


def _changes(inbox: Inbox, events: Sequence[ConsentEvent]) -> list[ListChange]:
    """What the carrier is to be told about the numbers of these entries, as their standing is now."""
    newest = {
        event.number: event
        for event in events
        if event.changed
        and event.action in (Action.OPTED_OUT, Action.OPTED_IN)
        and event.number.startswith("+")
    }
    standing_of = standings(inbox.team_id, newest)
    rows = PushedOptOut.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, number__in=list(newest))
    told = {row.number for row in rows if row.opted_out and not row.error}
    here = {
        number: standing_of.get(number, Standing(number)).in_inbox(inbox.id).opt_outs for number in newest
    }
    theirs = _told_by_persons(inbox, [number for number in told if not here[number]])
    rows.filter(number__in=theirs).update(opted_out=False)
    told -= theirs
    causes = ConsentEvent.objects.filter(team_id=inbox.team_id).in_bulk(
        {row.event_id for standing in standing_of.values() for row in standing.opt_outs}
    )
    changes = []
    for number, event in newest.items():
        rows_here = here[number]
        knows = any(_is_known(inbox, row, causes.get(row.event_id)) for row in rows_here)
        if bool(rows_here) != (number in told) and not knows:
            by_text = event.origin in _BY_TEXT
            changes.append(ListChange(number, bool(rows_here), by_text, event.happened_at))
    return changes


def _told_by_persons(inbox: Inbox, numbers: Collection[str]) -> set[str]:
    """Those of these numbers that the inbox's carrier has from the person, too: not ours to take back."""
    rows = CarrierOptOut.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, number__in=numbers)
    return set(rows.filter(ended_at=None).values_list("number", flat=True))


def _is_known(inbox: Inbox, row: Suppression, cause: ConsentEvent | None) -> bool:
    """Whether the inbox's carrier has this opt-out from the person, or has told us of it."""
    if cause is None or cause.inbox_id != inbox.id or cause.source:
        return False
    return row.origin == Origin.CARRIER or (
        row.origin == Origin.CONTACT and is_opt_out_at_carrier(inbox, cause.words)
    )


def _record(inbox: Inbox, changes: Sequence[ListChange], refused: dict[str, str]) -> None:
    now = timezone.now()
    rows = [
        PushedOptOut(
            team_id=inbox.team_id, inbox=inbox, number=change.number, opted_out=change.opted_out,
            at=now, error=refused.get(change.number, ""),
        )
        for change in changes
    ]  # fmt: skip
    with scope(inbox.team_id):
        PushedOptOut.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["team", "inbox", "number"],
            update_fields=["opted_out", "at", "error"],
        )  # fmt: skip
        OptOutPush.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id).update(pushed_at=now)


def _end(push: OptOutPush, **values: object) -> None:
    with scope(push.team_id):
        OptOutPush.objects.filter(team_id=push.team_id, id=push.id).update(**values)
