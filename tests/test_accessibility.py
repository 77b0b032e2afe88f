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
from django.urls import Resolver404, resolve, reverse
from playwright.sync_api import Error, Page, expect

from accounts.invitations import invite
from accounts.models import Member, Role, User
from accounts.new_teams import create_team
from accounts.roles.choices import RoleChoice
from accounts.scope_lookups import teams_of_user
from demo import story
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from tests.cast import MARIA, Cast
from tests.contrast import violations_of_new_looks
from tests.messaging.fake_twilio import new_sid
from tests.test_opt_out_in_browser import product, sign_in  # noqa: F401  (a fixture)

START = f"/t/{story.SLUG}/inbox/"
PAGES_OF = {"conversation": 3}  # one that may be texted, and one that may not; one page of all other names
MOST_PAGES = 110
# Elements that reach over the right edge of what scrolls the page, if anything does, and the number of first headings.
WIDE_AND_HEADINGS = """() => {
  const panes = [document.documentElement, document.querySelector("main")];
  const scrolls = panes.some((pane) => pane.scrollWidth > pane.clientWidth);
  const over = (node) => node.getBoundingClientRect().right > innerWidth + 1;
  const shown = [...document.querySelectorAll("h1")].filter((node) => node.checkVisibility());
  const wide = scrolls ? [...document.querySelectorAll("main *")].filter(over).slice(0, 3) : [];
  const words = wide.map((node) => node.outerHTML.slice(0, 120)).join(" ");
  return { wide: scrolls ? words || "?" : "", headings: shown.length };
}"""
# Without animations that follow a scroll position.
ANIMATIONS_END = (
    "() => Promise.all(document.getAnimations()"
    ".filter(({ timeline }) => timeline === document.timeline).map(({ finished }) => finished))"
)


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


def crawl(page: Page, base: str) -> Iterator[str]:
    """Open the pages that links lead to, at most PAGES_OF each view; yields the address of the page that is open."""
    waiting, seen, of_name = deque([START]), {START}, dict[str, int]()
    found = 0
    while waiting and found < MOST_PAGES:
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        address = waiting.popleft()
        try:
            response = page.goto(base + address)
        except Error as error:
            if "Download is starting" in str(error):
                continue
            raise
        assert response
        if response.status != 200 or "text/html" not in response.headers.get("content-type", ""):
            continue
        found += 1
        yield address
        for link in links(response.text(), address):
            name = name_of(link)
            if name and link not in seen and of_name.get(name, 0) < PAGES_OF.get(name, 1):
                seen.add(link)
                of_name[name] = of_name.get(name, 0) + 1
                waiting.append(link)


def links(page: str, base: str) -> Iterator[str]:
    for href in re.findall(r'<a\b[^>]*?\shref="([^"#][^"]*)"', page):
        yield urldefrag(urljoin(base, unescape(href))).url


def name_of(address: str) -> str:
    """The name of a view that shows a page; empty for files and other sites."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or re.search("/export|/attachments/|^/v1/(openapi|postman)", parts.path):
        return ""
    try:
        return resolve(parts.path).url_name or ""
    except Resolver404:
        return ""


def problems_of(page: Page, looks: set[str]) -> Iterator[str]:
    """What axe finds. It need not load style sheets and media for what `autoplaying` replaces."""
    return described(violations_of_new_looks(page, looks, everything=True))


def described(violations: list[Any]) -> Iterator[str]:
    return (
        f"{violation['id']}: {node['target']} {node['html'][:160]} {node['failureSummary'][:300]}"
        for violation in violations
        for node in violation["nodes"][:3]
    )


def problems_of_widths(page: Page) -> Iterator[str]:
    """At 320 and 390 pixels, and at 1,440 in twice the size: nothing scrolls sideways, and one h1 is there."""
    before = page.viewport_size
    assert before
    for width in (720, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        found = page.evaluate(WIDE_AND_HEADINGS)
        if found["wide"]:
            yield f"wider than {width}: {found['wide']}"
        if found["headings"] != 1:
            yield f"{found['headings']} first headings at {width}"
    page.set_viewport_size(before)


def autoplaying(page: Page) -> list[str]:
    return page.locator("[autoplay]").evaluate_all("elements => elements.map((element) => element.outerHTML)")


def problems_of_page(page: Page, address: str, looks: set[str]) -> Iterator[str]:
    """What the open page does wrong: at each width, for axe, by itself, and in the dark scheme."""
    yield from (f"{address}: {problem}" for problem in problems_of_widths(page))
    page.evaluate(Axe().axe_script)
    yield from (f"{address}: {problem}" for problem in problems_of(page, looks))
    yield from (f"{address}: {html} plays by itself" for html in autoplaying(page))
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.evaluate(ANIMATIONS_END)
    in_dark = described(violations_of_new_looks(page, looks))
    yield from (f"{address} (dark): {problem}" for problem in in_dark)


def test_axe_finds_nothing_on_the_first_pages_of_a_new_team(
    cast: Cast, as_client: Callable[[Member], Client], live_server: Any, page: Page
) -> None:
    team = create_team("Novak Bakery", cast.second.user)
    with scope(team.id):
        owner = Member.objects.select_related("user", "team").get(team=team)
        invite("new@novak.example", RoleChoice(Role.MEMBER), [], by=owner)
    session = as_client(owner).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    problems, looks = list[str](), set[str]()
    for name in ("first_steps", "members", "do_not_text", "disagreements"):
        address = reverse(name, args=[team.slug])
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(live_server.url + address)
        problems += problems_of_page(page, address, looks)
    assert problems == [], "\n".join(problems)


def test_axe_finds_nothing_on_the_pages_of_the_demo_and_they_ask_no_other_site(
    demo_owner: Member, as_client: Callable[[Member], Client], live_server: Any, page: Page
) -> None:
    session = as_client(demo_owner).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    names, problems, requested, looks = set[str](), list[str](), set[str](), set[str]()
    page.on("request", lambda request: requested.add(request.url))
    for address in crawl(page, live_server.url):
        names.add(name_of(address))
        problems += problems_of_page(page, address, looks)
    assert len(names) > 25, names
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
