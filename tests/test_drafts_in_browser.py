"""Drafts in Chromium: through a lost connection, to another browser, and when a STOP arrives while somebody types."""

from typing import Any

from playwright.sync_api import Page, expect

from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.drafts.models import Draft
from messaging.inbound import receive
from tests.cast import MARIA, TOM, Cast
from tests.test_opt_out_in_browser import product, sign_in  # noqa: F401  (a fixture)
from tests.test_undo_in_browser import begin


def open_conversation(page: Page, live_server: Any) -> Any:
    page.goto(f"{live_server.url}/t/northside-dental/inbox/")
    page.locator("#conversations a[data-conversation]").first.click()
    return page.get_by_label("Text to Maria Lopez")


def test_a_draft_follows_its_member(product: Cast, live_server: Any, page: Page, browser: Any) -> None:  # noqa: F811
    composer = begin(product, live_server, page)
    composer.fill("Half a sentence")
    expect(page.locator(".draft-mark")).to_be_visible()
    phone = browser.new_context().new_page()
    sign_in(phone, live_server.url, product.member.user.email)
    on_phone = open_conversation(phone, live_server)
    expect(on_phone).to_have_value("Half a sentence")
    expect(phone.locator("[data-segments]").first).to_have_text("15/160 · 1 segment")
    on_phone.press("Enter")
    expect(phone.locator(".draft-mark")).to_have_count(0)
    with scope(product.northside.id):
        assert not Draft.objects.exists()
    phone.context.close()


def test_a_draft_survives_a_lost_connection(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    composer = begin(product, live_server, page)
    page.route("**/draft/", lambda route: route.abort())
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/draft/")):
        composer.fill("Written in a tunnel")
    page.unroute("**/draft/")
    composer = open_conversation(page, live_server)
    expect(composer).to_have_value("Written in a tunnel")
    expect(page.locator(".draft-mark")).to_be_visible()
    with scope(product.northside.id):
        assert [draft.body for draft in Draft.objects.all()] == ["Written in a tunnel"]
    composer.fill("")
    expect(page.locator(".draft-mark")).to_have_count(0)
    expect(open_conversation(page, live_server)).to_have_value("")


def test_a_stop_while_somebody_types_keeps_the_draft(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    composer = begin(product, live_server, page)
    composer.press_sequentially("See you at ni")
    receive(product.front_desk, InboundText("SM" + "2" * 32, MARIA, "STOP"))
    expect(composer).to_have_count(0)
    draft = page.get_by_label("Your draft was not sent. You can copy it.")
    expect(draft).to_have_value("See you at ni")
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Discard").click()
    expect(draft).to_have_count(0)


def test_the_draft_of_a_new_conversation(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    sign_in(page, live_server.url, product.member.user.email)
    address = f"{live_server.url}/t/northside-dental/conversations/new/"
    page.goto(address)
    to, body = page.get_by_label("To", exact=True), page.get_by_label("Text", exact=True)
    expect(to).to_be_focused()
    to.fill(TOM)
    body.fill("Your frames are here")
    for _ in range(2):  # out of the field, and back to the list
        page.keyboard.press("Escape")
    expect(page).to_have_url(f"{live_server.url}/t/northside-dental/inbox/")
    page.goto(address)
    expect(to).to_have_value(TOM)
    expect(body).to_have_value("Your frames are here")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("log").get_by_text("Your frames are here")).to_be_visible()
    page.goto(address)
    expect(to).to_have_value("")
    expect(body).to_have_value("")
