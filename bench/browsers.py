"""Pages that browsers keep open, as their polls; without Django, so that a process of its own can run them."""

import asyncio
import os
import re
from typing import Any
from urllib.parse import urlsplit

from bench.background_load import NICE
from bench.http_load import get_request

BROWSERS = 1_000
OPENING = 20.0  # seconds in which they are opened
PAUSE = 1.0  # seconds between two polls of a page


def keep_open(count: Any, base: str, headers: dict[str, str], poll: str) -> None:
    """Keep BROWSERS pages open, in a process of its own. `count`: how often they have polled."""
    os.nice(NICE)
    asyncio.run(_poll_all(count, base, headers, poll))


async def _poll_all(count: Any, base: str, headers: dict[str, str], poll: str) -> None:
    polls = [0]
    browsers = [asyncio.create_task(browse(base, headers, poll, nth, polls)) for nth in range(BROWSERS)]
    while not any(browser.done() for browser in browsers):
        await asyncio.sleep(0.5)
        count.value = polls[0]


async def browse(base: str, headers: dict[str, str], poll: str, nth: int, polls: list[int]) -> None:
    """Poll as a page does: again after a second, or at once from the address that an answer brings."""
    address = urlsplit(base)
    await asyncio.sleep(nth / BROWSERS * OPENING)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    while True:
        writer.write(get_request(base + poll, headers))
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        body = await reader.readexactly(int(length[1])) if length else b""
        polls[0] += 1
        if b" 200 " in head.split(b"\r\n")[0]:
            poll = poll_of(body)
        else:  # nothing new, or the server is busy
            await asyncio.sleep(PAUSE)


def poll_of(page: bytes) -> str:
    """The address that a page polls. Raises ValueError if it has none."""
    found = re.search(rb'hx-get="(\S+/changes/\S+)"', page)
    if not found:
        raise ValueError(f"A page without a poll: {page[:300]!r}")
    return found[1].decode().replace("&amp;", "&")
