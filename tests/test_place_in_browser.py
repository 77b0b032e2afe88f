"""The list keeps its place in Chromium: by clicks, by keys, after Back, and when texts arrive."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from messaging.carriers.base import InboundText
from messaging.inbound import receive
from tests.cast import Cast
from tests.test_opt_out_in_browser import product, sign_in  # noqa: F401  (a fixture)

PEOPLE = 70  # more than one page of the list


def receive_texts(cast: Cast) -> None:
    for n in range(PEOPLE):
        receive(cast.front_desk, InboundText(f"SM{n:032d}", f"+1415555{2000 + n}", f"Text {n}"))


def top(page: Page) -> int:
    """The scroll position of the list."""
    return int(page.locator("#conversations").evaluate("list => list.parentElement.scrollTop"))


def await_drawing(page: Page) -> None:
    """Two frames, after which what is near the window has its final height."""
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def open_names(page: Page) -> list[str]:
    return page.locator("#conversations a[aria-current]").all_inner_texts()


def test_the_list_keeps_its_place(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    receive_texts(product)
    sign_in(page, live_server.url, product.member.user.email)
    page.get_by_role("link", name="Show more").click()
    rows = page.locator("#conversations a[data-conversation]")
    expect(rows).to_have_count(PEOPLE)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.resource_type))

    rows.nth(55).scroll_into_view_if_needed()
    before = top(page)
    assert before > 1000
    rows.nth(55).click()
    expect(page.get_by_role("log").get_by_text("Text 14", exact=True)).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(\d+\) \(415\) 555-2014 · Northside Dental$"))
    expect(rows.nth(55)).not_to_have_attribute("data-unread", "")  # the list was merged
    await_drawing(page)
    assert top(page) == before and rows.count() == PEOPLE

    for n in range(20):  # rows above, of which most are not drawn
        receive(product.front_desk, InboundText(f"SM{n + PEOPLE:032d}", f"+1415555{2030 + n}", "Text again"))
    expect(rows.filter(has_text="Text again")).to_have_count(20)
    await_drawing(page)
    assert abs(top(page) - before) <= 1

    page.keyboard.press("j")
    expect(page.get_by_role("log").get_by_text("Text 13", exact=True)).to_be_visible()
    expect(rows.nth(56)).to_be_focused()
    assert len(open_names(page)) == 1 and "2013" in open_names(page)[0]
    page.go_back()
    expect(page.get_by_role("log").get_by_text("Text 14", exact=True)).to_be_visible()
    assert rows.count() == PEOPLE and "document" not in requests, "the page was not loaded again"

    page.get_by_role("link", name="Contacts").click()
    expect(page.get_by_role("heading", name="Contacts")).to_be_visible()
    page.go_back()
    expect(rows).to_have_count(PEOPLE)
    expect(rows.nth(55)).to_be_in_viewport()


def test_what_arrives_does_not_move_the_thread(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    number = "+14155552000"
    for n in range(40):
        receive(product.front_desk, InboundText(f"SM{n:032d}", number, f"Line {n}"))
    sign_in(page, live_server.url, product.member.user.email)
    page.locator("#conversations a[data-conversation]").first.click()
    log = page.get_by_role("log")
    read = log.get_by_text("Line 3", exact=True)
    read.evaluate("element => element.scrollIntoView()")
    place = read.bounding_box()
    assert place
    for n in (40, 41):
        receive(product.front_desk, InboundText(f"SM{n:032d}", number, f"Line {n}"))
    below = page.get_by_role("button", name="2 new")
    expect(below).to_be_visible()
    moved = read.bounding_box()
    assert moved and abs(moved["y"] - place["y"]) < 1
    below.click()
    expect(log.get_by_text("Line 41", exact=True)).to_be_in_viewport()
    expect(below).to_have_count(0)


def test_a_text_appears_while_it_is_being_sent(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    receive(product.front_desk, InboundText("SM" + "1" * 32, "+14155552000", "Hello"))
    sign_in(page, live_server.url, product.member.user.email)
    page.locator("#conversations a[data-conversation]").first.click()
    page.route("**/messages/", lambda route: held.append(route))
    held: list[Any] = []
    composer = page.get_by_label("Text to (415) 555-2000")
    composer.fill("On our way")
    composer.press("Enter")
    log = page.get_by_role("log")
    expect(log.get_by_text("On our way")).to_be_visible()
    expect(log.get_by_text("Sending…")).to_be_visible()
    held[0].abort()
    expect(log.get_by_text("On our way")).to_have_count(0)
    expect(composer).to_have_value("On our way")
    page.unroute("**/messages/")
    composer.press("Enter")
    expect(log.get_by_text("Delivered")).to_be_visible()
    expect(log.get_by_text("On our way")).to_have_count(1)


def settled(page: Page, element: Any) -> float:
    """Where an element stands, in pixels from the top, once it has not moved for a tenth of a second."""
    before = None
    while before != (place := element.bounding_box()["y"]):
        before = place
        page.wait_for_timeout(100)
    return float(place)


def test_earlier_texts_do_not_move_the_thread(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    for n in range(100):
        receive(product.front_desk, InboundText(f"SM{n:032d}", "+14155552000", f"Line {n}"))
    sign_in(page, live_server.url, product.member.user.email)
    page.locator("#conversations a[data-conversation]").first.click()
    log = page.get_by_role("log")
    for first, earlier in ((60, 20), (20, 0)):
        read = log.get_by_text(f"Line {first}", exact=True)
        read.evaluate("element => element.scrollIntoView()")
        place = settled(page, read)
        log.get_by_role("link", name="Show earlier").evaluate("link => link.click()")
        expect(log.get_by_text(f"Line {earlier}", exact=True)).to_have_count(1)
        assert abs(settled(page, read) - place) < 1
    expect(log.get_by_role("link", name="Show earlier")).to_have_count(0)
    expect(log.locator(".day")).to_have_count(1)
    assert len(set(log.locator("li.text").evaluate_all("items => items.map(item => item.id)"))) == 100
