"""The installed app: its manifest, and a service worker that keeps static files and no page."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from PIL import Image
from playwright.sync_api import BrowserType, Page, expect

from devserver import browser as chromium
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import new_sid
from tests.test_opt_out_in_browser import product, sign_in  # noqa: F401  (a fixture)


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "service_workers": "allow"}


def test_the_manifest_names_icons_of_their_sizes() -> None:
    manifest = json.loads(Client().get("/manifest.webmanifest").content)
    assert (manifest["start_url"], manifest["display"]) == (reverse("home"), "standalone")
    pictures = [icon for icon in manifest["icons"] if icon["type"] == "image/png"]
    assert {icon.get("purpose", "any") for icon in pictures} == {"any", "maskable"}
    for icon in pictures:
        path = finders.find(icon["src"].removeprefix("/static/"))
        with Image.open(str(path)) as picture:
            assert "x".join(map(str, picture.size)) == icon["sizes"]


def test_the_usual_address_of_the_icon_leads_to_it() -> None:
    response = Client().get("/favicon.ico")
    assert (response.status_code, response["Location"]) == (302, "/static/img/icon-192.png")


def test_the_service_worker_is_never_kept() -> None:
    response = Client().get("/service-worker.js")
    assert (response["Content-Type"], response["Cache-Control"]) == ("text/javascript", "no-cache")


@pytest.fixture
def page_with_notifications(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> Iterator[Page]:
    """A page of the whole Chromium: its headless shell shows no notifications."""
    whole = browser_type.launch(**{**browser_type_launch_args, "executable_path": chromium.find()})
    yield whole.new_page()
    whole.close()


def test_the_worker_shows_a_push_and_keeps_no_page(
    product: Cast,  # noqa: F811
    live_server: Any,
    page_with_notifications: Page,
) -> None:
    page = page_with_notifications
    receive(product.front_desk, InboundText(new_sid(), MARIA, "Hello"))
    page.context.grant_permissions(["notifications"], origin=live_server.url)
    sign_in(page, live_server.url, product.member.user.email)
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()
    page.goto(f"{live_server.url}/t/northside-dental/contacts/")
    kept = page.evaluate(
        "async () => (await Promise.all((await caches.keys()).map(async (name) =>"
        " (await (await caches.open(name)).keys()).map(({ url }) => url)))).flat()"
    )
    assert [url for url in kept if "/static/" not in url] == []
    push = {"title": "Maria Lopez", "body": "Hello", "tag": "conversation-1", "url": "/", "silent": True}
    session = page.context.new_cdp_session(page)
    versions: list[Any] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated", lambda event: versions.extend(event["registrations"])
    )
    session.send("ServiceWorker.enable")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": live_server.url,
            "registrationId": versions[-1]["registrationId"],
            "data": json.dumps(push),
        },
    )
    shown = page.evaluate(
        "async () => { const worker = await navigator.serviceWorker.ready;"
        " for (let frames = 0; frames < 1000; frames++) { const found = await worker.getNotifications();"
        " if (found.length) return found.map(({ title, body }) => [title, body]);"
        " await new Promise(requestAnimationFrame); } }"
    )
    assert shown == [["Maria Lopez", "Hello"]]


def test_title_and_icon_show_the_unread_conversations(product: Cast, live_server: Any, page: Page) -> None:  # noqa: F811
    sign_in(page, live_server.url, product.member.user.email)
    expect(page).to_have_title("Inbox · Northside Dental")
    receive(product.front_desk, InboundText(new_sid(), MARIA, "Hello"))
    expect(page).to_have_title("(1) Inbox · Northside Dental")
    icon = page.locator("link[rel=icon]")
    assert "favicon-unread" in (icon.get_attribute("href") or "")
    page.locator("#conversations a[data-conversation]").first.click()
    expect(page).to_have_title("Maria Lopez · Northside Dental")
    assert "favicon-unread" not in (icon.get_attribute("href") or "")
    page.goto(f"{live_server.url}/t/northside-dental/inbox/?inbox={product.front_desk.id}")
    expect(page).to_have_title("Front Desk · Northside Dental")
