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
