"""Templates in Chromium: "/" in the empty composer opens the chooser; a choice fills it, also without a script."""

from typing import Any

from playwright.sync_api import Page, expect

from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.text_templates.models import TextTemplate
from messaging.text_templates.templates import make_template
from tests.cast import MARIA, PASSWORD, Cast
from tests.test_opt_out_in_browser import product, sign_in  # noqa: F401  (a fixture)


def begin(cast: Cast, live_server: Any, page: Page) -> Any:
    """Two templates, and the open conversation with Maria; returns its composer."""
    receive(cast.front_desk, InboundText("SM" + "1" * 32, MARIA, "Hello"))
    with scope(cast.northside.id):
        make_template(cast.northside.id, title="Greeting", body="Hi {{ first_name | there }}!", owner=None)
        make_template(cast.northside.id, title="Plan", body="Your plan: {{ email }}.", owner=cast.member)
    sign_in(page, live_server.url, cast.member.user.email)
    page.locator("#conversations a[data-conversation]").first.click()
    return page.get_by_label("Text to Maria Lopez")


def test_the_chooser_by_keyboard(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    composer = begin(product, live_server, page)
    chooser = page.get_by_role("dialog", name="Templates")
    composer.press("/")
    expect(chooser).to_be_visible()
    expect(chooser.get_by_role("option", name="Greeting")).to_be_visible()
    page.keyboard.type("greet")
    expect(chooser.get_by_role("option", name="Plan")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(chooser).to_be_hidden()
    expect(composer).to_have_value("Hi Maria!")
    expect(composer).to_be_focused()
    expect(page.locator("[data-segments]").first).to_have_text("9/160 · 1 segment")
    composer.press("Enter")
    expect(page.get_by_role("log").get_by_text("Hi Maria!")).to_be_visible()
    expect(composer).to_have_value("")
    with scope(product.northside.id):
        assert TextTemplate.objects.get(title="Greeting").uses == 1

    composer.press("/")
    expect(chooser).to_be_visible()
    page.keyboard.press("/")
    expect(composer).to_have_value("/")
    composer.press("/")
    expect(composer).to_have_value("//")  # only the empty composer opens the chooser
    composer.fill("")
    composer.blur()
    page.keyboard.press("/")
    expect(chooser).to_be_hidden()  # outside of fields it is the search


def test_a_field_to_write_out_is_selected(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    composer = begin(product, live_server, page)
    page.get_by_role("link", name="Templates").click()
    page.get_by_role("option", name="Plan").click()
    expect(composer).to_have_value("Your plan: {{ email }}.")
    composer.press("Enter")
    expect(
        page.locator("#composer-foot").get_by_text("{{ email }} is empty for this person.")
    ).to_be_visible()
    expect(composer).to_have_value("Your plan: {{ email }}.")
    composer.fill("")
    page.get_by_role("link", name="Templates").click()
    page.get_by_role("option", name="Plan").click()
    page.keyboard.type("gold")
    expect(composer).to_have_value("Your plan: gold.")


def test_without_javascript(product: Cast, live_server: Any, browser: Any) -> None:  # noqa: F811
    page = browser.new_context(java_script_enabled=False).new_page()
    receive(product.front_desk, InboundText("SM" + "1" * 32, MARIA, "Hello"))
    with scope(product.northside.id):
        make_template(product.northside.id, title="Greeting", body="Hi {{ first_name }}!", owner=None)
    page.goto(f"{live_server.url}/")
    page.get_by_label("Email", exact=True).fill(product.member.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("#conversations a[data-conversation]").first.click()
    page.get_by_role("link", name="Templates").click()
    page.get_by_role("link", name="Greeting").click()
    composer = page.get_by_label("Text to Maria Lopez")
    expect(composer).to_have_value("Hi Maria!")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("log").get_by_text("Hi Maria!")).to_be_visible()
    page.context.close()
