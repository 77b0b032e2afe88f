"""Reports in Chromium: filters, layouts and print."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Inbox
from kernel.tenancy import scope
from tests.cast import Cast
from tests.reports.messages import create_message, create_outbound
from tests.test_opt_out_in_browser import sign_in

PAPER = 680  # pixels across A4 within margins of 15 mm


@pytest.fixture
def product(cast: Cast, live_server: Any, page: Page) -> Iterator[str]:
    """The address of the reports, for a signed-in owner of thirty inboxes. Fails on console errors and warnings."""
    now = timezone.now()
    with scope(cast.northside.id):
        Inbox.objects.bulk_create(
            Inbox(team=cast.northside, name=f"Inbox {n} of the whole north side", number=f"+1510555{n:04}")
            for n in range(28)
        )
        for days in range(40):
            create_message(cast.front_desk, now - timedelta(days=days))
            create_outbound(
                cast.billing,
                now - timedelta(days=days),
                status="failed",
                error_code="30003",
                author_id=cast.member.id,
            )
            create_outbound(
                cast.billing, now - timedelta(days=days), author_id=cast.member.id, waited_seconds=1000 * days
            )
    console: list[str] = []
    page.on(
        "console",
        lambda message: console.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: console.append(str(error)))
    sign_in(page, live_server.url, cast.owner.user.email)
    yield f"{live_server.url}/t/northside-dental/reports"
    blocked = "Service Worker registration blocked by Playwright"  # see browser_context_args
    assert [line for line in console if line != blocked] == []


def test_a_selected_filter_applies_at_once_and_is_in_the_address(product: str, page: Page) -> None:
    page.get_by_role("link", name="Reports").click()
    expect(page).to_have_url(f"{product}/volume/")
    page.wait_for_load_state()  # the address changes before the scripts are loaded
    page.get_by_label("Period", exact=True).focus()
    page.get_by_label("Period", exact=True).select_option(label="Last 90 days")
    expect(page).to_have_url(f"{product}/volume/?period=90-days")
    expect(page.get_by_label("Period", exact=True)).to_be_focused()
    page.get_by_label("Group by", exact=True).select_option(label="Weeks")
    expect(page.get_by_role("heading", name="Texts by week")).to_be_visible()
    expect(page.get_by_label("From", exact=True)).to_be_hidden()
    page.get_by_label("Period", exact=True).select_option(label="Custom dates")
    expect(page).to_have_url(re.compile("period=between&first=.*&step=week"))
    page.get_by_label("From", exact=True).fill("2026-02-01")
    page.get_by_label("To", exact=True).fill("2026-01-01")
    page.get_by_label("To", exact=True).press("Enter")
    expect(page.get_by_text("The end date must not be before the start date.")).to_be_visible()
    page.get_by_text("Table of Texts by").click()
    expect(page.get_by_role("row", name="Total").first).to_be_visible()


@pytest.mark.parametrize("name", ["volume", "team", "consent", "schedules", "schedules/new"])
def test_a_report_fits_every_window_and_prints_on_white(product: str, page: Page, name: str) -> None:
    page.goto(f"{product}/{name}/?period=90-days")
    for width in (1440, 1024, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("(main => main.scrollWidth <= main.clientWidth)(document.querySelector('main'))")
        if name == "volume":
            _labels_are_legible(page, ".chart-narrow" if width < 500 else ".chart-wide")
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
    for table in page.locator("table:visible").all():
        assert table.evaluate("table => table.getBoundingClientRect().right") <= PAPER
    for hidden in (".rail", ".tabs", ".report-filters", "summary"):
        expect(page.locator(hidden).first).to_be_hidden()
    ink = page.evaluate("parseFloat(getComputedStyle(document.body).color.match(/[\\d.]+/)[0])")
    assert ink < 0.5  # its lightness
    assert page.pdf(format="A4").startswith(b"%PDF")


def _labels_are_legible(page: Page, labels: str) -> None:
    expect(page.locator(labels).first).to_be_visible()
    size = page.locator(f"{labels} text").first.evaluate("text => text.getBoundingClientRect().height")
    assert size >= 11  # pixels
