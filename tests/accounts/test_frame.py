"""Frame: pages that belong to no team, and error pages, keep the navigation of the team that was seen last."""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Member, Team
from accounts.settings_page import GROUPS
from tests.cast import MARIA, Cast
from tests.html import flat
from tests.messaging.reviewed_texts import receive_text

AsClient = Callable[[Member], Client]
OWN_PAGES = ("profile", "account_email", "account_change_password")


def rail_of(team: Team) -> str:
    return f'<nav class="rail" aria-label="{team.name}">'


def test_own_pages_keep_the_navigation_of_the_team_seen_last(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.owner)
    second = Team.objects.create_with_owner(owner=cast.owner.user, name="Aardvark Dental")
    for team in (second, cast.northside):
        assert browser.get(reverse("contacts", args=[team.slug])).status_code == 200
        for name in OWN_PAGES:
            assert rail_of(team) in flat(browser.get(reverse(name))), (team, name)
        assert browser.get(reverse("home")).headers["Location"] == reverse("inbox", args=[team.slug])


def test_error_pages_keep_the_navigation_of_people_who_are_signed_in(cast: Cast, as_client: AsClient) -> None:
    hidden = receive_text(cast.billing, MARIA, "About the bill").conversation_id
    slug = cast.northside.slug
    browser = as_client(cast.member)
    pages = {
        reverse("conversation", args=[slug, hidden]): "it is in an inbox that you don’t have access to",
        reverse("contact", args=[slug, "abc"]): "This page does not exist",
        reverse("contacts", args=[cast.harbor.slug]): "it belongs to a team that you are not in",
        "/no-such-page/": "it belongs to a team that you are not in",
    }
    for page, sentence in pages.items():
        answer = browser.get(page)
        assert answer.status_code == 404
        assert rail_of(cast.northside) in flat(answer) and sentence in flat(answer), page
    forbidden = browser.get(reverse("imports", args=[slug]))
    assert forbidden.status_code == 403 and rail_of(cast.northside) in flat(forbidden)
    unknown = as_client(cast.owner).get(reverse("conversation", args=[slug, 999_999]))
    assert "It may have been deleted." in flat(unknown)
    assert 'class="rail"' not in flat(Client().get("/no-such-page/"))


def test_an_address_that_only_takes_a_form_shows_a_page_in_a_browser(cast: Cast, as_client: AsClient) -> None:
    browser, address = as_client(cast.owner), reverse("bulk_actions", args=[cast.northside.slug])
    shown = browser.get(address, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (shown.status_code, shown.headers["Allow"]) == (405, "POST")
    assert rail_of(cast.northside) in flat(shown) and "This address only takes a form" in flat(shown)
    assert browser.get(address).content == b"", "programs ask for no page"


def test_a_form_that_was_sent_after_the_session_ended_is_said_to_be_lost(cast: Cast) -> None:
    page = reverse("new_contact", args=[cast.northside.slug])
    visitor = Client(headers={"Referer": f"http://testserver{page}"})
    said = flat(visitor.post(page, {"first_name": "Maria"}, follow=True))
    assert "the form that you sent was not saved" in said and f'value="{page}"' in said
    assert "not saved" not in flat(visitor.get(page, follow=True)), "only asked for a page"


def settings_links(page: Any) -> dict[str, list[str]]:
    """The links beside a page under Settings, by their heading."""
    found = page.content.decode().partition('<nav class="settings-nav"')[2].partition("</nav>")[0]
    groups = re.findall(r'<ul aria-label="([^"]+)">(.*?)</ul>', found, re.S)
    return {heading: re.findall(r">([^<]+)</a>", links) for heading, links in groups}


def test_settings_show_the_pages_that_a_member_may_open(cast: Cast, as_client: AsClient) -> None:
    owner, member = as_client(cast.owner), as_client(cast.member)
    everything = {heading: [page.label for page in pages] for heading, pages in GROUPS.items()}
    for_member = {"General": ["Notifications"], "People": ["Members", "Roles"], "Texting": ["Templates"]}
    for heading, pages in GROUPS.items():
        for page in pages:
            address = reverse(page.name, args=[cast.northside.slug])
            shown, for_them = owner.get(address), member.get(address)
            assert settings_links(shown) == everything
            marked = re.findall(r'aria-current="page"\s*>([^<]+)</a>', shown.content.decode())
            assert marked.count(page.label) == 2, "beside the page, and in the menu of narrow windows"
            if page.label in for_member.get(heading, []):
                assert settings_links(for_them) == for_member
            else:
                assert for_them.status_code == 403
