"""The API reference in Chromium: complete, within the content security policy, and from this server alone."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.api.calls import OPERATIONS


def test_the_page_shows_every_call(page: Page, live_server: Any, transactional_db: None) -> None:
    hosts: set[str | None] = set()
    messages: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.goto(f"{live_server.url}/v1/docs")
    expect(page.locator(".opblock")).to_have_count(len(OPERATIONS))
    page.get_by_text("Explain whether a number may be texted").click()
    expect(page.get_by_text("The answer for this inbox")).to_be_visible()
    assert not messages
    assert hosts <= {urlsplit(live_server.url).hostname}
