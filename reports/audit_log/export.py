"""Export of the audit log: a row for each entry, newest first."""

from zoneinfo import ZoneInfo

from accounts.audit.models import AuditEntry
from accounts.models import Team
from contacts.exports.stream import RowBatches
from kernel.spreadsheets.cells import escape_formula
from kernel.spreadsheets.writers import Row
from reports.audit_log.entries import ShownEntry
from reports.audit_log.query import AuditQuery

HEADER: Row = (
    "ID", "Time", "Action", "Who", "Kind of Who", "IP Address", "Target Type", "Target ID", "Target", "Setting",
    "Before", "After", "Details",
)  # fmt: skip


def audit_rows(team: Team, query: AuditQuery, zone: ZoneInfo) -> RowBatches:
    for batch in query.batches(team, zone):
        yield [_row(entry, ZoneInfo(team.time_zone)) for entry in batch]


def _row(entry: AuditEntry, zone: ZoneInfo) -> Row:
    details = "; ".join(f"{name}: {value}" for name, value in ShownEntry(entry, "").details)
    cells = (
        str(entry.get_action_display()),
        entry.actor_name,
        str(entry.get_actor_kind_display()),
        entry.ip_address or "",
        str(entry.get_target_type_display()),
        str(entry.target_id or ""),
        entry.target_name,
        entry.setting,
        entry.before,
        entry.after,
        details,
    )
    return [str(entry.id), entry.at.astimezone(zone).isoformat(" ", "seconds"), *map(escape_formula, cells)]
