"""Live texts: how long a text takes to those who watch its thread, while a thousand pages are open.

The pages poll as browsers do. After a change each of them fetches its list again, and those that watch a thread fetch
the thread too. A text has reached a page when the page has received a thread that contains it.
"""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from accounts.models import Inbox, Member
from bench import teams
from bench.browsers import BROWSERS, OPENING, PAUSE, poll_of
from bench.http_load import get_request, send_all
from bench.inbound import text_webhooks
from bench.installation import NotMeasured
from kernel.tenancy import scope
from messaging.models import Conversation

WATCHERS = 10  # pages with the thread open; the other pages show the inbox alone
TEXTS, EVERY = 40, 2.0  # texts to the thread, and seconds between them
LAST = 10.0  # seconds that the last one may take
TEXT = re.compile(rb"live text (\d+)\.")


@dataclass
class Reached:
    """Seconds from a webhook's request until a page has its text, of each text and page; and how many never came."""

    seconds: list[float] = field(default_factory=list)
    missing: int = 0

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(len(self.seconds) * share))] * 1000


@dataclass(frozen=True)
class OpenPage:
    """A page with its first poll, the list that it fetches after a change, and the thread if it watches one."""

    headers: dict[str, str]
    poll: str
    list: str
    thread: str = ""


def measure(address: tuple[str, int], team_size: int) -> Reached:
    """Open BROWSERS pages, `team_size` of each team. The thread of the first team has WATCHERS and gets TEXTS."""
    pages, webhooks = list[OpenPage](), list[bytes]()
    for nth in range(BROWSERS // team_size):
        member, inbox = teams.create_team(
            f"Live{team_size}x{nth}", f"+1510{5_000_000 + team_size * 1000 + nth}"
        )
        if not webhooks:
            webhooks = _texts(inbox)
            send_all(address, webhooks[:1])
            pages += [_page(address, member, _conversation(inbox))] * WATCHERS
        others = team_size - (WATCHERS if nth == 0 else 0)
        pages += [_page(address, member)] * others
    return asyncio.run(_Watch(address, pages).over(webhooks[1:]))


def _texts(inbox: Inbox) -> list[bytes]:
    """Webhooks of one person's texts; the first one creates the conversation."""
    sids = (f"SM{inbox.id:016d}{n:016d}" for n in range(TEXTS + 1))
    return [text_webhooks(inbox, f"live text {n}.", _person(), 1, sids)[0] for n in range(TEXTS + 1)]


def _person() -> Iterator[str]:
    yield "+16285550100"


def _conversation(inbox: Inbox) -> int:
    with scope(inbox.team_id):
        return Conversation.objects.get(team_id=inbox.team_id, inbox_id=inbox.id).id


def _page(address: tuple[str, int], member: Member, conversation: int | None = None) -> OpenPage:
    name, value = teams.session_cookie(member)
    headers = {"Cookie": f"{name}={value}"}
    team = f"/t/{member.team.slug}"
    opened = f"{team}/conversations/{conversation}/" if conversation else f"{team}/inbox/"
    found = send_all(address, [get_request(f"http://{address[0]}:{address[1]}{opened}", headers)], 1).newest
    return OpenPage(headers, poll_of(found), f"{team}/inbox/", f"{opened}thread/" if conversation else "")


class _Watch:
    """Open pages, when each text was sent, and when the pages had it."""

    def __init__(self, address: tuple[str, int], pages: list[OpenPage]) -> None:
        self.address, self.pages = address, pages
        self.sent: dict[int, float] = {}
        self.seen: dict[tuple[int, int], float] = {}  # by page and text

    async def over(self, webhooks: list[bytes]) -> Reached:
        browsing = [asyncio.create_task(self._browse(nth, page)) for nth, page in enumerate(self.pages)]
        await asyncio.sleep(OPENING + 5)
        connection = await self._connect()
        for nth, webhook in enumerate(webhooks, start=1):
            self.sent[nth] = time.monotonic()
            await connection.ask(webhook)
            await asyncio.sleep(EVERY)
        await asyncio.sleep(LAST)
        if failed := [browser for browser in browsing if browser.done()]:
            raise NotMeasured(f"{len(failed)} pages stopped: {failed[0].exception()}")
        for browser in browsing:
            browser.cancel()
        taken = [at - self.sent[text] for (_, text), at in self.seen.items()]
        return Reached(taken, WATCHERS * len(webhooks) - len(taken))

    async def _browse(self, nth: int, page: OpenPage) -> None:
        await asyncio.sleep(nth / BROWSERS * OPENING)
        polling, poll = await self._connect(), page.poll
        while True:
            head, body = await polling.ask(self._get(poll, page))
            if b" 200 " not in head.split(b"\r\n")[0]:  # nothing new, or the server is busy
                await asyncio.sleep(PAUSE)
                continue
            poll = poll_of(body)
            if b"changed" in head:
                await asyncio.gather(self._fetch(page.list, page), self._read_thread(nth, page))
            await asyncio.sleep(0.1)

    async def _fetch(self, path: str, page: OpenPage) -> bytes:
        """Over a connection of its own: an idle one is closed."""
        connection = await self._connect()
        _, body = await connection.ask(self._get(path, page))
        connection.writer.close()
        return body

    async def _read_thread(self, nth: int, page: OpenPage) -> None:
        body = await self._fetch(page.thread, page) if page.thread else b""
        now = time.monotonic()
        for text in map(int, TEXT.findall(body)):
            if text in self.sent:
                self.seen.setdefault((nth, text), now)

    def _get(self, path: str, page: OpenPage) -> bytes:
        headers = {**page.headers, "HX-Request": "true"}
        return get_request(f"http://{self.address[0]}:{self.address[1]}{path}", headers)

    async def _connect(self) -> "_HttpConnection":
        return _HttpConnection(*await asyncio.open_connection(*self.address))


@dataclass(frozen=True)
class _HttpConnection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, request: bytes) -> tuple[bytes, bytes]:
        """The head and the body of the response."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        return head, await self.reader.readexactly(int(length[1])) if length else b""
