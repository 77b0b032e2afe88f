"""The theme: kept for the user on all devices, and for the pages of a browser without a user."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from accounts.theme import Theme
from tests.cast import Cast

SCHEMES = {Theme.SYSTEM: "light dark", Theme.LIGHT: "light", Theme.DARK: "dark"}


def scheme(browser: Client, address: str) -> str:
    """The colours that a page asks the browser for."""
    (found,) = re.findall(
        r'<meta name="color-scheme" content="(.*?)">', browser.get(address).content.decode()
    )
    return str(found)


def test_a_chosen_theme_is_kept_for_the_user_and_for_the_browser(
    cast: Cast, as_client: Callable[[Member], Client]
) -> None:
    inbox = reverse("inbox", args=[cast.northside.slug])
    browser, other_browser, colleague = as_client(cast.owner), as_client(cast.owner), as_client(cast.member)
    for theme, expected in [*SCHEMES.items(), *SCHEMES.items()]:
        answer = browser.post(reverse("theme"), {"theme": theme, "next": inbox})
        assert (answer.status_code, answer["Location"]) == (302, inbox)
        for address in (inbox, reverse("profile"), "/v1/docs"):
            assert scheme(browser, address) == expected, address
        assert scheme(other_browser, inbox) == expected
    browser.post(reverse("theme"), {"theme": "dark"})
    assert scheme(colleague, inbox) == "light dark"
    browser.logout()
    browser.cookies["theme"] = "dark"  # logout() of the test client forgets all cookies
    assert scheme(browser, reverse("account_login")) == "dark"
    assert scheme(Client(), reverse("account_login")) == "light dark"


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""]
)
def test_the_choice_leads_only_to_pages_of_ours(
    cast: Cast, as_client: Callable[[Member], Client], back: str
) -> None:
    answer = as_client(cast.owner).post(reverse("theme"), {"theme": "dark", "next": back})
    assert answer["Location"] == reverse("profile")
    assert answer.cookies["theme"].value == "dark"


@pytest.mark.parametrize("theme", ["", "sepia", "DARK", "\x00"])
def test_an_unknown_theme_is_refused(cast: Cast, as_client: Callable[[Member], Client], theme: str) -> None:
    browser = as_client(cast.owner)
    assert browser.post(reverse("theme"), {"theme": theme}).status_code == 400
    assert scheme(browser, reverse("profile")) == "light dark"
