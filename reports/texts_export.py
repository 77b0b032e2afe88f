"""Texts export: one row per text of a period. Has as many rows as the volume report counts texts."""

import json
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
from messaging.carriers import error_codes
from messaging.message_content import stored_content
from messaging.models import MessagePurpose, MessageStatus
from reports import reasons, senders, wording
from reports.figures import FigureQuery
from reports.forms import InboxFilterForm, SenderFilterForm
from reports.models import ALL_SENDERS
from reports.query import ReportQuery

HEADER: Row = (
    "Date", "Inbox", "Direction", "Phone Number", "Status", "Code", "Reason", "Segments", "Sent By",
    "Reply Time Seconds", "Started Conversation", "Purpose", "Text", "Message",
)  # fmt: skip


class TextsExportForm(InboxFilterForm, SenderFilterForm):
    """Days, an inbox, a sender."""


def read_query(team: Team, query: QueryDict) -> ReportQuery:
    return ReportQuery(TextsExportForm(team, query))


def export(query: ReportQuery) -> tuple[Row, RowBatches]:
    """Header and rows. Called in the team's scope; each batch of rows opens its own scope."""
    inboxes = {id: escape_formula(name) for id, name in query.team.inboxes.values_list("id", "name")}
    return HEADER, _rows(query, inboxes)


def _rows(query: ReportQuery, inboxes: dict[int, str]) -> RowBatches:
    """A batch holds the matches among BATCH_SIZE consecutive texts, so that a rare sender needs no long scan."""
    team_id, zone = query.team.id, query.zone
    start, end = query.period.bounds(zone)
    where, values = _filters(query.figure_query)
    after: tuple[datetime, int] | None = (start, 0)  # no text has the ID 0
    while after:
        with scope(team_id):
            batch_end = _batch_end(team_id, after, end)
            at, id = batch_end or (end, 0)
            batch = fetch_unprepared(
                _TEXTS.format(where=where), team_id, *after, at, id, 2 * BATCH_SIZE, *values
            )
        yield [_row(text, zone, inboxes) for text in batch]
        after = batch_end


def _batch_end(team_id: int, after: tuple[datetime, int], end: datetime) -> tuple[datetime, int] | None:
    """The last of the next BATCH_SIZE texts; None if there are fewer."""
    rows = fetch_unprepared(_BATCH_END, team_id, *after, end, BATCH_SIZE - 1)
    return (rows[0][0], rows[0][1]) if rows else None


def _filters(figure_query: FigureQuery) -> tuple[str, list[Any]]:
    """The conditions and values of the inbox and sender filters, numbered from $7."""
    where, values = "", []
    if figure_query.inboxes:
        where, values = " AND inbox_id = ANY($7::bigint[])", [list(figure_query.inboxes)]
    if figure_query.sender == ALL_SENDERS:
        return where, values
    placeholder = f"${7 + len(values)}"
    if figure_query.sender.startswith(senders.MEMBER_PREFIX):
        member_id = int(figure_query.sender.removeprefix(senders.MEMBER_PREFIX))
        return f"{where} AND author_id = {placeholder}::bigint", [*values, member_id]
    by_name = f" AND author_id IS NULL AND author_name = {placeholder}::text"
    return f"{where}{by_name}", [*values, figure_query.sender.removeprefix(senders.NAMED_PREFIX)]


_BATCH_END = """
    SELECT at, id FROM messaging_message WHERE team_id = $1 AND (at, id) > ($2, $3) AND at < $4
    ORDER BY at, id OFFSET $5 LIMIT 1
"""
# LIMIT tells the planner that rows are few. It allows for texts that arrived after the batch's end was read.
_TEXTS = """
    SELECT at, inbox_id, outbound, number, status, reason, error_code, segments, author_name, waited_seconds,
      starts_conversation, purpose, body, media, id
    FROM (SELECT * FROM messaging_message WHERE team_id = $1 AND (at, id) > ($2, $3) AND (at, id) <= ($4, $5)
      ORDER BY at, id LIMIT $6) AS text WHERE true{where} ORDER BY at, id
"""


def _row(text: tuple[Any, ...], zone: ZoneInfo, inboxes: dict[int, str]) -> Row:
    (
        at, inbox, outbound, number, status, reason, code, segments, author, reply_seconds, starts_conversation,
        purpose, body, media, id,
    ) = text  # fmt: skip
    kept = not outbound and bool(number) and not reason
    return (
        wording.format_local(at, zone),
        inboxes.get(inbox, ""),
        "out" if outbound else "in",
        number_cell(number),
        _STATUSES[status],
        reason if status == MessageStatus.REFUSED else code,
        _reason(status, reason, code),
        "" if segments is None else str(segments),
        escape_formula(author),
        "" if reply_seconds is None else str(reply_seconds),
        "yes" if starts_conversation else "",
        _PURPOSES[purpose] if outbound else "",
        escape_formula(stored_content(body, json.loads(media), kept=kept)),
        str(id),
    )


def _reason(status: str, reason: str, code: str) -> str:
    if status == MessageStatus.REFUSED:
        return reasons.refusal_reason(reason)
    return (
        error_codes.carrier_reason(code)
        if status in (MessageStatus.FAILED, MessageStatus.UNDELIVERED)
        else ""
    )


_STATUSES = {status.value: str(status.label) for status in MessageStatus}
_PURPOSES = {purpose.value: str(purpose.label) for purpose in MessagePurpose}
