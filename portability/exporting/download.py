"""Pieces of a team's archive as a download. A failure leaves the file without its end, so no program opens it."""

import logging
from collections.abc import Iterator

from contacts.exports.audited_export import RowCount
from portability.exporting.export import TeamExport

log = logging.getLogger(__name__)


def counted(team_id: int, count: RowCount) -> Iterator[bytes]:
    """The archive, outside of scopes; `count` gets its rows."""
    export = TeamExport(team_id)
    try:
        for piece in export.pieces():
            count.rows = export.rows
            if piece:
                yield piece
        count.complete = True
    except Exception:
        # The web server ends a failed response like a complete one.
        log.exception("export of team %s failed", team_id)
