"""The frame of the reports: who is led there, and which tabs there are."""

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


@pytest.mark.parametrize(("who", "led"), [("owner", True), ("admin", True), ("member", False)])
def test_who_may_see_reports_is_led_there_from_every_page(
    cast: Cast, as_client: AsClient, who: str, led: bool
) -> None:
    browser, there = as_client(getattr(cast, who)), reverse("reports", args=["northside-dental"])
    for name in ("inbox", "contacts"):
        assert (f'href="{there}"' in page(browser, name)) == led


def test_reports_begin_with_volume(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.admin)
    response = browser.get(reverse("reports", args=["northside-dental"]))
    assert response.status_code == 302 and response["Location"] == reverse(
        "volume", args=["northside-dental"]
    )


def test_a_tab_says_that_it_is_open(cast: Cast, as_client: AsClient) -> None:
    said = page(as_client(cast.admin), "volume")
    assert f'<a href="{reverse("volume", args=["northside-dental"])}" aria-current="page">Volume</a>' in said


def test_a_member_is_told_that_reports_are_not_for_members(cast: Cast, as_client: AsClient) -> None:
    response = as_client(cast.member).get(reverse("volume", args=["northside-dental"]))
    assert response.status_code == 403 and b"You may not see reports" in response.content


def test_a_report_says_what_it_is_about_and_lets_one_choose(cast: Cast, as_client: AsClient) -> None:
    said = page(as_client(cast.admin), "volume", period="between", first="2026-03-01", last="2026-03-31")
    assert "March 2026" in said and 'value="2026-03-31"' in said
    for name in ("period", "first", "last", "step", "inbox", "sender"):
        assert f'name="{name}"' in said


def test_what_cannot_be_read_is_told_beside_its_field(cast: Cast, as_client: AsClient) -> None:
    said = page(as_client(cast.admin), "volume", first="2026-03-01", last="2026-02-31")
    assert (
        "Write a day that there is" in said and 'aria-invalid="true"' in said and 'value="2026-02-31"' in said
    )


def test_the_address_follows_what_is_chosen(cast: Cast, as_client: AsClient) -> None:
    there = reverse("volume", args=["northside-dental"])
    for query, address in (
        ("period=90-days&first=2026-01-01&last=2026-02-01&step=", "?period=90-days"),
        ("period=30-days&step=&inbox=&sender=", ""),
        (
            "first=2026-02-01&last=2026-01-01",
            "?first=2026-02-01&last=2026-01-01",
        ),  # a mistake stays to be seen
    ):
        response = as_client(cast.admin).get(f"{there}?{query}", headers={"HX-Request": "true"})
        assert response["HX-Replace-Url"] == there + address
