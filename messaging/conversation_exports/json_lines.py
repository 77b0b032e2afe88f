"""Writer of JSON lines: an object for each row, so that a program reads a file of any size in flat memory."""

import json
from collections.abc import Iterable

from kernel.spreadsheets.writers import Row


class JsonLinesWriter:
    """One JSON object a line, with the names of the header. Values are as they are: nothing runs them."""

    content_type = "application/x-ndjson"

    def __init__(self) -> None:
        self._names: Row = ()

    def rows(self, rows: Iterable[Row]) -> bytes:
        lines = []
        for row in rows:
            if self._names:
                lines.append(json.dumps(dict(zip(self._names, row, strict=True)), ensure_ascii=False))
            else:
                self._names = row
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")

    def end(self) -> bytes:
        return b""

    def abort(self) -> bytes:
        return b'{"error": "This export failed here and is incomplete. Export it again."}\n'
