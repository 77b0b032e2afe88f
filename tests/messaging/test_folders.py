"""Folders: read and unread per person, conversations whose number may not be texted, and what a page costs."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Inbox, Member, Team
from kernel import kept_queries
from kernel.tenancy import scope
from messaging import folder_rows
from messaging.carriers.base import InboundText
from messaging.folders import Folder
from messaging.inbound import receive
from messaging.inbox import load_conversations, mark_unread, set_seen
from messaging.models import Conversation
from optout import consent
from optout.consent_types import Actor
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.html import flat
from tests.messaging.fake_twilio import new_sid
from tests.messaging.folder_counts import count_folders

type ClientOf = Callable[[Member], Client]


def receive_text(inbox: Inbox, number: str, body: str = "Are you open?") -> Conversation:
    receive(inbox, InboundText(new_sid(), number, body))
    with scope(inbox.team_id):
        found: Conversation = Conversation.objects.select_related("inbox").get(inbox=inbox, number=number)
    return found


def numbers_in(member: Member, folder: Folder, inbox: Inbox | None = None) -> list[str]:
    with scope(member.team_id):
        return [found.number for found in load_conversations(member, folder, inbox).conversations]


def count(member: Member, folder: Folder, inbox: Inbox | None = None) -> int:
    with scope(member.team_id):
        return count_folders(member, inbox)[folder.value]


def test_unread_is_of_each_person(cast: Cast, as_client: ClientOf) -> None:
    for number in (MARIA, TOM):
        receive_text(cast.front_desk, number)
    found = receive_text(cast.front_desk, MARIA)
    assert numbers_in(cast.member, Folder.UNREAD) == [MARIA, TOM]
    page = reverse("conversation", args=["northside-dental", found.id])
    as_client(cast.member).get(page)
    assert numbers_in(cast.member, Folder.UNREAD) == [TOM]
    assert numbers_in(cast.admin, Folder.UNREAD) == [MARIA, TOM]
    assert (count(cast.member, Folder.UNREAD), count(cast.admin, Folder.UNREAD)) == (1, 2)
    receive_text(cast.front_desk, MARIA)
    assert numbers_in(cast.member, Folder.UNREAD) == [MARIA, TOM], "a new text is to be read"


def test_a_conversation_is_marked_unread(cast: Cast, as_client: ClientOf) -> None:
    found = receive_text(cast.front_desk, MARIA)
    desk = as_client(cast.member)
    desk.get(reverse("conversation", args=["northside-dental", found.id]))
    assert numbers_in(cast.member, Folder.UNREAD) == []
    address = reverse("delete_read_marker", args=["northside-dental", found.id])
    answer = desk.post(f"{address}?folder=waiting")
    assert (answer.status_code, answer["Location"]) == (302, "/t/northside-dental/inbox/?folder=waiting")
    assert numbers_in(cast.member, Folder.UNREAD) == [MARIA]
    answer = desk.post(address, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Trigger"]) == (204, "read"), "the thread is not fetched again"


def test_a_closed_conversation_is_not_listed_as_unread(cast: Cast) -> None:
    found = receive_text(cast.front_desk, MARIA)
    with scope(cast.northside.id):
        found.set_closed(True)
    assert numbers_in(cast.member, Folder.UNREAD) == []


def test_opted_out_lists_whom_the_inbox_may_not_text(cast: Cast) -> None:
    receive_text(cast.front_desk, MARIA, "STOP")
    receive_text(cast.front_desk, TOM)
    stranger = receive_text(cast.front_desk, STRANGER)
    assert numbers_in(cast.member, Folder.OPTED_OUT) == [MARIA]
    with scope(cast.northside.id):
        consent.block(cast.northside.id, STRANGER, Actor.of(cast.owner), reason="rude")
        stranger.set_closed(True)
    receive_text(cast.billing, TOM)
    assert numbers_in(cast.owner, Folder.OPTED_OUT) == [STRANGER, MARIA]
    assert count(cast.owner, Folder.OPTED_OUT) == 2
    assert numbers_in(cast.owner, Folder.OPTED_OUT, cast.billing) == []
    receive_text(cast.front_desk, MARIA, "START")
    assert numbers_in(cast.owner, Folder.OPTED_OUT) == [STRANGER]


def many_conversations(cast: Cast, number: int, *, seen_by: Member | None = None) -> list[Conversation]:
    """Newest first, each with a text."""
    now = timezone.now()
    with scope(cast.northside.id):
        rows = Conversation.objects.bulk_create(
            Conversation(
                team=cast.northside, inbox=[cast.front_desk, cast.billing][n % 2], number=f"+1415556{n:04}",
                last_message_at=now - timedelta(minutes=n), inbound_count=1,
            )
            for n in range(number)
        )  # fmt: skip
        if seen_by:
            set_seen(rows, seen_by, to_read=0)
    return rows


def test_a_page_looks_through_a_limited_number_of_conversations(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old unread one is found by looking further back; each page looks at WALK conversations."""
    monkeypatch.setattr(folder_rows, "WALK", 10)
    monkeypatch.setattr(folder_rows, "COUNT_WALK", 20)
    monkeypatch.setattr(kept_queries, "_kept", kept_queries._kept.__wrapped__)  # keeps nothing
    rows = many_conversations(cast, 25, seen_by=cast.owner)
    with scope(cast.northside.id):
        mark_unread(rows[3], cast.owner)
        mark_unread(rows[22], cast.owner)
        first = load_conversations(cast.owner, Folder.UNREAD, None)
        assert ([row.id for row in first.conversations], first.more) == ([rows[3].id], True)
        assert first.last and first.last.id == rows[9].id
        second = load_conversations(cast.owner, Folder.UNREAD, None, before=first.last)
        assert (second.conversations, second.more) == ([], True)
        third = load_conversations(cast.owner, Folder.UNREAD, None, before=second.last)
        assert ([row.id for row in third.conversations], third.more) == ([rows[22].id], False)
        again = load_conversations(cast.owner, Folder.UNREAD, None, down_to=second.last)
        assert ([row.id for row in again.conversations], again.more) == ([rows[3].id], True)
        assert again.last == second.last
        assert count_folders(cast.owner, None)["unread"] == 1
        monkeypatch.setattr(folder_rows, "COUNT_WALK", 1000)
        assert count_folders(cast.owner, None)["unread"] == 2


def test_a_walk_of_several_inboxes_is_in_order(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_rows, "WALK", 10)
    rows = many_conversations(cast, 25)
    with scope(cast.northside.id):
        cast.billing.seats.create(team=cast.northside, member=cast.member)
        first = load_conversations(cast.member, Folder.UNREAD, None)
        assert [row.id for row in first.conversations] == [row.id for row in rows[:10]]
        second = load_conversations(cast.member, Folder.UNREAD, None, before=first.last)
        third = load_conversations(cast.member, Folder.UNREAD, None, before=second.last)
    assert [row.id for row in second.conversations + third.conversations] == [row.id for row in rows[10:]]
    assert not third.more


def test_the_page_offers_to_look_further_back(
    cast: Cast, as_client: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_rows, "WALK", 10)
    many_conversations(cast, 25, seen_by=cast.owner)
    page = as_client(cast.owner).get(reverse("inbox", args=["northside-dental"]), {"folder": "unread"})
    assert (
        "You have read everything" in page.content.decode() and "Look further back" in page.content.decode()
    )


def test_every_folder_has_its_address(cast: Cast, as_client: ClientOf) -> None:
    receive_text(cast.front_desk, MARIA)
    desk: Any = as_client(cast.member)
    for folder in Folder:
        page = desk.get(reverse("inbox", args=["northside-dental"]), {"folder": folder.value})
        assert page.context["folder"] == folder
        assert page.content.decode().count(f"?folder={folder.value}") >= 1


def rows_read(plan: dict[str, Any]) -> float:
    """The most rows that a part of a plan has read, with those that its filter removed."""
    own = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return max([own, *map(rows_read, plan.get("Plans", []))])


@pytest.mark.parametrize("folder", [Folder.UNREAD, Folder.OPTED_OUT])
def test_a_count_reads_few_rows_of_many(
    cast: Cast, owner: psycopg.Connection, tamper: Callable[..., None], folder: Folder
) -> None:
    """Nothing is unread and nobody has opted out, so that nothing ends the search but its limit.

    The rows are inserted without foreign keys: PostgreSQL would search them with a plan made for few rows.
    """
    team, inbox = cast.northside.id, cast.front_desk.id
    tamper(
        "INSERT INTO messaging_conversation (team_id, inbox_id, number, closed, inbound_count, last_message_at,"
        f" preview, created_at) SELECT {team}, {inbox}, '+1' || (2000000000 + n), false, 1,"
        " now() - n * interval '1 minute', '', now() FROM generate_series(1, 20000) n"
    )
    tamper(
        "INSERT INTO messaging_readmarker (team_id, conversation_id, member_id, seen)"
        f" SELECT team_id, id, {cast.owner.id}, 1 FROM messaging_conversation"
    )
    owner.execute("ANALYZE messaging_conversation, messaging_readmarker")
    with scope(team):
        counts = folder_rows.FolderRows(cast.owner, folder, None).counts()
        query = Team.objects.filter(id=team).values_list(*counts)
        (explained,) = json.loads(query.explain(analyze=True, format="json"))
    assert rows_read(explained["Plan"]) <= folder_rows.COUNT_WALK + 1


def test_inboxes_are_chosen_from_a_menu_with_unread_conversations(cast: Cast, as_client: ClientOf) -> None:
    """With one inbox there is nothing to choose. The thread names its person to readers of the screen alone."""
    for number in (MARIA, TOM):
        receive_text(cast.billing, number)
    page = reverse("inbox", args=["northside-dental"])
    shown = flat(as_client(cast.admin).get(page))
    menu = shown.partition('title="Choose an inbox"')[2].partition("</details>")[0]
    billing, _, front_desk = menu.partition("Billing")[2].partition("Front Desk")
    assert ">2</span>" in billing and "count" not in front_desk + menu.partition("Billing")[0]
    assert f"?folder=open&amp;inbox={cast.billing.id}" in menu
    assert "Choose an inbox" not in flat(as_client(cast.member).get(page))
    found = receive_text(cast.front_desk, MARIA)
    thread = flat(as_client(cast.member).get(reverse("conversation", args=["northside-dental", found.id])))
    assert '<bdi class="only-for-readers">Maria Lopez</bdi>' in thread
