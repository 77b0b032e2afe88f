"""Sending of responses: a short one at once, a long one from a spool at the speed of its client."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp

from heymarket.front.bodies import Message, Receive, Send
from heymarket.front.page_server import response_headers
from heymarket.front.refusals import Answer, ClientGone, restarting
from heymarket.front.spool import Spool

SHORT = 256 * 1024  # bytes
MOST_SPOOLED = 4 * 1024**3  # bytes that one client may leave unread
# A client must read RATE bytes per second on average, beyond the first PATIENCE seconds.
PATIENCE, RATE = 60.0, 5_000


class TooSlow(Exception):
    """The client reads too slowly. The connection is closed without the end of the response, as clients notice."""


async def send_answer(send: Send, answer: Answer) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


async def send_response(response: aiohttp.ClientResponse, receive: Receive, send: Send) -> None:
    """Send a page server's response. Raises ClientGone, TooSlow, SpoolFull and RefusedRequest (503)."""
    headers, length = response_headers(response), response.content_length
    if response.method == "HEAD" or (length is not None and length <= SHORT):
        try:
            body = await response.read()
        except (aiohttp.ClientError, OSError) as error:
            raise restarting() from error
        await send_answer(send, Answer(response.status, headers, body))
        return
    head = {"type": "http.response.start", "status": response.status, "headers": headers}
    await _send_spooled(head, response.content.iter_any(), receive, send)


async def _send_spooled(head: Message, parts: AsyncIterator[bytes], receive: Receive, send: Send) -> None:
    """Take all parts at once, whether or not the client reads."""
    spool = Spool(MOST_SPOOLED)
    filling = asyncio.create_task(spool.fill(parts))
    leaving = asyncio.create_task(_await_disconnect(receive))
    try:
        await send(head)
        sender = _PatientSender(send)
        async for piece in spool.pieces(filling):
            if leaving.done():
                raise ClientGone
            await sender.send(piece)
        await send({"type": "http.response.body", "body": b""})
    finally:
        filling.cancel()
        leaving.cancel()
        await asyncio.wait([filling, leaving])
        spool.close()


class _PatientSender:
    """Sends pieces, and counts only the time for which the client made it wait."""

    def __init__(self, send: Send) -> None:
        self._send, self._sent, self._waited = send, 0, 0.0

    async def send(self, piece: bytes) -> None:
        """Raises TooSlow."""
        clock = asyncio.get_running_loop()
        began = clock.time()
        try:
            async with asyncio.timeout(PATIENCE + self._sent / RATE - self._waited):
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        except TimeoutError:
            raise TooSlow from None
        self._sent, self._waited = self._sent + len(piece), self._waited + clock.time() - began


async def _await_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
