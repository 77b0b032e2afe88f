"""Email of a scheduled report: its main figures as text, its table as CSV, and links to the page and the schedule."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import QueryDict
from django.urls import reverse

from accounts.access import Right, may
from accounts.models import Member
from contacts.exports.stream import RowBatches
from kernel.mail import compose_email
from kernel.regions import format_zone
from kernel.spreadsheets.writers import CsvWriter, Row
from kernel.tenancy import scope
from reports import rollup
from reports.forms import PeriodPreset
from reports.query import ReportQuery
from reports.report_kinds import REPORT_KINDS
from reports.schedules.models import ReportRecipient, ReportSchedule
from reports.tables import Figure

log = logging.getLogger(__name__)

MAX_ATTACHED_ROWS, MAX_ATTACHED_BYTES = 50_000, 10_000_000  # of the attached table
TABLE_ATTACHED = "The full table is attached as CSV."


class ReportDelayed(Exception):
    """The report cannot be sent now, but may be later; the message says why."""


class ReportUnsendable(Exception):
    """The report cannot be sent until a member changes the schedule; the message says why."""


@dataclass(frozen=True)
class ReportEmail:
    """The contents of the email, read in one scope; the batches are read when the table is written."""

    schedule: ReportSchedule
    to: tuple[Member, ...]
    query: ReportQuery
    figures: Sequence[Figure]
    header: Row
    batches: RowBatches


def send_report(schedule: ReportSchedule, day: date) -> int:
    """Send the report that was due on a day; returns the number of recipients. Must run outside transactions.

    Raises ReportDelayed or ReportUnsendable.
    """
    with scope(schedule.team_id):
        report = _read(schedule, day)
    email = _write(report)
    try:
        email.send()
    except (OSError, SMTPException) as error:
        log.warning("scheduled report %s of team %s was not sent: %s", schedule.id, schedule.team_id, error)
        raise ReportDelayed("The mail server refused the email.") from error
    return len(report.to)


# -- recipients --------------------------------------------------------------------------------------------------


def entitled_members(members: Iterable[Member]) -> list[Member]:
    """The members who may see and export reports."""
    return [
        member
        for member in members
        if may(member, Right.SEE_REPORTS) and may(member, Right.EXPORT) and member.user.is_active
    ]


def current_recipients(schedule: ReportSchedule) -> tuple[Member, ...]:
    """The chosen members who may receive the report now."""
    chosen = {recipient.member_id for recipient in schedule.recipients.all()}
    members = schedule.team.members.select_related("user", "custom_role").filter(id__in=chosen).order_by("id")
    return tuple(entitled_members(members))


def excluded_recipients(schedule: ReportSchedule) -> list[ReportRecipient]:
    """The chosen members who may not receive it any more."""
    current = {member.id for member in current_recipients(schedule)}
    return [recipient for recipient in schedule.recipients.all() if recipient.member_id not in current]


# -- contents ----------------------------------------------------------------------------------------------------


def query_for(schedule: ReportSchedule, day: date) -> ReportQuery:
    """The schedule's filters with the period of the report that is due on a day."""
    query, period = QueryDict(schedule.query, mutable=True), schedule.recurrence.period(day)
    query["period"], query["first"], query["last"] = PeriodPreset.BETWEEN, f"{period.first}", f"{period.last}"
    return REPORT_KINDS[schedule.report].read_query(schedule.team, query)


def _read(schedule: ReportSchedule, day: date) -> ReportEmail:
    to = current_recipients(schedule)
    if not to:
        raise ReportUnsendable("No recipient may see and export reports any more. Choose others.")
    query, kind = query_for(schedule, day), REPORT_KINDS[schedule.report]
    if query.form.errors:
        raise ReportUnsendable("A filter no longer exists. Schedule the report from its page.")
    if rollup.catch_up(schedule.team) is None:
        raise ReportDelayed("The team’s texts are being counted.")
    return ReportEmail(schedule, to, query, kind.figures(query), *kind.export(query))


def _write(report: ReportEmail) -> EmailMessage:
    schedule, team, kind = report.schedule, report.schedule.team, REPORT_KINDS[report.schedule.report]
    table = _attachment(report.header, report.batches)
    period = report.query.period
    context = {
        "rows": [*map(_row, report.figures)], "description": report.query.description,
        "zone_name": format_zone(team.time_zone),
        "schedule": schedule, "team": team, "kind": kind,
        "table_note": TABLE_ATTACHED if table is not None else _table_too_long(),
        "link": f"{settings.PUBLIC_URL}{reverse(kind.page, args=[team.slug])}?{report.query.query_string}",
        "schedule_link": settings.PUBLIC_URL + reverse("edit_schedule", args=[team.slug, schedule.id]),
    }  # fmt: skip
    subject = " ".join(f"{kind.label}, {report.query.description} · {team.name}".split())
    to = [member.user.email for member in report.to]
    email = compose_email(subject, "reports/schedule_email.txt", context, to, team.name)
    if table is not None:
        email.attach(f"{team.slug}-{kind.file}-{period.first}-{period.last}.csv", table, "text/csv")
    return email


def _row(figure: Figure) -> dict[str, str]:
    """Its value with the comparison."""
    before = "" if figure.before == "–" else f"{figure.before} before"
    comparison = ", ".join(filter(None, (figure.change, before)))
    return {"label": figure.label, "value": figure.value, "note": comparison}


def _table_too_long() -> str:
    limit = f"more than {MAX_ATTACHED_ROWS:,} rows or {MAX_ATTACHED_BYTES // 1_000_000} MB"
    return f"The table is too long for an email ({limit}). Export it from the report’s page."


def _attachment(header: Row, batches: RowBatches) -> bytes | None:
    """The table as CSV; None if it is too long for an email."""
    writer, rows = CsvWriter(), 0
    table = bytearray(writer.rows([header]))
    for batch in batches:
        rows += len(batch)
        table += writer.rows(batch)
        if rows > MAX_ATTACHED_ROWS or len(table) > MAX_ATTACHED_BYTES:
            return None
    return bytes(table)
