"""Crawl of a team's pages: every link and every parameter on them must lead to a page."""

import html
import re
from collections import Counter, deque
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve, reverse

from accounts.models import Team

LINK = re.compile(r'(?:href|hx-get|action)="([^"]+)')
SKIPPED = ("account_logout",)


def crawl(browser: Client, team: Team, most: int) -> Counter[str]:
    """Open up to `most` pages of each kind, following the links of the pages. Returns how many of each were opened."""
    waiting = deque([reverse("inbox", args=[team.slug])])
    seen, opened = set(waiting), Counter[str]()
    while waiting:
        address = waiting.popleft()
        try:
            kind = resolve(unquote(urlsplit(address).path)).url_name or ""
        except Resolver404:
            raise AssertionError(f"a link leads nowhere: {address}") from None
        if kind in SKIPPED or opened[kind] >= most:
            continue
        answer = browser.get(address)
        content = b"".join(answer)  # a streamed export too, to its end
        assert answer.status_code in (200, 204, 302, 405), f"{answer.status_code} {address}"
        opened[kind] += 1
        if "text/html" not in answer.get("Content-Type", ""):
            continue
        for link in map(html.unescape, LINK.findall(content.decode())):
            target = urldefrag(urljoin(address, link)).url
            if target.startswith(f"/t/{team.slug}/") and target not in seen:
                seen.add(target)
                waiting.append(target)
    return opened
