"""Undo and the key that sends, in Chromium: by button and by key, a text returns to the composer with its file."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.models import Message
from messaging.undo import window
from tests.cast import MARIA, Cast
from tests.messaging.media import files
from tests.test_opt_out_in_browser import product, sign_in  # noqa: F401  (a fixture)


def begin(cast: Cast, live_server: Any, page: Page) -> Any:
    """The composer of the conversation with Maria."""
    receive(cast.front_desk, InboundText("SM" + "1" * 32, MARIA, "Hello"))
    sign_in(page, live_server.url, cast.member.user.email)
    page.locator("#conversations a[data-conversation]").first.click()
    return page.get_by_label("Text to Maria Lopez")


def sent(cast: Cast) -> list[str]:
    with scope(cast.northside.id):
        return list(Message.objects.filter(outbound=True).order_by("id").values_list("body", flat=True))


@pytest.fixture
def with_undo(_no_undo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "UNDO_WINDOW", timedelta(seconds=5))


@pytest.fixture
def with_long_undo(_no_undo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "UNDO_WINDOW", timedelta(seconds=120))


def send(cast: Cast, page: Page) -> None:
    """Press Enter, and wait for the Undo of this text: that of a text before it may stay until the next refresh."""
    composer = page.get_by_label("Text to Maria Lopez")
    composer.press("Enter")
    expect(composer).to_have_value("")
    with scope(cast.northside.id):
        newest = Message.objects.filter(outbound=True).latest("id")
    expect(page.locator(f"form[action$='/texts/{newest.id}/undo/'] button")).to_be_visible()


def test_undo(with_long_undo: None, product: Cast, live_server: Any, page: Page, tmp_path: Path) -> None:  # noqa: F811
    composer = begin(product, live_server, page)
    log = page.get_by_role("log")
    photo = tmp_path / "map.jpg"
    photo.write_bytes(files.picture())
    page.locator("[name=attachments]").set_input_files(photo)
    composer.fill("See you at nine")
    send(product, page)
    expect(log.get_by_text("See you at nine")).to_be_visible()
    expect(log.get_by_text("Sending in 1")).to_be_visible()
    log.get_by_role("button", name="Undo").click()
    expect(composer).to_have_value("See you at nine")
    expect(composer).to_be_focused()
    expect(page.get_by_text("map.jpg")).to_be_visible()
    expect(log.get_by_text("See you at nine")).to_have_count(0)
    assert sent(product) == []

    send(product, page)
    composer.press("Control+z")
    expect(composer).to_have_value("See you at nine")
    for key in ("Control+z", "z"):
        send(product, page)
        composer.blur()
        page.keyboard.press(key)
        expect(composer).to_have_value("See you at nine")
    assert sent(product) == []


def test_words_come_back_though_the_thread_is_refreshed_meanwhile(
    with_long_undo: None,
    product: Cast,  # noqa: F811
    live_server: Any,
    page: Page,
) -> None:
    composer = begin(product, live_server, page)
    log = page.get_by_role("log")
    composer.fill("See you at nine")
    send(product, page)

    def answer_late(route: Any) -> None:
        response = route.fetch()
        page.evaluate("document.querySelector('form[data-undo]').remove()")  # as a refresh does
        route.fulfill(response=response)

    page.route("**/undo/", answer_late)
    log.get_by_role("button", name="Undo").click()
    expect(composer).to_have_value("See you at nine")
    assert sent(product) == []


def test_a_text_goes_after_five_seconds(with_undo: None, product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    composer = begin(product, live_server, page)
    composer.fill("On our way")
    composer.press("Enter")
    log = page.get_by_role("log")
    expect(log.get_by_role("button", name="Undo")).to_be_visible()
    expect(log.get_by_text("Delivered")).to_be_visible(timeout=15_000)
    expect(log.get_by_role("button", name="Undo")).to_have_count(0)


def test_the_key_that_sends(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    composer = begin(product, live_server, page)
    expect(page.get_by_text("Enter sends, Shift Enter for a new line")).to_be_visible()
    composer.fill("One")
    composer.press("Shift+Enter")
    expect(composer).to_have_value("One\n")
    composer.press("Enter")
    expect(composer).to_have_value("")
    page.goto(f"{live_server.url}/profile/")
    page.get_by_label("Ctrl-Enter or ⌘-Enter sends, Enter makes a new line").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.go_back()
    page.goto(f"{live_server.url}/t/northside-dental/inbox/")
    page.locator("#conversations a[data-conversation]").first.click()
    expect(page.get_by_text("Ctrl Enter or ⌘ Enter sends")).to_be_visible()
    composer.fill("Two")
    composer.press("Enter")
    expect(composer).to_have_value("Two\n")
    composer.press("Shift+Enter")
    expect(composer).to_have_value("Two\n\n")
    composer.press("Control+Enter")
    expect(composer).to_have_value("")
    expect(page.get_by_role("log").get_by_text("Two")).to_be_visible()
    assert [body.strip() for body in sent(product)] == ["One", "Two"]


def test_on_a_phone_enter_makes_a_new_line(product: Cast, live_server: Any, browser: Any) -> None:  # noqa: F811
    page = browser.new_context(
        has_touch=True, is_mobile=True, viewport={"width": 390, "height": 800}
    ).new_page()
    assert User.objects.get(id=product.member.user_id).enter_sends
    composer = begin(product, live_server, page)
    composer.fill("One")
    composer.press("Enter")
    expect(composer).to_have_value("One\n")
    expect(page.locator(".composer-hint")).to_be_hidden()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(composer).to_have_value("")
    page.context.close()
