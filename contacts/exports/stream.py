"""Export stream: a file is sent while it is written, so that memory stays flat. A team makes one at a time."""

import logging
import threading
from collections.abc import Generator, Iterator

from kernel.pacing import paced
from kernel.spreadsheets.writers import Row, SpreadsheetWriter

log = logging.getLogger(__name__)

BATCH_SIZE = 1000  # rows read in one scope: a few milliseconds of the database at a time

RowBatches = Iterator[list[Row]]  # iterated outside a scope; each batch is read in its own scope


class ExportBusy(Exception):
    """This process is already making an export of this team."""


# An export occupies a thread of the download server until it is made. One for each team leaves the others free.
_exporting: set[int] = set()  # team IDs
_lock = threading.Lock()


def stream_export(
    team_id: int, header: Row, batches: RowBatches, writer: SpreadsheetWriter
) -> Generator[bytes]:
    """The pieces of the file. Holds the team's only place until it is exhausted or closed. Raises ExportBusy."""
    return one_of_team(team_id, _pieces(header, batches, writer))


def one_of_team(team_id: int, pieces: Iterator[bytes]) -> Generator[bytes]:
    """The pieces of a file, in the team's only place. Raises ExportBusy."""
    held = _hold_place(team_id, pieces)
    next(held)  # takes the place; from here on, closing the generator gives it back
    return held


def _hold_place(team_id: int, pieces: Iterator[bytes]) -> Generator[bytes]:
    with _lock:
        if team_id in _exporting:
            raise ExportBusy
        _exporting.add(team_id)
    try:
        yield b""
        yield from paced(pieces)
    finally:
        with _lock:
            _exporting.discard(team_id)


def _pieces(header: Row, batches: RowBatches, writer: SpreadsheetWriter) -> Iterator[bytes]:
    try:
        yield writer.rows([header])
        for batch in batches:
            if piece := writer.rows(batch):
                yield piece
        yield writer.end()
    except Exception:
        # The web server ends a failed response like a complete one, so the file itself has to show the failure.
        log.exception("export failed")
        yield writer.abort()
