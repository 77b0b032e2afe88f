"""Accessibility: axe finds nothing on the pages of the demo, which ask no other site, and Tab reaches the composer."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from html import unescape
from io import StringIO
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client
from django.urls import Resolver404, resolve
from playwright.sync_api import Page, expect

from accounts.models import Member, User
from accounts.scope_lookups import teams_of_user
from demo import story
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import new_sid
from tests.test_opt_out_in_browser import product, sign_in  # noqa: F401  (a fixture)

START = f"/t/{story.SLUG}/inbox/"
PAGES_OF = {"conversation": 3}  # one that may be texted, and one that may not; one page of all other names
MOST_PAGES = 90


@pytest.fixture
def demo_owner(transactional_db: None, settings: LazySettings) -> Member:
    settings.DEVELOPMENT = True
    call_command("demo", stdout=StringIO())
    for user in User.objects.all():
        for team in teams_of_user(user.pk):
            if (team.slug, team.role) == (story.SLUG, "owner"):
                with scope(team.id):
                    return Member.objects.select_related("user", "team").get(user_id=user.pk)
    raise AssertionError("the demo has no owner")


def crawl(browser: Client) -> list[str]:
    """The addresses of the pages that links lead to, at most PAGES_OF each view."""
    found: list[str] = []
    waiting, seen, of_name = deque([START]), {START}, dict[str, int]()
    while waiting and len(found) < MOST_PAGES:
        address = waiting.popleft()
        response: Any = browser.get(address, follow=True)
        if response.status_code != 200 or "text/html" not in response.get("Content-Type", ""):
            continue
        found.append(address)
        for link in links(response.content.decode(), address):
            name = name_of(link)
            if name and link not in seen and of_name.get(name, 0) < PAGES_OF.get(name, 1):
                seen.add(link)
                of_name[name] = of_name.get(name, 0) + 1
                waiting.append(link)
    return found


def links(page: str, base: str) -> Iterator[str]:
    for href in re.findall(r'<a\b[^>]*?\shref="([^"#][^"]*)"', page):
        yield urldefrag(urljoin(base, unescape(href))).url


def name_of(address: str) -> str:
    """The name of a view that shows a page; empty for files and other sites."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or re.search("/export|/attachments/|^/v1/openapi", parts.path):
        return ""
    try:
        return resolve(parts.path).url_name or ""
    except Resolver404:
        return ""


def problems_of(page: Page, **options: Any) -> list[str]:
    results = page.evaluate("(options) => axe.run(options)", {"resultTypes": ["violations"], **options})
    return [
        f"{violation['id']}: {node['target']} {node['html'][:160]} {node['failureSummary'][:300]}"
        for violation in results["violations"]
        for node in violation["nodes"][:3]
    ]


def test_axe_finds_nothing_on_the_pages_of_the_demo_and_they_ask_no_other_site(
    demo_owner: Member, as_client: Callable[[Member], Client], live_server: Any, page: Page
) -> None:
    browser = as_client(demo_owner)
    addresses = crawl(browser)
    assert len({name_of(address) for address in addresses}) > 25, addresses
    session = browser.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    problems: list[str] = []
    requested: set[str] = set()
    page.on("request", lambda request: requested.add(request.url))
    for address in addresses:
        page.goto(live_server.url + address)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.evaluate(Axe().axe_script)
        problems += [f"{address}: {problem}" for problem in problems_of(page)]
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.evaluate("() => Promise.all(document.getAnimations().map((animation) => animation.finished))")
        in_dark = problems_of(page, runOnly=["color-contrast"])
        problems += [f"{address} (dark): {problem}" for problem in in_dark]
    assert problems == [], "\n".join(problems)
    assert {url for url in requested if not url.startswith(live_server.url)} == set(), "from another origin"


def test_tab_reaches_the_composer_in_three_stops(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    receive(product.front_desk, InboundText(new_sid(), MARIA, "Hello"))
    sign_in(page, live_server.url, product.member.user.email)
    assert "Write a text" not in focusable(page), "there is no composer yet"
    page.locator("#conversations a[data-conversation]").first.click()
    expect(page.get_by_label("Text to Maria Lopez")).to_be_visible()
    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Write a text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Text to Maria Lopez")).to_be_focused()
    page.keyboard.type("Hello")
    expect(page.get_by_label("Text to Maria Lopez")).to_have_value("Hello")


def focusable(page: Page) -> list[str]:
    return page.locator("a.skip").filter(visible=True).all_inner_texts()
