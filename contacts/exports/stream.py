"""FIXME module docstring."""

import logging
import threading
from collections.abc import Generator, Iterator

from kernel.spreadsheets.writers import Row, SpreadsheetWriter

log = logging.getLogger(__name__)


BATCH_SIZE = 5000


RowBatches = Iterator[list[Row]]  # asked for outside a scope; each batch is read in one of its own


class ExportBusy(Exception):
    """An export is being sent by this process already."""


# Each web process has two threads. A slow reader holds one of them for as long as it likes; the other is for texts.
_slot = threading.Lock()


def stream_export(header: Row, batches: RowBatches, writer: SpreadsheetWriter) -> Generator[bytes]:
    """The file, piece by piece. Holds this process's only slot until it is read to its end or closed; raises Busy."""
    body = _sent(header, batches, writer)
    next(body)  # from here on, closing it gives the slot back
    return body


def _sent(header: Row, batches: RowBatches, writer: SpreadsheetWriter) -> Generator[bytes]:
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
        # The web server ends a broken answer as it ends a whole one, so the file itself has to tell.
        log.exception("an export broke off")
        yield writer.abort()
    finally:
        _slot.release()
