"""Report history of the demo: a snapshot for each past day, computed from contacts and ledger, and a weekly report.

This works only for the demo, whose contacts were never deleted: other teams keep no record of how many they once had.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Team
from contacts.contact.models import Contact
from optout.models import ConsentEvent, SuppressionKind
from reports import snapshots
from reports.models import Snapshot
from reports.periods import DAY, midnight
from reports.schedules import report_email
from reports.schedules.models import ReportRecipient, ReportSchedule


def has_snapshots(team: Team) -> bool:
    """Whether the team has snapshots of past days. In the team's scope."""
    return Snapshot.objects.filter(team_id=team.id, day__lt=team.clock.today).exists()


def write_snapshots(team: Team) -> None:
    """Write a snapshot for each day since the team's first contact, and take today's. In the team's scope."""
    zone = ZoneInfo(team.time_zone)
    created = dict(Contact.objects.filter(team_id=team.id).values_list("number", "created_at"))
    events = list(ConsentEvent.objects.filter(team_id=team.id).order_by("happened_at", "position"))
    Snapshot.objects.bulk_create(
        _snapshot(team, day, midnight(day + DAY, zone) - timedelta(seconds=1), created, events)
        for day in _days(
            min(created.values()).astimezone(zone).date(), timezone.now().astimezone(zone).date()
        )
    )
    snapshots.take_snapshot(team)


def schedule_weekly_report(team: Team) -> None:
    """Schedule the consent report to owners and admins by email, each Monday at eight."""
    members = report_email.entitled_members(team.members.select_related("user").order_by("id"))
    weekly = ReportSchedule(team=team, report="consent_report", created_by=str(members[0]))
    weekly.resume()
    weekly.save()
    ReportRecipient.objects.bulk_create(
        ReportRecipient(team=team, schedule=weekly, member_id=member.id, name=str(member))
        for member in members
    )


def _days(first: date, today: date) -> list[date]:
    return [first + n * DAY for n in range((today - first).days)]


def _snapshot(
    team: Team, day: date, end: datetime, created: dict[str, datetime], events: list[ConsentEvent]
) -> Snapshot:
    suppressions: dict[str, set[str]] = {}
    for event in events:
        if event.happened_at <= end:
            names = suppressions.setdefault(event.number, set())
            names |= set(event.added)
            names -= set(event.lifted)
    numbers = [number for number, at in created.items() if at <= end]
    kinds = [_kind(suppressions.get(number, set())) for number in numbers]
    return Snapshot(
        team=team, day=day, at=end, contacts=len(numbers),
        opted_out=kinds.count(SuppressionKind.OPT_OUT), blocked=kinds.count(SuppressionKind.BLOCK),
    )  # fmt: skip


def _kind(names: set[str]) -> str:
    """The kind that applies in all inboxes. A name such as "opt_out carrier 7" applies in one inbox only."""
    kinds = {name.split()[0] for name in names if len(name.split()) == 2}
    return min(kinds, default="")  # "block" sorts first
