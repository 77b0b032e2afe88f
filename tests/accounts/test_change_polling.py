"""Polling of open pages: it tells members of changes, and sends away people who were removed or signed out."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts import change_polling
from accounts.memberships import remove_member
from accounts.models import Member
from kernel import change_tokens
from kernel.tenancy import scope
from tests.cast import Cast

AsClient = Callable[[Member], Client]
TEAM = "northside-dental"


def poll_of(page: Any) -> str:
    """The address that this page polls."""
    found = re.search(r'hx-get="(\S+/changes/\S+)"', page.content.decode())
    assert found
    return found[1]


def poll(browser: Client, address: str) -> HttpResponse:
    page = f"http://testserver/t/{TEAM}/inbox/?folder=all"
    return browser.get(address, headers={"HX-Request": "true", "HX-Current-URL": page})  # type: ignore[return-value]


def change(cast: Cast) -> None:
    with scope(cast.northside.id):
        change_tokens.renew_on_commit(cast.northside.id)


@pytest.fixture
def old_tickets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_polling, "TICKET_SECONDS", timedelta(seconds=-1))


@pytest.mark.parametrize("name", ["inbox", "simulator"])
def test_page_is_told_of_a_change_once(cast: Cast, as_client: AsClient, name: str) -> None:
    browser = as_client(cast.owner)
    first = poll(browser, poll_of(browser.get(reverse(name, args=[TEAM]))))  # brings the presence
    assert (first.status_code, first.headers.get("HX-Trigger")) == (200, None)
    address = poll_of(first)
    assert poll(browser, address).status_code == 204
    change(cast)
    answer = poll(browser, address)
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "changed")
    assert poll(browser, poll_of(answer)).status_code == 204


def test_old_ticket_is_renewed_without_a_change(cast: Cast, as_client: AsClient, old_tickets: None) -> None:
    browser = as_client(cast.owner)
    answer = poll(browser, poll_of(browser.get(reverse("inbox", args=[TEAM]))))
    assert answer.status_code == 200
    assert "HX-Trigger" not in answer.headers
    assert poll_of(answer)


def test_page_of_a_removed_member_leaves_the_team(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.member)
    address = poll_of(browser.get(reverse("inbox", args=[TEAM])))
    with scope(cast.northside.id):
        remove_member(cast.member, by=cast.owner)  # by itself a change, so that the page asks at once
    answer = poll(browser, address)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, reverse("home"))


def test_page_of_a_signed_out_user_goes_to_sign_in(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.member)
    address = poll_of(browser.get(reverse("inbox", args=[TEAM])))
    browser.post(reverse("account_logout"))
    answer = poll(browser, address)
    assert answer.status_code == 204
    sign_in = answer.headers["HX-Redirect"]
    assert sign_in == f"{reverse('account_login')}?next=%2Ft%2F{TEAM}%2Finbox%2F%3Ffolder%3Dall&signed_out=1"
    assert "You were signed out." in browser.get(sign_in).content.decode()
    assert "You were signed out." not in browser.get(reverse("account_login")).content.decode()


def test_ticket_is_bound_to_its_session(cast: Cast, as_client: AsClient) -> None:
    address = poll_of(as_client(cast.member).get(reverse("inbox", args=[TEAM])))
    for thief in (Client(), as_client(cast.outsider)):
        answer = poll(thief, address)
        assert (answer.status_code, "HX-Redirect" in answer.headers) == (204, True)
    change(cast)
    assert "HX-Redirect" in poll(Client(), address).headers


@pytest.mark.parametrize(
    "ticket",
    ["forged", signing.dumps(1, salt="live"), signing.dumps(["1", "x"], salt="live")],
    ids=[
        "forged",
        "a number",
        "a list",
    ],  # a signature contains the time: processes would disagree about the names
)
def test_other_tickets_tell_nothing(cast: Cast, ticket: str) -> None:
    answer = poll(Client(), reverse("poll_changes", args=[TEAM, ticket]))
    assert (answer.status_code, answer.content) == (204, b"")
