"""Request bodies: each is read whole, within limits of size and time, before anybody works on the request."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from heymarket.front.refusals import ClientGone, RefusedRequest

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

IN_MEMORY = 256 * 1024  # bytes of a body; a larger one is kept in a temporary file


@dataclass(frozen=True)
class BodyLimits:
    """At most `size` bytes, within `seconds` and a second more for each `rate` bytes that arrived (0: no more)."""

    size: int
    seconds: float
    rate: int = 0

    def seconds_for(self, received: int) -> float:
        return self.seconds + (received / self.rate if self.rate else 0)


# A carrier webhook has a few kilobytes and is sent at once.
WEBHOOK = BodyLimits(64 * 1024, 10.0)
FORM = BodyLimits(1024 * 1024, 30.0, 20_000)
# The largest file of an import, and the rest of its form.
UPLOAD = BodyLimits(251 * 1024 * 1024, 30.0, 20_000)


class BodyReader:
    """Reads the bodies of many requests at once, each in a task and none in a thread.

    Only `most` bodies are read at a time, with at most `most_bytes` in all. Whenever there are more, the one that has
    taken longest is refused: a client that sends its body at once is never the one.
    """

    def __init__(self, most: int, most_bytes: int) -> None:
        self.most, self.most_bytes = most, most_bytes
        self._sizes: dict[asyncio.Timeout, int] = {}  # bytes so far by deadline, oldest body first

    async def read(self, receive: Receive, limits: BodyLimits, declared: int | None) -> IO[bytes]:
        """The body, at its start. Raises RefusedRequest (408, 413) and ClientGone. `declared`: its Content-Length."""
        if declared is not None and declared > limits.size:
            raise _too_large(limits)
        body: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (the caller closes it)
        try:
            await self._fill(body, receive, limits)
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return body

    async def _fill(self, body: IO[bytes], receive: Receive, limits: BodyLimits) -> None:
        started, size = asyncio.get_running_loop().time(), 0
        try:
            async with asyncio.timeout(limits.seconds) as deadline:
                try:
                    self._admit(deadline, 0)
                    async for part in _parts(receive):
                        size += len(part)
                        if size > limits.size:
                            raise _too_large(limits)
                        body.write(part)
                        deadline.reschedule(started + limits.seconds_for(size))
                        self._admit(deadline, size)
                finally:
                    self._sizes.pop(deadline, None)
        except TimeoutError:
            raise RefusedRequest(408, "The request took too long to arrive. Send it again.") from None

    def _admit(self, deadline: asyncio.Timeout, size: int) -> None:
        self._sizes[deadline] = size
        if len(self._sizes) > self.most or (size and sum(self._sizes.values()) > self.most_bytes):
            oldest = next(iter(self._sizes))
            del self._sizes[oldest]
            oldest.reschedule(0)  # its time is over


async def _parts(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGone
        if part := message.get("body", b""):
            yield part
        more = message.get("more_body", False)


def _too_large(limits: BodyLimits) -> RefusedRequest:
    size = f"{limits.size // 1024:,} kB" if limits.size < 1024**2 else f"{limits.size // 1024**2:,} MB"
    return RefusedRequest(413, f"The request is larger than {size}. Split it into smaller ones.")
