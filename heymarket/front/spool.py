"""Spool: a response that is stored as fast as it is made, and sent as fast as its client reads it."""

import asyncio
from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import IO

IN_MEMORY = 1024 * 1024  # bytes that a client has not read yet; more are kept in a temporary file
PIECE = 64 * 1024  # bytes


class SpoolFull(Exception):
    """The client is further behind than the spool allows."""


class Spool:
    """One writer and one reader, both in the event loop. A client that keeps up leaves nothing on the disk."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
        self._written = self._read = 0
        self._changed = asyncio.Event()

    async def fill(self, parts: AsyncIterator[bytes]) -> None:
        """Store all parts. Raises SpoolFull, and what `parts` raises."""
        async for part in parts:
            self._file.seek(self._written)
            self._file.write(part)
            self._written += len(part)
            self._changed.set()
            if self._written > self.most_bytes:
                raise SpoolFull

    async def pieces(self, filling: "asyncio.Task[None]") -> AsyncIterator[bytes]:
        """What `filling` stores, as it arrives. Raises what it raised, at once."""
        filling.add_done_callback(lambda _: self._changed.set())
        while True:
            self._changed.clear()
            if filling.done():
                filling.result()
            if self._read < self._written:
                yield self._next_piece()
            elif filling.done():
                return
            else:
                await self._changed.wait()

    def _next_piece(self) -> bytes:
        self._file.seek(self._read)
        piece = self._file.read(PIECE)
        self._read += len(piece)
        if self._read == self._written:
            self._file.seek(0)
            self._file.truncate()
            self._read = self._written = 0
        return piece

    def close(self) -> None:
        self._file.close()
