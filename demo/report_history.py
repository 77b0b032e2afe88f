"""The demo's past as reports would have seen it: a snapshot of each day, told from contacts and ledger.

For the demo alone, whose contacts were never deleted: of a team that works, no row tells how many it once had. And a
report that is mailed each week.
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


def write_snapshots(team: Team) -> None:
    """Write a snapshot for every day since the team's first contact, in its scope; today's is taken."""
    zone = ZoneInfo(team.time_zone)
    created = dict(Contact.objects.filter(team_id=team.id).values_list("number", "created_at"))
    lines = list(ConsentEvent.objects.filter(team_id=team.id).order_by("happened_at", "position"))
    Snapshot.objects.bulk_create(
        _at_the_end(team, day, midnight(day + DAY, zone) - timedelta(seconds=1), created, lines)
        for day in _past(
            min(created.values()).astimezone(zone).date(), timezone.now().astimezone(zone).date()
        )
    )
    snapshots.take_snapshot(team)


def schedule_weekly_report(team: Team) -> None:
    """Have the report of consent mailed to owners and admins, each Monday at eight."""
    members = report_email.entitled_members(team.members.select_related("user").order_by("id"))
    weekly = ReportSchedule(team=team, report="consent_report", created_by=str(members[0]))
    weekly.resume()
    weekly.save()
    ReportRecipient.objects.bulk_create(
        ReportRecipient(team=team, schedule=weekly, member_id=member.id, name=str(member))
        for member in members
    )


def _past(first: date, today: date) -> list[date]:
    return [first + n * DAY for n in range((today - first).days)]


def _at_the_end(
    team: Team, day: date, end: datetime, created: dict[str, datetime], lines: list[ConsentEvent]
) -> Snapshot:
    stands: dict[str, set[str]] = {}
    for line in lines:
        if line.happened_at <= end:
            here = stands.setdefault(line.number, set())
            here |= set(line.added)
            here -= set(line.lifted)
    known = [number for number, at in created.items() if at <= end]
    kinds = [_kind(stands.get(number, set())) for number in known]
    return Snapshot(
        team=team, day=day, at=end, contacts=len(known),
        opted_out=kinds.count(SuppressionKind.OPT_OUT), blocked=kinds.count(SuppressionKind.BLOCK),
    )  # fmt: skip


def _kind(names: set[str]) -> str:
    """What stands in all inboxes; "opt_out carrier 7" is about one alone."""
    kinds = {name.split()[0] for name in names if len(name.split()) == 2}
    return min(kinds, default="")  # "block" sorts first
