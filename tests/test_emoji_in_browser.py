"""The emoji chooser in Chromium: by keyboard, at the cursor, and the recent ones first."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.cast import Cast
from tests.test_opt_out_in_browser import product, sign_in  # noqa: F401  (a fixture)
from tests.test_undo_in_browser import begin


def test_an_emoji_by_keyboard(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    composer = begin(product, live_server, page)
    composer.fill("Done! See you")
    composer.evaluate("field => field.setSelectionRange(5, 5)")
    page.get_by_role("button", name="Emoji").click()
    chooser = page.get_by_role("dialog", name="Emoji")
    expect(chooser.get_by_role("option").first).to_have_attribute("title", "thumbs up")
    page.keyboard.type("tada")
    expect(chooser.get_by_role("option").first).to_have_attribute("title", "party popper")
    page.keyboard.press("Enter")
    expect(chooser).to_be_hidden()
    expect(composer).to_have_value("Done!🎉 See you")
    expect(composer).to_be_focused()
    expect(page.locator("[data-segments]").first).to_have_text("15/70 · 1 segment · Unicode")

    page.get_by_role("button", name="Emoji").click()
    options = chooser.get_by_role("option")
    expect(options.first).to_have_attribute("title", "party popper")  # the recent one
    expect(chooser.locator("[title='party popper']")).to_have_count(1)
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(8)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(chooser).to_be_hidden()
