"""ZIP files that are sent while they are written: pieces in, bytes out, in flat memory."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any


class ByteBuffer(io.RawIOBase):
    """The file that zipfile writes to. Each drain() returns the bytes written since the last."""

    def __init__(self) -> None:
        self.pending = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.pending += data
        return len(data)

    def drain(self) -> bytes:
        data, self.pending = bytes(self.pending), bytearray()
        return data


class ZipStream:
    """One ZIP file. Without its end() nothing opens it, so a file that failed is not taken for complete."""

    def __init__(self, at: datetime) -> None:
        self._buffer = ByteBuffer()
        self._zip = zipfile.ZipFile(self._buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._at = at.timetuple()[:6]

    def add(self, name: str, pieces: Iterable[bytes], *, compressed: bool = True) -> Iterator[bytes]:
        """The bytes of one more file, as its pieces come."""
        info = zipfile.ZipInfo(name, self._at)
        info.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        with self._zip.open(info, "w") as file:
            for piece in pieces:
                file.write(piece)
                if data := self._buffer.drain():
                    yield data
        yield self._buffer.drain()

    def end(self) -> bytes:
        self._zip.close()
        return self._buffer.drain()
