"""Rows at rest: what was at work when a team was exported is written so that no other installation continues it.

Otherwise two installations would send the same text. What becomes of it is decided where the team is.
"""

from typing import Any

from contacts.runs.models import ENDED, RunState
from messaging.broadcasts.models import BroadcastStatus, PauseReason
from messaging.media.models import AttachmentState
from messaging.models import IN_PROGRESS, MessageStatus
from optout.pending_opt_ins import OptInOutcome

_WAS_AT_WORK = "The team was exported while this was at work."


def message(row: dict[str, Any]) -> None:
    """A text that waits or is being sent: this export does not know its outcome. Unknown texts are not sent again."""
    if row["status"] in IN_PROGRESS:
        row.update(
            status=MessageStatus.UNKNOWN, due_at=None, undo_until=None, awaiting_before=None, held_until=None
        )
    for medium in row["media"]:
        for name in medium.keys() & {"file", "copied_from"}:
            medium[name] = without_team(medium[name])


def attachment(row: dict[str, Any]) -> None:
    """An attachment that is still to be fetched from the carrier, with credentials that stay here."""
    if row["state"] == AttachmentState.WAITING:
        row.update(state=AttachmentState.GONE, reason=_WAS_AT_WORK, due_at=None, file="")
    row["file"] = without_team(row["file"])


def without_team(file: str) -> str:
    """The name of a stored file below its team: the folder is the team's ID, which differs at each installation."""
    return file.partition("/")[2]


def broadcast(row: dict[str, Any]) -> None:
    """A broadcast that is being sent, or waits for its time: paused until a member resumes it."""
    if row["status"] in (BroadcastStatus.SCHEDULED, BroadcastStatus.PREPARING, BroadcastStatus.SENDING):
        row.update(status=BroadcastStatus.PAUSED, pause_reason=PauseReason.MEMBER, pause_detail=_WAS_AT_WORK)
    row.update(due_at=None, reconcile_at=None)


def run(row: dict[str, Any]) -> None:
    """A run that was not at its end. What it did until then is in the export."""
    if row["state"] not in ENDED:
        ended_at = row["alive_at"] or row["created_at"]
        row.update(state=RunState.CANCELLED, sentence=_WAS_AT_WORK, ended_at=ended_at)


def pending_opt_in(row: dict[str, Any]) -> None:
    """A START that is being checked with the carrier. Whoever does not know leaves the opt-out in force."""
    if row["outcome"] == OptInOutcome.PENDING:
        row["outcome"] = OptInOutcome.UNKNOWN
