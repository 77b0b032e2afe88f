"""Work in a team: folders as work lists, assignments, private notes with mentions, closings."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.folders import Folder
from messaging.inbound import receive
from messaging.inbox import load_conversations
from messaging.models import Conversation, Message
from messaging.teamwork.assignment import assign, assignable_members, assignee_of
from messaging.teamwork.models import Activity, Mention, Note
from messaging.teamwork.notes import mentioned
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import new_sid
from tests.messaging.folder_counts import count_folders

type ClientOf = Callable[[Member], Client]


@pytest.fixture
def conversation(cast: Cast) -> Conversation:
    return receive_text(cast, MARIA)


def receive_text(cast: Cast, number: str) -> Conversation:
    receive(cast.front_desk, InboundText(new_sid(), number, "Are you open?"))
    with scope(cast.northside.id):
        found: Conversation = Conversation.objects.select_related("inbox").get(
            team=cast.northside, inbox=cast.front_desk, number=number
        )
    return found


def post(client: Client, name: str, conversation: Conversation, **data: Any) -> Any:
    return client.post(reverse(name, args=["northside-dental", conversation.id]), data)


def numbers_in(member: Member, folder: Folder) -> list[str]:
    with scope(member.team_id):
        return [found.number for found in load_conversations(member, folder, None).conversations]


def activities(cast: Cast) -> list[str]:
    with scope(cast.northside.id):
        return [activity.sentence for activity in Activity.objects.order_by("id")]


def test_a_conversation_is_assigned_once(cast: Cast, conversation: Conversation, as_client: ClientOf) -> None:
    desk = as_client(cast.member)
    assert numbers_in(cast.member, Folder.MINE) == []
    assert numbers_in(cast.member, Folder.UNASSIGNED) == [MARIA]
    for _ in range(2):
        assert post(desk, "assignment", conversation, member=cast.member.id).status_code == 302
    assert numbers_in(cast.member, Folder.MINE) == [MARIA]
    assert numbers_in(cast.owner, Folder.MINE) == numbers_in(cast.member, Folder.UNASSIGNED) == []
    post(desk, "assignment", conversation, member=cast.admin.id)
    post(desk, "assignment", conversation, member="")
    with scope(cast.northside.id):
        assert assignee_of(conversation) is None
    assert activities(cast) == [
        "Maya Chen took this conversation",
        "Maya Chen assigned this conversation to Amir Adams",
        "Maya Chen removed the assignment to Amir Adams",
    ]


def test_only_members_who_see_the_inbox_are_assigned(
    cast: Cast, conversation: Conversation, as_client: ClientOf
) -> None:
    with scope(cast.northside.id):
        assert set(assignable_members(cast.front_desk)) >= {cast.owner, cast.admin, cast.member}
        cast.front_desk.seats.all().delete()
        assert cast.member not in assignable_members(cast.front_desk)
    desk = as_client(cast.admin)
    for stranger in (cast.member.id, cast.outsider.id, 0, "x", 10**30):
        assert post(desk, "assignment", conversation, member=stranger).status_code == 422
    assert post(as_client(cast.member), "assignment", conversation, member="").status_code == 404
    assert activities(cast) == []


def test_a_member_who_leaves_is_no_assignee(cast: Cast, conversation: Conversation) -> None:
    with scope(cast.northside.id):
        assign(conversation, cast.member, cast.owner)
        cast.member.delete()
        assert assignee_of(conversation) is None
    assert numbers_in(cast.owner, Folder.UNASSIGNED) == [MARIA]
    assert activities(cast) == ["Olivia Owens assigned this conversation to Maya Chen"]


def test_waiting_lists_the_longest_first(cast: Cast, as_client: ClientOf) -> None:
    for number in (MARIA, TOM):
        receive_text(cast, number)
    receive_text(cast, MARIA)  # she waits since her first text
    assert numbers_in(cast.member, Folder.WAITING) == [MARIA, TOM]
    first = receive_text(cast, MARIA)
    post(as_client(cast.member), "messages", first, body="Yes, until six")
    assert numbers_in(cast.member, Folder.WAITING) == [TOM]


def test_the_pages_of_waiting_continue(cast: Cast) -> None:
    numbers = [f"+1415555{2000 + n}" for n in range(45)]
    for number in numbers:
        receive_text(cast, number)
    with scope(cast.northside.id):
        first = load_conversations(cast.member, Folder.WAITING, None)
        rest = load_conversations(cast.member, Folder.WAITING, None, before=first.last)
        again = load_conversations(cast.member, Folder.WAITING, None, down_to=rest.last)
    assert [found.number for found in first.conversations + rest.conversations] == numbers
    assert (first.more, rest.more) == (True, False)
    assert [found.number for found in again.conversations] == numbers


def test_a_note_is_never_sent(cast: Cast, conversation: Conversation, as_client: ClientOf) -> None:
    desk = as_client(cast.member)
    assert post(desk, "notes", conversation, body="She is <b>allergic</b>").status_code == 302
    page = desk.get(reverse("conversation", args=["northside-dental", conversation.id])).content.decode()
    assert "Private note by Maya Chen" in page and "She is &lt;b&gt;allergic" in page
    with scope(cast.northside.id):
        assert not Message.objects.filter(team=cast.northside, outbound=True).exists()
    for bad in ("", " \n ", "x" * 2001):
        assert post(desk, "notes", conversation, body=bad).status_code == 422
    with scope(cast.northside.id):
        assert Note.objects.count() == 1
    assert numbers_in(cast.member, Folder.WAITING) == [MARIA], "a note answers nobody"


def test_a_mention_is_shown_until_it_is_seen(
    cast: Cast, conversation: Conversation, as_client: ClientOf
) -> None:
    post(as_client(cast.member), "notes", conversation, body="@Amir Adams, can you call her? @maya chen")

    def unseen(member: Member) -> int:
        with scope(cast.northside.id):
            return count_folders(member, None)["mentions"]

    assert (unseen(cast.admin), unseen(cast.member), unseen(cast.owner)) == (1, 0, 0)
    as_client(cast.admin).get(reverse("conversation", args=["northside-dental", conversation.id]))
    assert unseen(cast.admin) == 0
    assert numbers_in(cast.admin, Folder.MENTIONS) == [MARIA]
    with scope(cast.northside.id):
        assert Mention.objects.get().member == cast.admin


class Named:
    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("@Ann please", ["Ann"]),
        ("@ann lee please", ["Ann Lee"]),
        ("@Ann Lee and @Ann", ["Ann Lee", "Ann"]),
        ("mail post@ann.example", []),
        ("@Anna", []),
        ("Ann", []),
        ("@Zoë?", ["Zoë"]),
        ("@", []),
    ],
)
def test_whom_a_note_mentions(body: str, names: list[str]) -> None:
    members: Any = [Named("Ann"), Named("Ann Lee"), Named("Zoë")]
    assert [str(member) for member in mentioned(body, members)] == names


def test_closing_is_recorded(cast: Cast, conversation: Conversation, as_client: ClientOf) -> None:
    desk = as_client(cast.member)
    for name in ("closure", "closure", "delete_closure"):
        post(desk, name, conversation)
    assert activities(cast) == ["Maya Chen closed this conversation", "Maya Chen reopened this conversation"]


def test_the_counts_end_at_99(cast: Cast, as_client: ClientOf) -> None:
    for n in range(101):
        receive(cast.front_desk, InboundText(new_sid(), f"+1415555{2000 + n}", "Hello"))
    page = as_client(cast.member).get(reverse("inbox", args=["northside-dental"])).content.decode()
    assert "99+" in page


@pytest.mark.parametrize("wanted", [True, False])
def test_whoever_answers_first_takes_the_conversation_if_the_team_wants(
    cast: Cast, conversation: Conversation, as_client: ClientOf, wanted: bool
) -> None:
    settings = {"name": "Northside Dental", "country": "US", "time_zone": "America/New_York"}
    if wanted:
        settings["assign_on_reply"] = "on"
    url = reverse("team_settings", args=["northside-dental"])
    assert as_client(cast.owner).post(url, settings).status_code == 302
    for client in (as_client(cast.member), as_client(cast.admin)):
        post(client, "messages", conversation, body="Yes, until six")
    with scope(cast.northside.id):
        assert assignee_of(conversation) == (cast.member if wanted else None)
    assert activities(cast) == (["Maya Chen took this conversation"] if wanted else [])


def test_a_refused_text_takes_no_conversation(
    cast: Cast, conversation: Conversation, as_client: ClientOf
) -> None:
    with scope(cast.northside.id):
        cast.northside.assign_on_reply = True
        cast.northside.save(update_fields=["assign_on_reply"])
    receive(cast.front_desk, InboundText(new_sid(), MARIA, "STOP"))
    post(as_client(cast.member), "messages", conversation, body="Yes, until six")
    with scope(cast.northside.id):
        assert assignee_of(conversation) is None
