"""Export stream: a file is sent while it is written, so that memory stays flat. A process sends one at a time."""

import logging
import threading
from collections.abc import Generator, Iterator

from kernel.spreadsheets.writers import Row, SpreadsheetWriter

log = logging.getLogger(__name__)

BATCH_SIZE = 5000  # rows read in one scope

RowBatches = Iterator[list[Row]]  # iterated outside a scope; each batch is read in its own scope


class ExportBusy(Exception):
    """This process is already sending an export."""


# Each web process has two threads. A slow reader may occupy one of them for long; the other is for texts.
_slot = threading.Lock()


def stream_export(header: Row, batches: RowBatches, writer: SpreadsheetWriter) -> Generator[bytes]:
    """The pieces of the file. Holds this process's only slot until it is exhausted or closed. Raises ExportBusy."""
    pieces = _pieces(header, batches, writer)
    next(pieces)  # takes the slot; from here on, closing the generator gives it back
    return pieces


def _pieces(header: Row, batches: RowBatches, writer: SpreadsheetWriter) -> Generator[bytes]:
    if not _slot.acquire(blocking=False):
        raise ExportBusy
    try:
        yield b""
        yield writer.rows([header])
        for batch in batches:
            if piece := writer.rows(batch):
                yield piece
        yield writer.end()
    except Exception:
        # The web server ends a failed response like a complete one, so the file itself has to show the failure.
        log.exception("export failed")
        yield writer.abort()
    finally:
        _slot.release()
