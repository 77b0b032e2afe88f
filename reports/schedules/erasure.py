"""Erasure of persons from schedules: a report that was scheduled from a search for a person is paused without it."""

from collections.abc import Sequence

from django.http import QueryDict

from contacts.contact.erasure import ErasedPerson
from reports.schedules.models import ReportSchedule

PAUSED = "Paused: it was filtered by a person whose data was erased."


def erase_from_schedules(team_id: int, persons: Sequence[ErasedPerson]) -> None:
    """Remove searches for these persons. The schedules are paused, since they would send figures about everybody."""
    schedules = ReportSchedule.objects.filter(team_id=team_id, query__contains="q=")
    for schedule in schedules.select_for_update(no_key=True).order_by("id"):
        filters = QueryDict(schedule.query, mutable=True)
        if any(person.is_searched_by(filters.get("q", "")) for person in persons):
            del filters["q"]
            schedule.query, schedule.error = filters.urlencode(), PAUSED
            schedule.pause()
            schedule.save(update_fields=["query", "error", "due_at", "tries"])
