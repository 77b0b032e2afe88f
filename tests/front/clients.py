"""Fake clients and page servers of the front: ASGI calls without a network, and a server on a Unix socket."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.http import HttpResponse

from heymarket.front.application import Front
from heymarket.front.page_server import PageServer
from heymarket.front.webhook_threads import AnswerRequests, WebhookThreads

WEBHOOK = "/webhooks/twilio/messages"
FORM_TYPE = (b"content-type", b"application/x-www-form-urlencoded")


def scope(path: str, method: str = "GET", headers: list[tuple[bytes, bytes]] | None = None) -> dict[str, Any]:
    path, _, query = path.partition("?")
    return {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": headers or [], "http_version": "1.1", "scheme": "http", "client": ("198.51.100.7", 4711),
        "server": ("127.0.0.1", 8000),
    }  # fmt: skip


@dataclass
class FakeClient:
    """A client that sends `parts` and then, unless `stalls`, ends its body. It reads while `reads` is set."""

    parts: list[bytes] = field(default_factory=lambda: [b""])
    stalls: bool = False
    leaves: bool = False
    takes_head: bool = False  # takes the head even while it does not read
    messages: list[Any] = field(default_factory=list)
    asked: int = 0  # how often the front wanted more of the request
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    reads: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.reads.set()
        self._rest = list(self.parts)

    async def receive(self) -> dict[str, Any]:
        self.asked += 1
        if self._rest:
            part = self._rest.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(self._rest) or self.stalls}
        if not self.leaves:
            await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.messages.append(message)
        if not (self.takes_head and message["type"] == "http.response.start"):
            await self.reads.wait()

    @property
    def status(self) -> int | None:
        return next((m["status"] for m in self.messages if m["type"] == "http.response.start"), None)

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        return next(list(m["headers"]) for m in self.messages if m["type"] == "http.response.start")

    @property
    def body(self) -> bytes:
        return b"".join(m.get("body", b"") for m in self.messages)

    @property
    def complete(self) -> bool:
        return any(m["type"] == "http.response.body" and not m.get("more_body") for m in self.messages)


@dataclass
class FakePages:
    """A page server that records each request and responds with `response`, in these parts."""

    response: list[bytes] = field(default_factory=lambda: [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"])
    heads: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    written: int = 0  # responses that were taken whole
    broken: int = 0  # responses whose connection was closed

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        size = next((int(x[15:]) for x in head.lower().split(b"\r\n") if x.startswith(b"content-length:")), 0)
        self.bodies.append(await reader.readexactly(size))
        try:
            for part in self.response:
                writer.write(part)
                await writer.drain()
            self.written += 1
        except ConnectionError:
            self.broken += 1
        writer.close()


@asynccontextmanager
async def front_with(
    folder: Path, pages: FakePages, webhooks: AnswerRequests | None = None, **threads: int
) -> AsyncIterator[Front]:
    """A front whose page and download server are both `pages`."""
    socket = folder / "pages.sock"
    server = await asyncio.start_unix_server(pages.serve, socket, limit=1024)
    front = Front(
        WEBHOOK.__eq__,
        WebhookThreads(webhooks or plain_answer, **threads),
        PageServer(socket, 50),
        PageServer(socket, 50),
    )
    try:
        yield front
    finally:
        server.close()
        for each in (front.pages, front.downloads):
            await each.close()
    front.webhooks.pool.shutdown(wait=False)
    front.webhooks.reports.pool.shutdown(wait=False)


def plain_answer(environs: Iterable[dict[str, Any]]) -> Iterator[dict[int, HttpResponse]]:
    """Each body as the answer."""
    for position, environ in enumerate(environs):
        body = environ["wsgi.input"].read()
        yield {position: HttpResponse(body, headers={"Content-Length": str(len(body))})}


def ask(
    front: Front, client: FakeClient, path: str, method: str = "GET", *headers: tuple[bytes, bytes]
) -> "asyncio.Task[None]":
    return asyncio.ensure_future(front(scope(path, method, list(headers)), client.receive, client.send))


async def until(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0)


def run[T](scenario: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run it in a thread: after a test in Chromium, the main thread has Playwright's event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(scenario())).result(120)
