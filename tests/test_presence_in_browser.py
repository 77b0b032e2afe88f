"""Presence in Chromium: two members at one conversation see each other, and a crossing send asks first."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.compose import compose_text
from messaging.inbound import receive
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import new_sid
from tests.test_opt_out_in_browser import WITHIN, product, sign_in  # noqa: F401  (a fixture)


def open_first(page: Page) -> None:
    page.locator("#conversations a[data-conversation]").first.click()
    expect(page.get_by_role("log").get_by_text("Are you open?")).to_be_visible()


def test_two_members_at_one_conversation(
    product: Cast,  # noqa: F811
    live_server: Any,
    page: Page,
    browser: Browser,
) -> None:
    receive(product.front_desk, InboundText(new_sid(), MARIA, "Are you open?"))
    sign_in(page, live_server.url, product.member.user.email)
    olivia = browser.new_page()
    sign_in(olivia, live_server.url, product.owner.user.email)
    open_first(page)
    row = olivia.locator("#conversations .presence")
    expect(row).to_have_text("MC", timeout=WITHIN)

    open_first(olivia)
    head = olivia.locator("#head .presence")
    expect(head).to_have_text("Maya Chen is looking at this", timeout=WITHIN)
    expect(page.locator("#head .presence")).to_have_text("Olivia Owens is looking at this", timeout=WITHIN)
    page.get_by_label("Text to Maria Lopez").press_sequentially("Yes, until")
    expect(head).to_have_text("Maya Chen is typing a reply", timeout=WITHIN)

    page.go_back()
    expect(head).to_be_hidden(timeout=WITHIN)
    expect(row).to_be_hidden()
    olivia.context.close()


def test_a_reply_that_crosses_a_colleagues_asks_first(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    receive(product.front_desk, InboundText(new_sid(), MARIA, "Are you open?"))
    sign_in(page, live_server.url, product.member.user.email)
    open_first(page)
    composer = page.get_by_label("Text to Maria Lopez")
    composer.press_sequentially("Yes, until six")
    with scope(product.northside.id):
        compose_text(product.front_desk, MARIA, "We close at 6", author=product.owner)
    log = page.get_by_role("log")
    expect(log.get_by_text("We close at 6")).to_be_visible()
    composer.press("Enter")
    question = page.get_by_role("alert")
    expect(question).to_contain_text("Olivia Owens replied")
    expect(composer).to_have_value("Yes, until six")
    question.get_by_role("link", name="Do not send").click()
    expect(question).to_be_hidden()
    expect(composer).to_be_focused()
    composer.press("Enter")
    question.get_by_role("button", name="Send anyway").click()
    expect(log.get_by_text("Yes, until six")).to_be_visible()
    expect(question).to_be_hidden()
    expect(composer).to_have_value("")
    with scope(product.northside.id):
        compose_text(product.front_desk, MARIA, "Closed on Sunday", author=product.owner)
    expect(log.get_by_text("Closed on Sunday")).to_be_visible()
    composer.fill("See you then")
    composer.press("Enter")
    expect(log.get_by_text("See you then")).to_be_visible()
    expect(log.get_by_text("Sending…")).to_have_count(0)
