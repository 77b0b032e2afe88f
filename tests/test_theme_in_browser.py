"""The choice of a theme in Chromium: it shows at once, without a new page, and stays."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.cast import Cast
from tests.test_opt_out_in_browser import sign_in

CANVAS = "getComputedStyle(document.documentElement).backgroundColor"
# The colours of the browser's own bar, of those that apply.
BAR = """[...document.querySelectorAll("meta[name=theme-color]")].filter(({ media }) => matchMedia(media).matches)
  .map(({ dataset }) => dataset.theme)"""


def test_a_chosen_theme_shows_at_once_and_stays(cast: Cast, live_server: Any, page: Page) -> None:
    sign_in(page, live_server.url, cast.owner.user.email)
    page.goto(f"{live_server.url}/profile/")
    page.evaluate("window.samePage = true")
    canvas = dict[str, str]()
    for system in ("light", "dark"):
        page.emulate_media(color_scheme=system)  # type: ignore[arg-type]
        canvas[system] = page.evaluate(CANVAS)
    assert canvas["light"] != canvas["dark"]
    for system in ("light", "dark"):
        page.emulate_media(color_scheme=system)  # type: ignore[arg-type]
        for choice in ("Dark", "Light", "System"):
            button = page.get_by_role("main").get_by_role("button", name=choice, exact=True)
            with page.expect_response("**/profile/theme/"):
                button.click()
            shown = choice.lower() if choice != "System" else system
            pressed = page.locator("[data-theme-choice] [aria-pressed=true]")
            expect(pressed).to_have_text([choice, choice])  # of the page, and of the menu
            assert (page.evaluate(CANVAS), page.evaluate(BAR)) == (canvas[shown], [shown]), (system, choice)
    assert page.evaluate("window.samePage"), "the page was not loaded again"
    page.get_by_role("main").get_by_role("button", name="Dark", exact=True).click()
    page.emulate_media(color_scheme="light")
    page.goto(f"{live_server.url}/t/northside-dental/inbox/")
    assert page.evaluate(CANVAS) == canvas["dark"]
