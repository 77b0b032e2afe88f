"""Presence: who is shown at a conversation, to whom, and for how long."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import change_polling, presence
from accounts.memberships import rename_member
from accounts.models import Member, User, shown_name
from accounts.presence import LOOKING_SECONDS, TYPING_SECONDS, Onlooker, group_by_conversation
from kernel.cache import OptionalCache
from kernel.tenancy import scope
from messaging.models import Conversation
from messaging.teamwork.assignment import assign
from tests.accounts.test_change_polling import poll, poll_of
from tests.cast import MARIA, TOM, Cast

AsClient = Callable[[Member], Client]
TEAM = "northside-dental"


@pytest.fixture(autouse=True)
def _nobody(cast: Cast) -> Iterator[None]:
    """Presence is in the cache, which outlives the rows of a test."""
    yield
    for member in (cast.owner, cast.admin, cast.member, cast.second):
        presence.forget(cast.northside.id, member.id)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let this many seconds pass."""
    start, passed = presence.now(), [0.0]
    monkeypatch.setattr(presence, "now", lambda: start + passed[0])

    def pass_by(seconds: float) -> None:
        passed[0] += seconds

    return pass_by


@pytest.fixture
def conversations(cast: Cast) -> list[Conversation]:
    """One at the front desk, one at billing."""
    now = timezone.now()
    with scope(cast.northside.id):
        return [
            Conversation.objects.create(team=cast.northside, inbox=inbox, number=number, last_message_at=now)
            for inbox, number in ((cast.front_desk, MARIA), (cast.billing, TOM))
        ]


def open_page(browser: Client, conversation: Conversation) -> Any:
    return browser.get(reverse("conversation", args=[TEAM, conversation.id]))


def place_of(page: Any) -> str:
    found = re.search(r'data-signed-place="(\S+)"', page.content.decode())
    assert found
    return found[1]


def shown(answer: Any) -> list[str]:
    return re.findall(r"<span data-at=\S+ data-initials=\S+>(.*?)</span>", answer.content.decode())


def onlooker(member: int, name: str, *, typing: bool = False, at: int = 1) -> Onlooker:
    return Onlooker(at, 1, member, typing, name)


@pytest.mark.parametrize(
    ("onlookers", "initials", "sentence"),
    [
        ([onlooker(1, "Maya Chen")], "MC", "Maya Chen is looking at this"),
        ([onlooker(1, "Maya Chen", typing=True)], "MC", "Maya Chen is typing a reply"),
        (
            [onlooker(1, "Maya Chen"), onlooker(1, "Maya Chen", typing=True)],
            "MC",
            "Maya Chen is typing a reply",
        ),
        (
            [onlooker(1, "Amir Adams"), onlooker(2, "Maya Chen", typing=True)],
            "MC AA",
            "Maya Chen is typing a reply · Amir Adams is looking at this",
        ),
        ([onlooker(1, "ann@x.example")], "AN", "ann@x.example is looking at this"),
        ([onlooker(1, "Ana de la Cruz")], "AC", "Ana de la Cruz is looking at this"),
    ],
)
def test_onlookers_in_words(onlookers: list[Onlooker], initials: str, sentence: str) -> None:
    (line,) = group_by_conversation(onlookers)
    assert (line.initials, line.sentence) == (initials, sentence)


def test_each_conversation_has_its_own_line() -> None:
    lines = group_by_conversation([onlooker(2, "B", at=7), onlooker(1, "A", at=3), onlooker(3, "C", at=7)])
    assert [(line.conversation_id, line.initials) for line in lines] == [(3, "A"), (7, "B C")]


def test_colleagues_are_told_who_looks_and_types(
    cast: Cast, as_client: AsClient, conversations: list[Conversation], clock: Callable[[float], None]
) -> None:
    maya, olivia = as_client(cast.member), as_client(cast.owner)
    watched = poll(olivia, poll_of(olivia.get(reverse("inbox", args=[TEAM]))))
    assert shown(watched) == []
    assert poll(olivia, poll_of(watched)).status_code == 204

    page = open_page(maya, conversations[0])
    watched = poll(olivia, poll_of(watched))
    assert shown(watched) == ["Maya Chen is looking at this"]
    assert "HX-Trigger" not in watched.headers, "the lists are not fetched again"
    assert shown(poll(maya, poll_of(page))) == [], "nobody is shown to oneself"

    poll(maya, f"{poll_of(page)}&place={place_of(page)}&typing=1")
    watched = poll(olivia, poll_of(watched))
    assert shown(watched) == ["Maya Chen is typing a reply"]
    assert poll(olivia, poll_of(watched)).status_code == 204
    clock(TYPING_SECONDS + 1)
    watched = poll(olivia, poll_of(watched))
    assert shown(watched) == ["Maya Chen is looking at this"]
    clock(LOOKING_SECONDS)
    assert shown(poll(olivia, poll_of(watched))) == []


def test_a_page_goes_on_looking_while_it_polls(
    cast: Cast,
    as_client: AsClient,
    conversations: list[Conversation],
    clock: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    maya, olivia = as_client(cast.member), as_client(cast.owner)
    page = open_page(maya, conversations[0])
    clock(LOOKING_SECONDS - 1)
    with monkeypatch.context() as later:
        later.setattr(change_polling, "TICKET_SECONDS", -1)  # the ticket is renewed
        poll(maya, f"{poll_of(page)}&place={place_of(page)}")
    clock(LOOKING_SECONDS - 1)
    seen = poll(olivia, poll_of(olivia.get(reverse("inbox", args=[TEAM]))))
    assert shown(seen) == ["Maya Chen is looking at this"]


def test_a_member_is_shown_by_the_name_that_the_team_uses(
    cast: Cast, as_client: AsClient, conversations: list[Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the rows of the list do; also by a page that was opened before the name was given."""
    maya, olivia = as_client(cast.member), as_client(cast.owner)
    page = open_page(maya, conversations[0])
    with scope(cast.northside.id):
        rename_member(cast.member, "Dr. Chen", by=cast.owner)
        assign(conversations[0], cast.member, cast.owner)
    with monkeypatch.context() as later:
        later.setattr(change_polling, "TICKET_SECONDS", -1)
        poll(maya, f"{poll_of(page)}&place={place_of(page)}&typing=1")
    inbox = olivia.get(reverse("inbox", args=[TEAM]))
    assert shown(poll(olivia, poll_of(inbox))) == ["Dr. Chen is typing a reply"]
    assert "Dr. Chen" in inbox.content.decode() and "Maya Chen" not in inbox.content.decode()
    assert "Dr. Chen" in maya.get(reverse("contacts", args=[TEAM])).content.decode(), "in the menu"


def test_a_member_without_a_name_is_shown_by_address(cast: Cast) -> None:
    with scope(cast.northside.id):
        User.objects.filter(id=cast.member.user_id).update(name="")
        members = cast.northside.members.select_related("user").by_name()
        names = list(members.annotate(shown=shown_name()).values_list("shown", flat=True))
        assert names == [str(member) for member in members] and "maya@northside.example" in names


def test_going_elsewhere_is_told_at_once(
    cast: Cast, as_client: AsClient, conversations: list[Conversation]
) -> None:
    amir, olivia = as_client(cast.admin), as_client(cast.owner)
    for conversation in conversations:
        open_page(amir, conversation)
    watched = poll(olivia, poll_of(olivia.get(reverse("inbox", args=[TEAM]))))
    assert f'data-at="{conversations[1].id}"' in watched.content.decode()
    assert len(shown(watched)) == 1
    amir.get(reverse("inbox", args=[TEAM]), headers={"HX-Request": "true", "HX-Boosted": "true"})
    watched = poll(olivia, poll_of(watched))
    assert shown(watched) == []
    page = open_page(amir, conversations[0])
    watched = poll(olivia, poll_of(watched))
    assert shown(watched) == ["Amir Adams is looking at this"]
    assert poll(amir, f"{poll_of(page)}&left=1").status_code == 204
    assert shown(poll(olivia, poll_of(watched))) == []


def test_inboxes_that_a_member_does_not_see_show_nobody(
    cast: Cast, as_client: AsClient, conversations: list[Conversation]
) -> None:
    olivia, sam = as_client(cast.owner), as_client(cast.second)
    open_page(olivia, conversations[0])
    assert shown(poll(sam, poll_of(sam.get(reverse("inbox", args=[TEAM]))))) == []
    open_page(olivia, conversations[1])
    assert shown(poll(sam, poll_of(sam.get(reverse("inbox", args=[TEAM]))))) == [
        "Olivia Owens is looking at this"
    ]


def test_a_place_counts_only_where_its_member_may_be(
    cast: Cast, as_client: AsClient, conversations: list[Conversation]
) -> None:
    sam, olivia = as_client(cast.second), as_client(cast.owner)
    address = poll_of(sam.get(reverse("inbox", args=[TEAM])))
    front_desk = change_polling.sign_place(cast.northside.id, conversations[0].id, cast.front_desk.id)
    foreign = change_polling.sign_place(cast.harbor.id, conversations[1].id, cast.billing.id)
    for place in (front_desk, foreign, "forged", ""):
        assert poll(sam, f"{address}&place={place}").status_code == 200
        assert poll(sam, f"{address}&place={place}&typing=1").status_code == 204
    assert shown(poll(olivia, poll_of(olivia.get(reverse("inbox", args=[TEAM]))))) == []


def test_without_a_cache_nobody_is_shown_and_nothing_fails(
    cast: Cast, as_client: AsClient, conversations: list[Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OptionalCache, "_rests_until", float("inf"))
    browser = as_client(cast.owner)
    page = open_page(browser, conversations[0])
    assert page.status_code == 200
    assert poll(browser, f"{poll_of(page)}&place={place_of(page)}&typing=1").status_code == 204
    answer = poll(browser, f"{poll_of(page)}&place={place_of(page)}")
    assert (answer.status_code, shown(answer)) == (200, [])
