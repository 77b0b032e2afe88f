"""Search, palette, recipients and the table of keys in Chromium, by keyboard alone."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from optout import consent
from optout.consent_types import Actor
from tests.cast import MARIA, TOM, Cast
from tests.test_opt_out_in_browser import product, sign_in  # noqa: F401  (a fixture)


def receive_texts(cast: Cast, count: int) -> None:
    for n in range(count):
        receive(cast.front_desk, InboundText(f"SM{n:032d}", MARIA, f"Line {n}" + " needle" * (n == 20)))


def top_of(shown: Locator) -> float:
    """Where it is shown, in pixels from the top of the window."""
    box = shown.bounding_box()
    assert box
    return box["y"]


def test_slash_searches_and_a_hit_opens_in_its_thread(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    receive_texts(product, 120)
    sign_in(page, live_server.url, product.member.user.email)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("needle")
    page.keyboard.press("Enter")
    expect(page.locator("mark")).to_have_text("needle")
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    log = page.get_by_role("log")
    hit = log.get_by_text("Line 20 needle", exact=True)
    expect(hit).to_be_in_viewport()
    expect(log.get_by_text("Line 40", exact=True)).to_be_attached()
    expect(log.get_by_text("Line 41", exact=True)).to_have_count(0)

    later = page.get_by_role("link", name="Show later")
    later.scroll_into_view_if_needed()
    last = log.get_by_text("Line 40", exact=True)
    place = top_of(last)
    later.click()
    expect(log.get_by_text("Line 80", exact=True)).to_be_attached()
    assert abs(top_of(last) - place) < 1, "the texts that were shown stay where they are"

    earlier = page.get_by_role("link", name="Show earlier")
    expect(earlier).to_have_count(0)  # the window began at the first text
    receive(product.front_desk, InboundText("SM" + "9" * 32, MARIA, "A new text"))
    expect(page.locator("#conversations").get_by_text("A new text")).to_be_visible()
    assert abs(top_of(last) - place) < 1
    page.get_by_role("link", name="Newest texts").click()
    expect(log.get_by_text("A new text")).to_be_in_viewport()


def test_a_text_sent_from_an_older_part_appears(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    receive_texts(product, 100)
    sign_in(page, live_server.url, product.member.user.email)
    page.goto(f"{live_server.url}/t/northside-dental/inbox/search/?q=needle")
    page.get_by_role("link", name="needle").click()
    composer = page.get_by_label("Text to Maria Lopez")
    composer.fill("Found it")
    composer.press("Enter")
    expect(page.get_by_role("log").get_by_text("Found it")).to_be_in_viewport()
    expect(page.get_by_role("log").get_by_text("Line 99", exact=True)).to_be_visible()


def test_the_palette_by_keyboard(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    receive_texts(product, 1)
    sign_in(page, live_server.url, product.member.user.email)
    row = page.locator("#conversations a").first
    row.focus()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="People, pages and actions")
    expect(field).to_be_focused()
    expect(page.get_by_role("option", name="New conversation")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    expect(row).to_be_focused()

    page.keyboard.press("Control+k")
    page.keyboard.type("conta")
    expect(page.get_by_role("option", name="Closed")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="New contact")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/t/northside-dental/contacts/")

    page.keyboard.press("Control+k")
    page.keyboard.type("maria")
    expect(page.get_by_role("option", name="Maria Lopez")).to_be_visible()
    expect(page.get_by_role("option", name="Maria Lopez")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_text("Line 0")).to_be_visible()


def test_to_suggests_people_by_keyboard(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    with scope(product.northside.id):
        consent.opt_out(product.northside.id, TOM, Actor.of(product.owner), reason="they asked us")
    sign_in(page, live_server.url, product.member.user.email)
    page.keyboard.press("n")
    field = page.get_by_role("combobox", name="To")
    expect(field).to_be_focused()
    page.keyboard.type("becker")
    stopped = page.get_by_role("option", name="Tom Becker")
    expect(stopped).to_contain_text("Opted out")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")  # cannot be chosen: it says why
    expect(page.get_by_role("heading", name="Opted out").first).to_be_visible()
    page.go_back()
    field.fill("")
    page.keyboard.type("mar")
    expect(page.get_by_role("option", name="Maria Lopez")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_have_value("(415) 555-0101")
    expect(page.get_by_role("listbox", name="People")).to_be_hidden()
    page.get_by_label("Text", exact=True).fill("Hello Maria")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("log").get_by_text("Hello Maria")).to_be_visible()


def test_the_table_of_keys_shows_what_the_page_has(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    receive_texts(product, 1)
    sign_in(page, live_server.url, product.member.user.email)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys of this page")
    for key, label in {
        "/": "Search",
        "n": "New conversation",
        "j": "Next in the list",
        "Ctrl K": "Find people",
    }.items():
        expect(keys.get_by_role("row", name=f"{key} {label}")).to_be_visible()
    page.keyboard.press("n")
    expect(keys).to_be_visible()  # keys of the page do nothing behind a dialog
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("n")
    expect(page.get_by_role("combobox", name="To")).to_be_focused()
