"""The front's ASGI application: reads each request, has it answered elsewhere, and sends the answer.

carrier webhooks  ->  webhook threads of this process
downloads         ->  the download server         at most DOWNLOADS_PER_TEAM of a team at a time
polls for changes ->  held until there is something to tell, then the page server
reads that wait   ->  the page server; held, and made again, while it has nothing to tell
everything else   ->  the page server
"""

import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import aiohttp

from heymarket.front.bodies import FORM, UPLOAD, WEBHOOK, BodyLimits, BodyReader, Receive, Send
from heymarket.front.environ import wsgi_environ
from heymarket.front.held_polls import HeldPoll, HeldPolls
from heymarket.front.held_reads import HeldReads, may_wait
from heymarket.front.page_server import PageServer
from heymarket.front.refusals import Answer, ClientGone, RefusedRequest
from heymarket.front.sending import TooSlow, send_answer, send_response
from heymarket.front.spool import SpoolFull
from heymarket.front.webhook_threads import WebhookThreads
from kernel.metrics import counter
from kernel.request_id import HEADER, accept
from messaging.verified_webhook import ARRIVED_AT

refused = counter(
    "refused_requests", "Requests that the front refused: busy, too large, too slow.", ["status"]
)
log = logging.getLogger(__name__)

type Scope = Mapping[str, Any]

# Files of many rows, and attachments that may be large. A test compares it with the URLs of the product.
DOWNLOAD = re.compile(
    r"/t/(?P<team>[^/]+)/(.*(/export/|/remarks/|/refused-rows\.csv)|attachments/[0-9]+/download/)"
)
DOWNLOADS_PER_TEAM = 3
NOTHING_NEW = Answer(204, [], b"")
GIGABYTE = 1024**3


class Front:
    def __init__(
        self,
        is_webhook: Callable[[str], object],
        webhooks: WebhookThreads,
        pages: PageServer,
        downloads: PageServer,
        sockets: Path | None = None,
    ) -> None:
        """`sockets` is the folder in which the web server tells that it stops."""
        self.is_webhook, self.webhooks = is_webhook, webhooks  # asked with a path
        self.pages, self.downloads = pages, downloads
        self.polls, self.reads = HeldPolls(folder=sockets), HeldReads(folder=sockets)
        self.webhook_bodies = BodyReader(1000, GIGABYTE // 16)
        self.page_bodies = BodyReader(500, 2 * GIGABYTE)
        self.downloading: Counter[str] = Counter()  # by team

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        scope = with_request_id(scope)
        # A client that has left needs no answer. One that reads too slowly, or a full spool, ends the response.
        with suppress(ClientGone):
            try:
                await self._answer(scope, receive, send)
            except RefusedRequest as refusal:
                refused.labels(refusal.status).inc()
                await send_answer(send, refusal.answer)
            except (TooSlow, SpoolFull) as error:
                log.warning("download given up: %s", type(error).__name__)
                raise

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.is_webhook(scope["path"]):
            with await self._read(self.webhook_bodies, receive, scope, WEBHOOK) as body:
                environ = wsgi_environ(scope, body)
                environ[ARRIVED_AT] = time.perf_counter()
                await send_answer(send, await self.webhooks.answer(environ))
        elif poll := HeldPoll.read(scope):
            await self._hold(poll, scope, receive, send)
        elif may_wait(scope):
            await self._hold_read(scope, receive, send)
        elif download := DOWNLOAD.fullmatch(scope["path"]):
            await self._download(download["team"], scope, receive, send)
        else:
            await self._pass_on(self.pages, scope, receive, send)

    async def _download(self, team: str, scope: Scope, receive: Receive, send: Send) -> None:
        if self.downloading[team] >= DOWNLOADS_PER_TEAM:
            raise RefusedRequest(503, "Your team has several downloads running. Try again in a minute.", 60)
        self.downloading[team] += 1
        try:
            await self._pass_on(self.downloads, scope, receive, send)
        finally:
            self.downloading[team] -= 1
            self.downloading += Counter()  # without the teams that have none

    async def _hold(self, poll: HeldPoll, scope: Scope, receive: Receive, send: Send) -> None:
        with await self._read(self.page_bodies, receive, scope, _limits(scope)) as body:
            if await self.polls.nothing_changes(poll, receive):
                await send_answer(send, NOTHING_NEW)
            else:
                await self._respond(self.pages, body, scope, receive, send)

    async def _hold_read(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.monotonic()
        with await self._read(self.page_bodies, receive, scope, _limits(scope)) as body:
            response = await self.pages.request(scope, body)
            while hold := self.reads.hold(response.headers, began):
                self.pages.done(response)
                await self.reads.wait(hold, receive)
                response = await self.pages.request(scope, body)
            await self._send(self.pages, response, receive, send)

    async def _pass_on(self, server: PageServer, scope: Scope, receive: Receive, send: Send) -> None:
        with await self._read(self.page_bodies, receive, scope, _limits(scope)) as body:
            await self._respond(server, body, scope, receive, send)

    async def _respond(
        self, server: PageServer, body: IO[bytes], scope: Scope, receive: Receive, send: Send
    ) -> None:
        await self._send(server, await server.request(scope, body), receive, send)

    async def _send(
        self, server: PageServer, response: aiohttp.ClientResponse, receive: Receive, send: Send
    ) -> None:
        try:
            await send_response(response, receive, send)
        finally:
            server.done(response)

    async def _read(
        self, bodies: BodyReader, receive: Receive, scope: Scope, limits: BodyLimits
    ) -> IO[bytes]:
        length = _header(scope, b"content-length")
        return await bodies.read(receive, limits, int(length) if length.isdigit() else None)


def with_request_id(scope: Scope) -> Scope:
    """The request with an ID in its headers, as a proxy or we gave it: workers and page servers log it, too."""
    name = HEADER.lower().encode()
    id = accept(_header(scope, name).decode("latin-1")).encode()
    return {**scope, "headers": [*(pair for pair in scope["headers"] if pair[0].lower() != name), (name, id)]}


def _limits(scope: Scope) -> BodyLimits:
    is_upload = _header(scope, b"content-type").startswith(b"multipart/form-data")
    return UPLOAD if is_upload and scope["path"].startswith("/t/") else FORM


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key.lower() == name), b"")
