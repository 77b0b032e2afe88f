"""Queries of the ledger about one number."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from accounts.models import Inbox
from optout.models import NOTES, Action, ConsentEvent, FeedEntry, Origin


def history(team_id: int, number: str) -> list[ConsentEvent]:
    """All ledger entries of a number, newest first."""
    return list(entries(team_id, number))


def entries(team_id: int, number: str) -> QuerySet[ConsentEvent]:
    return ConsentEvent.objects.filter(team_id=team_id, number=number).order_by("-position")


def concerning(inbox_id: int | None) -> Q:
    """The condition of entries that say something about this inbox, alone or among all; with None, of all entries."""
    return Q() if inbox_id is None else Q(only_in_inbox=False) | Q(inbox_id=inbox_id)


def newest_change(team_id: int, number: str, inbox_id: int) -> ConsentEvent | None:
    """The last ledger entry that added or lifted a suppression of the number in this inbox."""
    entries = ConsentEvent.select_rows(
        "team_id = $1 AND number = $2 AND (added <> '[]' OR lifted <> '[]')"
        " AND (NOT only_in_inbox OR inbox_id = $3) ORDER BY position DESC LIMIT 1",
        team_id,
        number,
        inbox_id,
    )
    return entries[0] if entries else None


def newest_statements(
    team_id: int, numbers: Iterable[str], action: Action, origin: Origin, only_in: Inbox | None = None
) -> dict[str, ConsentEvent]:
    """The newest entry of each number by which this origin stated an opt-out or a block, changed or repeated.

    It is about all inboxes, or only about one.
    """
    scope = Q(only_in_inbox=True, inbox_id=only_in.id) if only_in else Q(only_in_inbox=False)
    entries = ConsentEvent.objects.filter(
        scope, team_id=team_id, number__in=list(numbers), action=action, origin=origin
    )
    return {event.number: event for event in entries.order_by("number", "-position").distinct("number")}


def has_later_entry(
    team_id: int, number: str, at: datetime, besides: Iterable[int] = (), inbox_id: int | None = None
) -> bool:
    """Whether an entry happened after `at`, or an opt-out at that time: carriers' times have whole seconds.

    With an inbox, only entries that concern it count.

    The last entry of the chain may have happened earlier: a STOP that was found late. The entries `besides` do not
    count, nor do holds and their releases.
    """
    later = Q(happened_at__gt=at) | Q(happened_at=at, action=Action.OPTED_OUT)
    entries = ConsentEvent.objects.filter(later, concerning(inbox_id), team_id=team_id, number=number)
    return entries.exclude(id__in=list(besides)).exclude(action__in=NOTES).exists()


def opt_outs_by_text(
    team_id: int, number: str, since: datetime, inbox_id: int | None = None
) -> list[ConsentEvent]:
    """The number's opt-outs by its own texts that were recorded since then, oldest first."""
    return list(
        ConsentEvent.objects.filter(
            concerning(inbox_id),
            team_id=team_id,
            number=number,
            action=Action.OPTED_OUT,
            origin=Origin.CONTACT,
            recorded_at__gte=since,
        ).order_by("position")
    )


def newest_opt_in(team_id: int, number: str, inbox_id: int | None = None) -> ConsentEvent | None:
    """The number's newest opt-in; with an inbox, of those that concern it."""
    return opt_ins(team_id, number).filter(concerning(inbox_id)).first()


def opt_ins(team_id: int, number: str) -> QuerySet[ConsentEvent]:
    """The number's entries that are opt-ins (ConsentEvent.is_opt_in), newest first."""
    consented = Q(origin=Origin.CONTACT) | Q(obtained_at__isnull=False)
    events = ConsentEvent.objects.filter(consented, team_id=team_id, number=number, action=Action.OPTED_IN)
    return events.order_by("-position")


def last_opt_outs_at(team_id: int, numbers: Iterable[str]) -> dict[str, datetime]:
    """The newest time at which an opt-out of each number happened. Numbers without one are absent."""
    events = ConsentEvent.objects.filter(team_id=team_id, number__in=list(numbers), action=Action.OPTED_OUT)
    return dict(events.values_list("number").annotate(last=Max("happened_at")))


def last_opt_out_at(team_id: int, number: str, inbox_id: int | None = None) -> datetime | None:
    """The newest time at which an opt-out happened, whether it was lifted or not."""
    events = ConsentEvent.objects.filter(
        concerning(inbox_id), team_id=team_id, number=number, action=Action.OPTED_OUT
    )
    return events.aggregate(last=Max("happened_at"))["last"]


def ids_by_feed_position(team_id: int, start: int, end: int) -> list[int]:
    """The IDs of the entries with the feed positions from `start` (excluded) to `end` (included)."""
    rows = FeedEntry.objects.filter(team_id=team_id, position__gt=start, position__lte=end)
    return list(rows.values_list("event_id", flat=True))
