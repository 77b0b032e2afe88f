"""The letter of a scheduled report: its main figures in words, the table as a file, and the way to its page."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.access import Right, may
from accounts.models import Member
from contacts.exports.stream import RowBatches
from kernel.spreadsheets.writers import CsvWriter, Row
from kernel.tenancy import scope
from reports import rollup
from reports.forms import PeriodPreset
from reports.query import ReportQuery
from reports.report_kinds import REPORT_KINDS
from reports.schedules.models import ReportRecipient, ReportSchedule
from reports.tables import Figure

log = logging.getLogger(__name__)

MAX_ATTACHED_ROWS, MAX_ATTACHED_BYTES = 50_000, 10_000_000  # of what is attached


class ReportDelayed(Exception):
    """It cannot be sent now, but may be later; the message says why."""


class ReportUnsendable(Exception):
    """It cannot be sent before somebody changes the schedule; the message says what."""


@dataclass(frozen=True)
class ReportEmail:
    """What it is made of, read in one scope; the rows of its table are read when it is written."""

    schedule: ReportSchedule
    to: tuple[Member, ...]
    question: ReportQuery
    figures: Sequence[Figure]
    header: Row
    batches: RowBatches


def send_report(schedule: ReportSchedule, day: date) -> int:
    """Mail the report that is due on a day; to how many. Outside any transaction. Raises NotYet or Impossible."""
    with scope(schedule.team_id):
        made = _make(schedule, day)
    letter = _write(made)
    try:
        letter.send()
    except (OSError, SMTPException) as error:
        log.warning("scheduled report %s of team %s was not sent: %s", schedule.id, schedule.team_id, error)
        raise ReportDelayed("The mail server did not take it.") from error
    return len(made.to)


# -- who gets it -------------------------------------------------------------------------------------------------


def entitled_members(members: Iterable[Member]) -> list[Member]:
    """Who may see reports and take them along."""
    return [
        one
        for one in members
        if may(one, Right.SEE_REPORTS) and may(one, Right.EXPORT) and one.user.is_active
    ]


def current_recipients(schedule: ReportSchedule) -> tuple[Member, ...]:
    """Of those that were chosen, who may get it now."""
    chosen = {recipient.member_id for recipient in schedule.recipients.all()}
    members = schedule.team.members.select_related("user").filter(id__in=chosen).order_by("id")
    return tuple(entitled_members(members))


def excluded_recipients(schedule: ReportSchedule) -> list[ReportRecipient]:
    """Who was chosen and gets nothing."""
    here = {member.id for member in current_recipients(schedule)}
    return [recipient for recipient in schedule.recipients.all() if recipient.member_id not in here]


# -- what is in it -----------------------------------------------------------------------------------------------


def query_for(schedule: ReportSchedule, day: date) -> ReportQuery:
    """The report's filters with the days that it is about then."""
    query, period = QueryDict(schedule.query, mutable=True), schedule.recurrence.period(day)
    query["period"], query["first"], query["last"] = PeriodPreset.BETWEEN, f"{period.first}", f"{period.last}"
    return REPORT_KINDS[schedule.report].ask(schedule.team, query)


def describe_filters(question: ReportQuery) -> str:
    """What it is narrowed to, in words; empty where it is about everything."""
    return question.words.partition(", ")[2]


def _make(schedule: ReportSchedule, day: date) -> ReportEmail:
    to = current_recipients(schedule)
    if not to:
        raise ReportUnsendable("None of those who get it may see and export reports any more. Choose others.")
    question, kind = query_for(schedule, day), REPORT_KINDS[schedule.report]
    if question.form.errors:
        raise ReportUnsendable(
            "What it is narrowed to is not there any more. Schedule the report anew from its page."
        )
    if rollup.catch_up(schedule.team) is None:
        raise ReportDelayed("The team’s figures are being counted.")
    return ReportEmail(schedule, to, question, kind.figures(question), *kind.export(question))


def _write(made: ReportEmail) -> EmailMessage:
    schedule, team, kind = made.schedule, made.schedule.team, REPORT_KINDS[made.schedule.report]
    table = _attached(made.header, made.batches)
    period = made.question.period
    context = {
        "made": made, "schedule": schedule, "team": team, "kind": kind,
        "attached": table is not None, "most": MAX_ATTACHED_ROWS,
        "link": f"{settings.PUBLIC_URL}{reverse(kind.page, args=[team.slug])}?{made.question.query}",
        "schedule_link": settings.PUBLIC_URL + reverse("edit_schedule", args=[team.slug, schedule.id]),
    }  # fmt: skip
    subject = " ".join(f"{kind.label}, {made.question.words} · {team.name}".split())
    body = render_to_string("reports/schedule_email.txt", context)
    letter = EmailMessage(subject, body, to=[member.user.email for member in made.to])
    if table is not None:
        letter.attach(f"{team.slug}-{kind.file}-{period.first}-{period.last}.csv", table, "text/csv")
    return letter


def _attached(header: Row, batches: RowBatches) -> bytes | None:
    """The table as CSV; None where it is too long for a letter."""
    writer, rows = CsvWriter(), 0
    table = bytearray(writer.rows([header]))
    for batch in batches:
        rows += len(batch)
        table += writer.rows(batch)
        if rows > MAX_ATTACHED_ROWS or len(table) > MAX_ATTACHED_BYTES:
            return None
    return bytes(table)
