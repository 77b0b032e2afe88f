"""Exports in the audit log: the start with the filter, before anything leaves, and the end with the number of rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict, StreamingHttpResponse

from accounts.access import TeamRequest
from accounts.audit.actions import ActorKind, AuditAction, TargetType
from accounts.audit.models import AuditEntry
from accounts.audit.recording import AuditActor, Target, new_entry, record_action, write_entries
from contacts.exports.stream import RowBatches
from kernel.spreadsheets.writers import Row
from kernel.tenancy import scope

# What an address has besides filters; and words that may be about a person.
_NO_FILTERS = {"format", "sort", "after", "before", "page", "csrfmiddlewaretoken"}
_SEARCHES = {"q", "search"}


def filter_of_address(query: QueryDict) -> list[str]:
    """The filters in an address: "Period: 30-days"."""
    found = []
    for name, value in query.items():
        if value and name not in _NO_FILTERS:
            shown = "words not kept" if name in _SEARCHES else str(value).replace("\0", "")[:100]
            found.append(f"{name.replace('_', ' ').capitalize()}: {shown}")
    return found


def record_export(
    request: TeamRequest, name: str, kind: str, filters: list[str], **details: Any
) -> AuditEntry:
    """Record that a file is sent, in the transaction of the request."""
    details = {"format": kind, "filter": filters, **details}
    return record_action(
        request.team.id,
        request.member,
        AuditAction.EXPORT_STARTED,
        Target(TargetType.EXPORT, name),
        **details,
    )


@dataclass
class RowCount:
    """How many rows of a file were made so far."""

    rows: int = 0
    complete: bool = False

    def counted(self, batches: RowBatches) -> Iterator[list[Row]]:
        for batch in batches:
            self.rows += len(batch)
            yield batch
        self.complete = True


class RecordedDownload(StreamingHttpResponse):
    """A file whose end is recorded, also if the browser went away before."""

    def __init__(self, pieces: Iterator[bytes], started: AuditEntry, count: RowCount, **options: Any) -> None:
        super().__init__(pieces, **options)
        self._started: AuditEntry | None = started
        self._count = count

    def close(self) -> None:
        super().close()
        started, self._started = self._started, None
        if started:
            record_end(started, self._count)


def record_end(started: AuditEntry, count: RowCount) -> None:
    by = AuditActor(ActorKind(started.actor_kind), started.actor_name, started.actor_id)
    target = Target(TargetType.EXPORT, started.target_name)
    details = {"rows": count.rows, "complete": count.complete, "start": started.id}
    with scope(started.team_id):
        entry = new_entry(
            started.team_id,
            by,
            AuditAction.EXPORT_ENDED,
            target,
            ip_address=started.ip_address,
            details=details,
        )
        write_entries([entry])
