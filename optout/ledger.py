"""Questions to the ledger about one number."""

from datetime import datetime

from django.db.models import Max

from optout.models import Action, ConsentEvent


def history(team_id: int, number: str) -> list[ConsentEvent]:
    """Every ledger entry about a number, newest first."""
    return list(ConsentEvent.objects.filter(team_id=team_id, number=number).order_by("-position"))


def newest_entry(team_id: int, number: str, condition: str = "true") -> ConsentEvent | None:
    """The last ledger entry about a number that meets `condition` (SQL)."""
    where = f"team_id = $1 AND number = $2 AND {condition} ORDER BY position DESC LIMIT 1"
    found = ConsentEvent.select_rows(where, team_id, number)
    return found[0] if found else None


def has_later_entry(team_id: int, number: str, at: datetime) -> bool:
    """Whether something happened after `at`. A STOP that is found late is the last entry, but not the latest event."""
    return ConsentEvent.objects.filter(team_id=team_id, number=number, happened_at__gt=at).exists()


def newest_opt_in(team_id: int, number: str) -> ConsentEvent | None:
    events = ConsentEvent.objects.filter(team_id=team_id, number=number, action=Action.OPTED_IN)
    return next((event for event in events.order_by("-position") if event.is_opt_in), None)


def last_opt_out_at(team_id: int, number: str) -> datetime | None:
    events = ConsentEvent.objects.filter(team_id=team_id, number=number, action=Action.OPTED_OUT)
    return events.aggregate(last=Max("happened_at"))["last"]
