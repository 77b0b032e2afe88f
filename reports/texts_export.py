"""Every text of a period as a row, for whatever a report does not tell: as many rows as Volume counts."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict

from accounts.models import Team
from contacts.exports.stream import BATCH_SIZE, RowBatches
from kernel.spreadsheets.cells import escape_formula, number_cell
from kernel.spreadsheets.writers import Row
from kernel.sql import fetch_unprepared
from kernel.tenancy import scope
from messaging.models import MessagePurpose, MessageStatus
from reports import reasons, senders
from reports.figures import FigureQuery
from reports.forms import InboxFilterForm, SenderFilterForm
from reports.models import ALL_SENDERS
from reports.query import ReportQuery

HEADER: Row = (
    "Date", "Inbox", "Direction", "Phone Number", "Status", "Code", "Reason", "Segments", "Sent By",
    "Answered After Seconds", "Began Conversation", "Purpose", "Words", "Message",
)  # fmt: skip


class TextsExportForm(InboxFilterForm, SenderFilterForm):
    """Days, an inbox, a sender."""


def read_query(team: Team, query: QueryDict) -> ReportQuery:
    return ReportQuery(TextsExportForm(team, query))


def export(question: ReportQuery) -> tuple[Row, RowBatches]:
    """Its header and its rows. Call it in the scope of the team; the rows are asked for outside one."""
    boxes = {id: escape_formula(name) for id, name in question.team.inboxes.values_list("id", "name")}
    return HEADER, _rows(question, boxes)


def _rows(question: ReportQuery, boxes: dict[int, str]) -> RowBatches:
    """A batch is what is asked for of so many texts in a row, so that a rare sender costs no long scan at once."""
    team_id, zone = question.team.id, question.zone
    start, end = question.period.bounds(zone)
    where, values = _filters(question.figures)
    place: tuple[datetime, int] | None = (start, 0)  # which no text has
    while place:
        with scope(team_id):
            following = _batch_end(team_id, place, end)
            to, last = following or (end, 0)
            batch = fetch_unprepared(
                _TEXTS.format(where=where), team_id, *place, to, last, 2 * BATCH_SIZE, *values
            )
        yield [_row(text, zone, boxes) for text in batch]
        place = following


def _batch_end(team_id: int, place: tuple[datetime, int], end: datetime) -> tuple[datetime, int] | None:
    """The last of the next so many texts; None where there are fewer."""
    rows = fetch_unprepared(_BATCH_END, team_id, *place, end, BATCH_SIZE - 1)
    return (rows[0][0], rows[0][1]) if rows else None


def _filters(asked: FigureQuery) -> tuple[str, list[Any]]:
    """As tallies tell inboxes and senders apart."""
    where, values = "", []
    if asked.inboxes:
        where, values = " AND inbox_id = ANY($7::bigint[])", [list(asked.inboxes)]
    if asked.sender == ALL_SENDERS:
        return where, values
    place = f"${7 + len(values)}"
    if asked.sender.startswith(senders.MEMBER_PREFIX):
        return f"{where} AND author_id = {place}::bigint", [
            *values,
            int(asked.sender.removeprefix(senders.MEMBER_PREFIX)),
        ]
    named = f" AND author_id IS NULL AND author_name = {place}::text"
    return f"{where}{named}", [*values, asked.sender.removeprefix(senders.NAMED_PREFIX)]


_BATCH_END = """
    SELECT at, id FROM messaging_message WHERE team_id = $1 AND (at, id) > ($2, $3) AND at < $4
    ORDER BY at, id OFFSET $5 LIMIT 1
"""
# LIMIT tells the planner how few they are, and cuts nothing: there is room for texts that came since the edge was read.
_TEXTS = """
    SELECT at, inbox_id, outbound, number, status, reason, error_code, segments, author_name, waited_seconds, starts_conversation, purpose,
      body, id
    FROM (SELECT * FROM messaging_message WHERE team_id = $1 AND (at, id) > ($2, $3) AND (at, id) <= ($4, $5)
      ORDER BY at, id LIMIT $6) AS text WHERE true{where} ORDER BY at, id
"""


def _row(text: tuple[Any, ...], zone: ZoneInfo, boxes: dict[int, str]) -> Row:
    (
        at,
        inbox,
        ours,
        number,
        status,
        reason,
        code,
        segments,
        author,
        waited_seconds,
        starts_conversation,
        purpose,
        body,
        id,
    ) = text
    return (
        at.astimezone(zone).isoformat(" ", "seconds"),
        boxes.get(inbox, ""),
        "out" if ours else "in",
        number_cell(number),
        _STATUSES[status],
        reason if status == MessageStatus.REFUSED else code,
        _why(status, reason, code),
        "" if segments is None else str(segments),
        escape_formula(author),
        "" if waited_seconds is None else str(waited_seconds),
        "yes" if starts_conversation else "",
        _PURPOSES[purpose] if ours else "",
        escape_formula(body),
        str(id),
    )


def _why(status: str, reason: str, code: str) -> str:
    if status == MessageStatus.REFUSED:
        return reasons.refusal_reason(reason)
    return reasons.carrier_reason(code) if status in (MessageStatus.FAILED, MessageStatus.UNDELIVERED) else ""


_STATUSES = {status.value: str(status.label) for status in MessageStatus}
_PURPOSES = {purpose.value: str(purpose.label) for purpose in MessagePurpose}
