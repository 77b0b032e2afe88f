"""The main scenario in Chromium: after a STOP arrives, no member of the team can text the person."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect

from accounts.models import Carrier, User
from kernel.tenancy import scope
from messaging import outbound
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.models import Message
from messaging.scope_lookups import conversations_due
from tests.cast import MARIA, PASSWORD, Cast
from tests.messaging.fake_twilio import new_sid

WITHIN = 10_000  # milliseconds that a busy machine may take to show a text in both browsers
SHOWN_MARIA = "(415) 555-0101"


@pytest.fixture
def product(cast: Cast, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cast]:
    """The cast on a running server, with simulated inboxes and a worker that sends waiting texts."""
    monkeypatch.setattr(settings, "PUBLIC_URL", live_server.url)
    with scope(cast.northside.id):
        cast.northside.inboxes.update(carrier=Carrier.SIMULATOR)
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.05):
            for found in conversations_due(100):
                outbound.deliver(found.team_id, found.id)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    yield cast
    stop.set()
    worker.join(30)


def sign_in(page: Page, base: str, email: str) -> None:
    """Open the inbox with a session of its own; `sign_in_by_password` is what people do."""
    browser = Client()
    browser.force_login(User.objects.get(email=email))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": browser.cookies[name].value, "url": base}])
    open_inbox(page, base, lambda: page.goto(f"{base}/"))


def sign_in_by_password(page: Page, base: str, email: str) -> None:
    page.goto(f"{base}/")
    expect(page.get_by_label("Email", exact=True)).to_be_focused()
    page.get_by_label("Email", exact=True).fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    open_inbox(page, base, page.get_by_role("button", name="Sign in", exact=True).click)


def open_inbox(page: Page, base: str, act: Callable[[], object]) -> None:
    act()
    expect(page).to_have_url(f"{base}/t/northside-dental/inbox/")
    page.wait_for_load_state()  # until then links load whole pages, and keys do nothing


def use_marias_number(page: Page, base: str) -> None:
    page.goto(f"{base}/t/northside-dental/simulator/")
    page.get_by_label("Inbox", exact=True).select_option(label="Front Desk · (510) 555-0100")
    page.get_by_label("Number", exact=True).fill(MARIA)
    page.get_by_role("button", name="Use this number").click()
    expect(page.get_by_label(f"Text from {SHOWN_MARIA}")).to_be_visible()


def text(page: Page, body: str) -> None:
    page.get_by_label(f"Text from {SHOWN_MARIA}").fill(body)
    page.get_by_label(f"Text from {SHOWN_MARIA}").press("Enter")


def outbound_texts(cast: Cast) -> list[str]:
    with scope(cast.northside.id):
        texts = Message.objects.filter(team=cast.northside, number=MARIA, outbound=True)
        return list(texts.order_by("id").values_list("purpose", flat=True))


def test_stop_is_shown_to_all_members_and_start_lifts_it(
    product: Cast, live_server: Any, page: Page, browser: Browser
) -> None:
    base = live_server.url
    sign_in_by_password(page, base, product.owner.user.email)
    use_marias_number(page, base)
    text(page, "Hello, is anybody there?")

    desk = browser.new_page()
    sign_in(desk, base, product.member.user.email)
    desk.get_by_role("link", name="Maria Lopez").click()
    expect(desk.get_by_role("log").get_by_text("Hello, is anybody there?")).to_be_visible()
    composer = desk.get_by_label("Text to Maria Lopez")
    composer.fill("Yes, Maria. What can we do for you?")
    composer.press("Enter")
    expect(page.get_by_role("log").get_by_text("Yes, Maria.")).to_be_visible()
    expect(desk.get_by_text("Delivered")).to_be_visible()

    text(page, "Stop. Thank you")
    row = desk.locator("#conversations").get_by_role("link", name="Maria Lopez")
    expect(row).to_contain_text("Opted out", timeout=WITHIN)
    expect(
        desk.get_by_role("log").get_by_text("opted out by texting “Stop. Thank you” to Front Desk")
    ).to_be_visible()
    expect(composer).to_have_count(0)
    expect(desk.get_by_label("Why you can't text this number")).to_be_visible()
    pane = desk.get_by_role("complementary", name="Contact")
    for red in (pane.get_by_text(SHOWN_MARIA), pane.get_by_role("heading", name="Maria Lopez")):
        assert is_red(color_of(red), desk)

    expect(page.get_by_role("log").get_by_text("You are opted out")).to_be_visible()
    assert outbound_texts(product) == ["text", "confirmation"]

    text(page, "START")
    expect(row).not_to_contain_text("Opted out", timeout=WITHIN)
    expect(desk.get_by_label("Text to Maria Lopez")).to_be_visible()
    expect(
        desk.get_by_role("log").get_by_text("opted back in by texting START to Front Desk")
    ).to_be_visible()
    desk.close()


def color_of(element: Locator) -> str:
    """The computed colour; a refresh of the page may replace the element meanwhile."""
    for _ in range(20):
        if color := str(element.evaluate("element => getComputedStyle(element).color")):
            return color
    raise AssertionError("the element is replaced all the time")


def is_red(color: str, page: Page) -> bool:
    """Whether a computed colour has far more red than green and blue when drawn."""
    red, green, blue = page.evaluate(
        """color => {
            const context = document.createElement("canvas").getContext("2d");
            context.fillStyle = color;
            context.fillRect(0, 0, 1, 1);
            return Array.from(context.getImageData(0, 0, 1, 1).data).slice(0, 3);
        }""",
        color,
    )
    return red > 1.5 * max(green, blue)


def test_a_member_opts_out_in_a_dialog_and_undoes_it_by_key(
    product: Cast, live_server: Any, page: Page
) -> None:
    receive(product.front_desk, InboundText(new_sid(), MARIA, "Hello"))
    sign_in(page, live_server.url, product.member.user.email)
    page.locator("#conversations").get_by_role("link", name="Maria Lopez").click()
    composer = page.get_by_label("Text to Maria Lopez")
    expect(composer).to_be_visible()
    verb = page.get_by_role("group", name="Change the status").get_by_role("link", name="Opt out…")
    dialog = page.get_by_role("dialog")

    verb.click()
    expect(dialog.get_by_role("heading", name=f"Opt out {SHOWN_MARIA}")).to_be_visible()
    page.keyboard.press("Escape")
    expect(verb).to_be_focused()
    verb.click()
    expect(dialog).to_be_visible()
    page.mouse.click(5, 5)
    expect(dialog).to_be_hidden()
    expect(verb).to_be_focused()

    verb.click()
    dialog.get_by_role("button", name="They asked us").click()
    card = page.get_by_role("region", name="Status")
    expect(card.get_by_text("They asked us not to text them")).to_be_visible(timeout=WITHIN)
    expect(card.get_by_role("heading", name="Opted out")).to_be_focused()
    expect(page.locator("#toast")).to_contain_text("Opted out.")
    expect(composer).to_have_count(0)
    page.keyboard.press("z")
    expect(composer).to_be_visible(timeout=WITHIN)
    expect(card.get_by_role("heading", name="Active")).to_be_focused()


def test_a_stop_leaves_a_dialog_open_and_tells_of_itself(product: Cast, live_server: Any, page: Page) -> None:
    receive(product.front_desk, InboundText(new_sid(), MARIA, "Hello"))
    sign_in(page, live_server.url, product.member.user.email)
    page.locator("#conversations").get_by_role("link", name="Maria Lopez").click()
    page.get_by_role("group", name="Change the status").get_by_role("link", name="Block…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Another reason").fill("Calls us names")
    receive(product.front_desk, InboundText(new_sid(), MARIA, "STOP"))
    expect(dialog.get_by_text("The status changed meanwhile: Opted out. They texted STOP.")).to_be_visible()
    expect(dialog.get_by_label("Another reason")).to_have_value("Calls us names")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Block…")).to_be_focused()
