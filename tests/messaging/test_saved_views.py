"""Saved views: the list is narrowed, and a member saves that under a name, for themselves or for the team."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Inbox, Member
from contacts.lists.labels import set_tags
from contacts.lists.models import Tag
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.inbox import mark_read
from messaging.models import Conversation
from messaging.saved_views.models import SavedView
from messaging.teamwork.assignment import assign
from optout import consent
from optout.consent_types import Actor
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import new_sid

type ClientOf = Callable[[Member], Client]
LIST = reverse("inbox", args=["northside-dental"])
NEW = reverse("new_saved_view", args=["northside-dental"])
HELD = "+14155550188"


def receive_text(inbox: Inbox, number: str, body: str = "Are you open?") -> Conversation:
    receive(inbox, InboundText(new_sid(), number, body))
    with scope(inbox.team_id):
        found: Conversation = Conversation.objects.select_related("inbox").get(inbox=inbox, number=number)
    return found


@pytest.fixture
def people(cast: Cast) -> Cast:
    """Tom is tagged VIP and read by Maya, Maria is Maya's and opted out, the stranger is blocked, and one is held."""
    maria, tom, stranger = (receive_text(cast.front_desk, number) for number in (MARIA, TOM, STRANGER))
    receive_text(cast.front_desk, HELD, "STOP 12345")
    with scope(cast.northside.id):
        assign(maria, cast.member, cast.owner)
        set_tags(cast.tom, ["VIP"])
        mark_read(tom, cast.member)
        consent.opt_out(cast.northside.id, MARIA, Actor.of(cast.owner), reason="they asked us")
        consent.block(cast.northside.id, stranger.number, Actor.of(cast.owner), reason="rude")
    return cast


def shown(client: Client, query: str) -> list[str]:
    page = client.get(f"{LIST}?{query}")
    assert page.status_code == 200
    return [found.number for found in page.context["listing"].conversations]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", {MARIA, TOM, STRANGER, HELD}),
        ("assignee=me", {MARIA}),
        ("assignee=nobody", {TOM, STRANGER, HELD}),
        ("assignee={owner}", set()),
        ("assignee={member}", {MARIA}),
        ("tag={tag}", {TOM}),
        ("tag=999999", set()),
        ("unread=1", {MARIA, STRANGER, HELD}),
        ("standing=active", {TOM, HELD}),
        ("standing=opt-out", {MARIA}),
        ("standing=block", {STRANGER}),
        ("standing=held", {HELD}),
        ("folder=opted-out&assignee=me", {MARIA}),
        ("folder=unread&assignee=nobody&standing=active", {HELD}),
        ("assignee=nonsense&tag=x&unread=yes&standing=strange", {MARIA, TOM, STRANGER, HELD}),
    ],
)
def test_the_list_is_narrowed(people: Cast, as_client: ClientOf, query: str, numbers: set[str]) -> None:
    with scope(people.northside.id):
        tag = Tag.objects.get(name="VIP")
    query = query.format(owner=people.owner.id, member=people.member.id, tag=tag.id)
    assert set(shown(as_client(people.member), query)) == numbers


def test_a_narrowed_list_says_so_and_its_conversations_keep_it(people: Cast, as_client: ClientOf) -> None:
    with scope(people.northside.id):
        tag = Tag.objects.get(name="VIP")
    page = as_client(people.member).get(f"{LIST}?assignee=nobody&tag={tag.id}&unread=1").content.decode()
    assert "No such conversations" in page and "assigned to nobody, tag VIP, unread" in page
    page = as_client(people.member).get(f"{LIST}?tag={tag.id}").content.decode()
    assert f"/?tag={tag.id}" in page and f"{NEW}?tag={tag.id}" in page


def save(client: Client, query: str, **data: Any) -> str:
    answer = client.post(f"{NEW}?{query}", data)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_a_view_is_saved_for_oneself(people: Cast, as_client: ClientOf) -> None:
    desk = as_client(people.member)
    address = save(desk, "assignee=me&standing=opt-out", name="Mine, out", for_team="on")
    assert shown(desk, address.partition("?")[2]) == [MARIA]
    page = desk.get(address).content.decode()
    assert "Mine, out" in page and "assigned to me" in page and "Edit" in page
    assert "Mine, out" not in as_client(people.owner).get(LIST).content.decode(), (
        "members save for themselves"
    )
    assert set(shown(as_client(people.owner), address.partition("?")[2])) == {MARIA, TOM, STRANGER, HELD}
    row = desk.get(address).context["listing"].conversations[0]
    assert f"/conversations/{row.id}/?view=" in page, "the conversation keeps the view"


def test_a_view_of_the_team_is_seen_and_counted_by_all(people: Cast, as_client: ClientOf) -> None:
    save(as_client(people.admin), "unread=1", name="To read", for_team="on")
    for member, count in ((people.admin, 4), (people.member, 3), (people.second, 0)):
        page = as_client(member).get(LIST)
        (view,) = page.context["view_menu"]
        assert (view.label, view.of_team, view.count) == ("To read", True, count), member


def test_a_view_of_an_inbox_that_is_not_seen_finds_nothing(people: Cast, as_client: ClientOf) -> None:
    address = save(as_client(people.admin), f"inbox={people.front_desk.id}", name="Front desk", for_team="on")
    query = address.partition("?")[2]
    assert len(shown(as_client(people.member), query)) == 4
    receive_text(people.billing, MARIA)
    assert shown(as_client(people.second), query) == []


def test_a_view_is_renamed_and_deleted_by_who_may(people: Cast, as_client: ClientOf) -> None:
    boss, desk = as_client(people.admin), as_client(people.member)
    save(boss, "unread=1", name="To read", for_team="on")
    save(desk, "assignee=me", name="Mine")
    with scope(people.northside.id):
        of_team, own = SavedView.objects.get(member=None), SavedView.objects.get(member=people.member)

    def page(name: str, view: SavedView) -> str:
        return reverse(name, args=["northside-dental", view.id])

    for name in ("edit_saved_view", "saved_view_deletion"):
        assert desk.post(page(name, of_team), {"name": "x"}).status_code == 404
        assert boss.post(page(name, own), {"name": "x"}).status_code == 404
    assert desk.post(page("edit_saved_view", own), {"name": "My own"}).status_code == 302
    assert boss.post(page("edit_saved_view", of_team), {"name": "All", "for_team": "on"}).status_code == 302
    with scope(people.northside.id):
        assert {(view.name, view.member_id) for view in SavedView.objects.all()} == {
            ("My own", people.member.id),
            ("All", None),
        }
    assert desk.post(page("saved_view_deletion", own)).status_code == 302
    assert boss.post(page("saved_view_deletion", of_team)).status_code == 302
    with scope(people.northside.id):
        assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "Give the view a name."),
        ("Mine", "There is already a view with this name."),
        ("mine", "There is already a view with this name."),
    ],
)
def test_a_view_needs_a_name_of_its_own(people: Cast, as_client: ClientOf, name: str, error: str) -> None:
    desk = as_client(people.member)
    save(desk, "assignee=me", name="Mine")
    answer = desk.post(f"{NEW}?unread=1", {"name": name})
    assert answer.status_code == 422 and error in answer.content.decode()


def test_a_member_who_leaves_takes_their_views(people: Cast, as_client: ClientOf) -> None:
    save(as_client(people.member), "assignee=me", name="Mine")
    with scope(people.northside.id):
        people.member.delete()
        assert not SavedView.objects.exists()
