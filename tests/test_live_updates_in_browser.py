"""Live updates in Chromium: they arrive, move nothing that is read, and continue after a lost connection."""

from typing import Any

from playwright.sync_api import Page, expect

from messaging.carriers.base import InboundText
from messaging.inbound import receive
from tests.cast import Cast
from tests.messaging.fake_twilio import new_sid
from tests.test_opt_out_in_browser import product, sign_in  # noqa: F401  (a fixture)

PEOPLE = 30
ARRIVING = 10
MAX_SHIFT = 0.02
OBSERVE_SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      const sources = entry.sources.map(({ node }) => node?.id || node?.className || node?.nodeName);
      window.shifts.push({ value: entry.value, sources });
    }
  }).observe({ type: "layout-shift" });
}"""


def number(nth: int) -> str:
    return f"+1415555{2000 + nth}"


def text(cast: Cast, nth: int, body: str) -> None:
    receive(cast.front_desk, InboundText(new_sid(), number(nth), body))


def test_texts_arrive_without_moving_what_is_read(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    for nth in range(PEOPLE):
        text(product, nth, f"Hello {nth}")
    for line in range(30):
        text(product, 5, f"Line {line}")
    sign_in(page, live_server.url, product.member.user.email)
    page.locator("#conversations a", has_text="2005").click()
    composer = page.get_by_label("Text to (415) 555-2005")
    composer.fill("A half-written ")
    log = page.get_by_role("log")
    expect(log.get_by_text("Line 29", exact=True)).to_be_visible()
    page.evaluate(OBSERVE_SHIFTS)
    # Texts to the open thread, of people in the middle of the list, and of new people.
    for nth in range(ARRIVING):
        who = (5, 10 + nth, PEOPLE + nth)[nth % 3]
        text(product, who, f"Arrival {nth}")
        row = page.locator("#conversations a", has_text=str(2000 + who))
        expect(row).to_contain_text(f"Arrival {nth}", timeout=3000)
        if who == 5:
            expect(log.get_by_text(f"Arrival {nth}", exact=True)).to_be_visible()
    expect(composer).to_have_value("A half-written ")
    expect(composer).to_be_focused()
    shifts = page.evaluate("window.shifts")
    assert sum(shift["value"] for shift in shifts) < MAX_SHIFT, shifts


def test_the_order_of_the_list_waits_for_the_reader(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    for nth in range(3):
        text(product, nth, f"Hello {nth}")
    sign_in(page, live_server.url, product.member.user.email)
    names = page.locator("#conversations .conversation-name bdi")
    shown = [f"(415) 555-200{nth}" for nth in (2, 1, 0)]
    expect(names).to_have_text(shown)
    rows = page.locator("#conversations .conversation")
    place = rows.first.bounding_box()
    text(product, 0, "Are you there?")
    text(product, 3, "I am new")
    above = page.get_by_role("button", name="2 new")
    expect(above).to_be_visible()
    expect(names).to_have_text(["(415) 555-2003", *shown])
    expect(rows.nth(3)).to_contain_text("Are you there?")
    now = rows.nth(1).bounding_box()
    assert place and now and abs(now["y"] - place["y"]) < 1, "what was first is still where it was"
    text(product, 1, "Neither do I move")
    above = page.get_by_role("button", name="3 new")
    expect(above).to_be_visible()
    now = rows.nth(1).bounding_box()
    assert now and abs(now["y"] - place["y"]) < 1, "nor after another update"
    above.click()
    expect(names).to_have_text([f"(415) 555-200{nth}" for nth in (1, 3, 0, 2)])
    expect(above).to_be_hidden()
    expect(rows.first).to_be_in_viewport(ratio=0.9)


def test_a_lost_connection_is_shown_and_catches_up(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    text(product, 0, "Hello")
    sign_in(page, live_server.url, product.member.user.email)
    page.locator("#conversations a[data-conversation]").first.click()
    log = page.get_by_role("log")
    expect(log.get_by_text("Hello")).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("No connection; trying again…")).to_be_visible()
    text(product, 0, "Are you there?")
    text(product, 1, "Me too")
    page.context.set_offline(False)
    expect(log.get_by_text("Are you there?")).to_be_visible()
    expect(page.locator("#conversations")).to_contain_text("Me too")
    expect(page.get_by_text("No connection; trying again…")).to_be_hidden()


def test_a_page_whose_session_ended_shows_nothing_more(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    text(product, 0, "Hello")
    sign_in(page, live_server.url, product.member.user.email)
    inbox = page.url
    other = page.context.new_page()
    other.goto(f"{live_server.url}/accounts/logout/")
    if other.get_by_role("button", name="Sign out").count():
        other.get_by_role("button", name="Sign out").click()
    text(product, 0, "Not for everybody")
    expect(page.get_by_label("Password", exact=True)).to_be_visible()
    assert "next=" in page.url
    page.go_back()
    expect(page.get_by_text("Not for everybody")).to_have_count(0)
    expect(page.get_by_label("Password", exact=True)).to_be_visible()
    assert page.url != inbox
