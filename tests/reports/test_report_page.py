"""The frame of all reports: access, tabs, filters and the address."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from tests.cast import Cast

AsClient = Callable[[Member], Client]


def page(browser: Client, name: str, **query: str) -> str:
    response = browser.get(reverse(name, args=["northside-dental"]), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(("role", "has_link"), [("owner", True), ("admin", True), ("member", False)])
def test_pages_link_to_reports_for_members_who_may_see_them(
    cast: Cast, as_client: AsClient, role: str, has_link: bool
) -> None:
    browser, url = as_client(getattr(cast, role)), reverse("reports", args=["northside-dental"])
    for name in ("inbox", "contacts"):
        assert (f'href="{url}"' in page(browser, name)) == has_link


def test_reports_open_with_volume(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.admin)
    response = browser.get(reverse("reports", args=["northside-dental"]))
    assert response.status_code == 302 and response["Location"] == reverse(
        "volume", args=["northside-dental"]
    )


def test_the_open_tab_is_marked(cast: Cast, as_client: AsClient) -> None:
    text = page(as_client(cast.admin), "volume")
    assert f'<a href="{reverse("volume", args=["northside-dental"])}" aria-current="page">Volume</a>' in text


def test_a_member_may_not_see_reports(cast: Cast, as_client: AsClient) -> None:
    response = as_client(cast.member).get(reverse("volume", args=["northside-dental"]))
    assert response.status_code == 403 and b"You may not see reports" in response.content


def test_a_report_shows_its_filters(cast: Cast, as_client: AsClient) -> None:
    text = page(as_client(cast.admin), "volume", period="between", first="2026-03-01", last="2026-03-31")
    assert "March 2026" in text and 'value="2026-03-31"' in text
    for name in ("period", "first", "last", "step", "inbox", "sender"):
        assert f'name="{name}"' in text


def test_an_invalid_value_has_an_error_beside_its_field(cast: Cast, as_client: AsClient) -> None:
    text = page(as_client(cast.admin), "volume", first="2026-03-01", last="2026-02-31")
    assert "Enter a valid date" in text and 'aria-invalid="true"' in text and 'value="2026-02-31"' in text


def test_the_address_shows_the_selected_filters(cast: Cast, as_client: AsClient) -> None:
    url = reverse("volume", args=["northside-dental"])
    for query, address in (
        ("period=90-days&first=2026-01-01&last=2026-02-01&step=", "?period=90-days"),
        ("period=30-days&step=&inbox=&sender=", ""),
        (
            "first=2026-02-01&last=2026-01-01",
            "?first=2026-02-01&last=2026-01-01",
        ),  # an invalid value stays visible
    ):
        response = as_client(cast.admin).get(f"{url}?{query}", headers={"HX-Request": "true"})
        assert response["HX-Replace-Url"] == url + address
