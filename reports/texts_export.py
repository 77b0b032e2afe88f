"""Every text of a period as a row, for whatever a report does not tell: as many rows as Volume counts."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict

from accounts.models import Team
from accounts.statements import ask_anew
from accounts.tenancy import scope
from contacts.exports import BATCH, Batches, spelled
from contacts.imports.cells import harmless
from contacts.writers import Row
from messaging.models import Purpose, Status
from reports import reasons, senders
from reports.asked import InboxForm, Question, SenderForm
from reports.figures import Asked
from reports.models import EVERYBODY

HEADER: Row = (
    "Date", "Inbox", "Direction", "Phone Number", "Status", "Code", "Reason", "Segments", "Sent By",
    "Answered After Seconds", "Began Conversation", "Purpose", "Words", "Message",
)  # fmt: skip


class TextsForm(InboxForm, SenderForm):
    """Days, an inbox, a sender."""


def ask(team: Team, query: QueryDict) -> Question:
    return Question(TextsForm(team, query))


def export(question: Question) -> tuple[Row, Batches]:
    """Its header and its rows. Call it in the scope of the team; the rows are asked for outside one."""
    boxes = {id: harmless(name) for id, name in question.team.inboxes.values_list("id", "name")}
    return HEADER, _rows(question, boxes)


def _rows(question: Question, boxes: dict[int, str]) -> Batches:
    """A batch is what is asked for of so many texts in a row, so that a rare sender costs no long scan at once."""
    team_id, zone = question.team.id, question.zone
    start, end = question.period.bounds(zone)
    where, values = _filters(question.figures)
    place: tuple[datetime, int] | None = (start, 0)  # which no text has
    while place:
        with scope(team_id):
            following = _edge(team_id, place, end)
            to, last = following or (end, 0)
            batch = ask_anew(_TEXTS.format(where=where), team_id, *place, to, last, 2 * BATCH, *values)
        yield [_row(text, zone, boxes) for text in batch]
        place = following


def _edge(team_id: int, place: tuple[datetime, int], end: datetime) -> tuple[datetime, int] | None:
    """The last of the next so many texts; None where there are fewer."""
    rows = ask_anew(_EDGE, team_id, *place, end, BATCH - 1)
    return (rows[0][0], rows[0][1]) if rows else None


def _filters(asked: Asked) -> tuple[str, list[Any]]:
    """As tallies tell inboxes and senders apart."""
    where, values = "", []
    if asked.inboxes:
        where, values = " AND inbox_id = ANY($7::bigint[])", [list(asked.inboxes)]
    if asked.sender == EVERYBODY:
        return where, values
    place = f"${7 + len(values)}"
    if asked.sender.startswith(senders.MEMBER):
        return f"{where} AND author_id = {place}::bigint", [
            *values,
            int(asked.sender.removeprefix(senders.MEMBER)),
        ]
    named = f" AND author_id IS NULL AND author_name = {place}::text"
    return f"{where}{named}", [*values, asked.sender.removeprefix(senders.NAMED)]


_EDGE = """
    SELECT at, id FROM messaging_message WHERE team_id = $1 AND (at, id) > ($2, $3) AND at < $4
    ORDER BY at, id OFFSET $5 LIMIT 1
"""
# LIMIT tells the planner how few they are, and cuts nothing: there is room for texts that came since the edge was read.
_TEXTS = """
    SELECT at, inbox_id, outbound, number, status, reason, error_code, segments, author_name, waited, begins, purpose,
      body, id
    FROM (SELECT * FROM messaging_message WHERE team_id = $1 AND (at, id) > ($2, $3) AND (at, id) <= ($4, $5)
      ORDER BY at, id LIMIT $6) AS text WHERE true{where} ORDER BY at, id
"""


def _row(text: tuple[Any, ...], zone: ZoneInfo, boxes: dict[int, str]) -> Row:
    at, inbox, ours, number, status, reason, code, segments, author, waited, begins, purpose, body, id = text
    return (
        at.astimezone(zone).isoformat(" ", "seconds"),
        boxes.get(inbox, ""),
        "out" if ours else "in",
        spelled(number),
        _STATUSES[status],
        reason if status == Status.REFUSED else code,
        _why(status, reason, code),
        "" if segments is None else str(segments),
        harmless(author),
        "" if waited is None else str(waited),
        "yes" if begins else "",
        _PURPOSES[purpose] if ours else "",
        harmless(body),
        str(id),
    )


def _why(status: str, reason: str, code: str) -> str:
    if status == Status.REFUSED:
        return reasons.refusal(reason)
    return reasons.carrier(code) if status in (Status.FAILED, Status.UNDELIVERED) else ""


_STATUSES = {status.value: str(status.label) for status in Status}
_PURPOSES = {purpose.value: str(purpose.label) for purpose in Purpose}
