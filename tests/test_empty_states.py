"""Every empty state names its next step: the pages of a team that has nothing, requested as each role."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Inbox, Member, Role, Team
from kernel.tenancy import scope
from messaging.folders import Folder
from tests.cast import Cast
from tests.test_urls import TEAM, nothing

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "use", "wbr"}
# The page has what to do beside these, not in them.
BESIDE = ("No texts on this phone yet. Write one, or press STOP.", "No conversation open")
SEARCHES = (
    *(f"inbox?folder={folder}" for folder in Folder),
    "inbox?folder=open&unread=on", "contacts?q=nobody", "contacts?status=active", "do_not_text?q=nobody",
    "do_not_text?inbox=none&kind=block", "search?q=nobody", "labels?q=nobody", "volume?period=7-days",
    "disagreements?kind=missed",
)  # fmt: skip


class EmptyStates(HTMLParser):
    """Collects the words of each element of the class "empty", and whether it has a link or a button."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, bool]] = []
        self.depth = 0
        self.words, self.leads = "", False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        if self.depth:
            self.depth += 1
            self.leads = self.leads or tag in ("a", "button")
        elif "empty" in (dict(attrs).get("class") or "").split():
            self.depth, self.words, self.leads = 1, "", False

    def handle_endtag(self, tag: str) -> None:
        if not self.depth or tag in VOID:
            return
        self.depth -= 1
        if not self.depth:
            self.found.append((" ".join(self.words.split()), self.leads))

    def handle_data(self, data: str) -> None:
        self.words += data if self.depth else ""


def pages(team: Team) -> Iterator[str]:
    """The addresses of all pages that name no row, and of their empty searches."""
    for name, arguments in TEAM.items():
        if arguments is nothing:
            yield reverse(name, args=[team.slug])
    for search in SEARCHES:
        name, _, query = search.partition("?")
        yield f"{reverse(name, args=[team.slug])}?{query}"


def dead_ends(browser: Client, team: Team) -> set[str]:
    """The empty states without a next step."""
    found: set[str] = set()
    for page in pages(team):
        response: Any = browser.get(page)
        assert response.status_code in (200, 302, 400, 403, 405), page
        body = b"".join(response)  # read to its end: a streamed response holds a connection until then
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            states = EmptyStates(body.decode()).found
            found |= {
                f"{page}: {words}" for words, leads in states if not leads and not words.startswith(BESIDE)
            }
    return found


@pytest.mark.parametrize("with_inbox", [False, True])
def test_every_empty_state_has_a_next_step(cast: Cast, as_client: Any, with_inbox: bool) -> None:
    team = Team.objects.create_with_owner("Novak Bakery", cast.second.user)
    with scope(team.id):
        owner = Member.objects.select_related("user", "team").get(team=team)
        member = Member.objects.create(team=team, user=cast.member.user, role=Role.MEMBER)
        if with_inbox:
            inbox = Inbox.objects.create(team=team, name="Shop", number="+15105550177", carrier="simulator")
            inbox.seats.create(team=team, member=member)
    for person in (owner, member):
        assert dead_ends(as_client(person), team) == set()


def test_empty_states_are_found() -> None:
    page = '<div class="empty card"><h2>No <b>contacts</b><br></h2></div><li class="empty"><p>x <a>y</a></p></li>'
    assert EmptyStates(page).found == [("No contacts", False), ("x y", True)]
