"""Bulk work in Chromium: rows are ticked by key and by click, and closing opens the next conversation."""

from typing import Any

from playwright.sync_api import Page, expect

from messaging.carriers.base import InboundText
from messaging.inbound import receive
from tests.cast import Cast
from tests.test_opt_out_in_browser import product, sign_in  # noqa: F401  (a fixture)

PEOPLE = 12


def receive_texts(cast: Cast) -> None:
    for n in range(PEOPLE):
        receive(cast.front_desk, InboundText(f"SM{n:032d}", f"+1415555{2000 + n}", f"Text {n}"))


def test_rows_are_ticked_and_worked_on_by_key(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    receive_texts(product)
    sign_in(page, live_server.url, product.member.user.email)
    rows = page.locator("#conversations a[data-conversation]")
    ticked = page.locator("#conversations :checked")
    bar = page.get_by_role("form", name="Work on the ticked conversations")
    expect(rows).to_have_count(PEOPLE)
    expect(bar).to_be_hidden()

    page.keyboard.press("j")
    expect(page.get_by_role("log").get_by_text("Text 11", exact=True)).to_be_visible()
    page.keyboard.press("x")
    page.locator(".tick").nth(3).click(modifiers=["Shift"])
    expect(ticked).to_have_count(4)
    receive(product.front_desk, InboundText("SM" + "9" * 32, "+14155552010", "Are you there?"))
    expect(rows.filter(has_text="Are you there?")).to_have_count(1)
    expect(ticked).to_have_count(4)
    page.keyboard.press("e")
    expect(page.get_by_role("status").get_by_text("4 closed.")).to_be_visible()
    expect(rows).to_have_count(PEOPLE - 4)
    expect(ticked).to_have_count(0)
    expect(bar).to_be_hidden()

    page.locator(".tick").first.click()
    bar.get_by_label("Select all loaded conversations").check()
    expect(ticked).to_have_count(PEOPLE - 4)
    page.keyboard.press("Escape")
    expect(ticked).to_have_count(0)

    page.locator(".tick").first.click()
    page.keyboard.press("a")
    page.keyboard.press("m")
    expect(page.get_by_role("status").get_by_text("1 assigned to Maya Chen.")).to_be_visible()
    expect(rows.first.get_by_text("Maya Chen")).to_be_visible()

    page.locator(".tick").first.click()
    bar.get_by_label("Select all loaded conversations").check()
    receive(product.front_desk, InboundText("SM" + "8" * 32, "+14155552005", "And on Sunday?"))
    expect(rows.filter(has_text="And on Sunday?")).to_have_count(1)
    expect(ticked).to_have_count(PEOPLE - 4)


def test_closing_opens_the_next_conversation(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    receive_texts(product)
    sign_in(page, live_server.url, product.member.user.email)
    rows = page.locator("#conversations a[data-conversation]")
    rows.nth(PEOPLE - 3).click()
    for n in (2, 1, 0):
        expect(page.get_by_role("log").get_by_text(f"Text {n}", exact=True)).to_be_visible()
        expect(rows).to_have_count(PEOPLE - 2 + n)
        page.keyboard.press("e")
    expect(page.get_by_text("That was the last one in this list.")).to_be_visible()
    expect(rows).to_have_count(PEOPLE - 3)


def test_the_bar_fits(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    receive_texts(product)
    sign_in(page, live_server.url, product.member.user.email)
    for width in (1440, 1024, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.locator(".tick input").nth(1).check()
        bar = page.get_by_role("form", name="Work on the ticked conversations").bounding_box()
        assert bar and bar["x"] >= 0 and bar["x"] + bar["width"] <= width


def test_an_open_conversation_stays_unread_once_marked(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    receive_texts(product)
    sign_in(page, live_server.url, product.member.user.email)
    unread = page.locator("#conversations a[data-unread]")
    page.locator("#conversations a[data-conversation]").nth(4).click()
    expect(unread).to_have_count(PEOPLE - 1)
    page.keyboard.press("U")
    expect(unread).to_have_count(PEOPLE)
    receive(product.front_desk, InboundText("SM" + "9" * 32, "+14155559999", "Elsewhere"))
    expect(unread).to_have_count(PEOPLE + 1)
    receive(product.front_desk, InboundText("SM" + "8" * 32, "+14155552007", "A new one here"))
    expect(page.get_by_role("log").get_by_text("A new one here")).to_be_visible()
    expect(unread).to_have_count(PEOPLE)  # the new one is read, and the others are not


def test_keys_lead_to_the_actions_for_ticked_contacts(cast: Cast, live_server: Any, page: Page) -> None:
    sign_in(page, live_server.url, cast.owner.user.email)
    page.goto(f"{live_server.url}/t/northside-dental/contacts/")
    page.locator("tbody [type=checkbox]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys of this page")
    expect(keys.get_by_role("row", name="b Actions for selected contacts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("b")
    expect(page.locator("[name=all]")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Add to list")).to_be_focused()
