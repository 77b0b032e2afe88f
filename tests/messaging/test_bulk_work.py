"""Bulk work: one change to many ticked conversations, each checked against what the member sees, and its result."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Inbox, Member
from contacts.lists.models import Tag
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.models import Conversation
from messaging.teamwork.assignment import assignee_of
from messaging.teamwork.bulk_work import BulkWork, WorkResult
from messaging.teamwork.models import Activity
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import new_sid

type ClientOf = Callable[[Member], Client]
PAGE = reverse("bulk_work", args=["northside-dental"])


def conversation_in(inbox: Inbox, number: str) -> Conversation:
    receive(inbox, InboundText(new_sid(), number, "Are you open?"))
    with scope(inbox.team_id):
        found: Conversation = Conversation.objects.select_related("inbox").get(inbox=inbox, number=number)
    return found


@pytest.fixture
def three(cast: Cast) -> list[Conversation]:
    return [conversation_in(cast.front_desk, number) for number in (MARIA, TOM, STRANGER)]


def work(client: Client, conversations: list[Conversation], **data: Any) -> str:
    """The sentence of the result."""
    data["conversation"] = [found.id for found in conversations]
    page = client.post(PAGE, data, headers={"HX-Request": "true"})
    assert page.status_code == 200 and page["HX-Trigger"] == "changed"
    return " ".join(page.content.decode().replace("<p>", "").replace("</p>", "").split())


def closed(cast: Cast) -> set[str]:
    with scope(cast.northside.id):
        return set(Conversation.objects.filter(closed=True).values_list("number", flat=True))


def sentences(cast: Cast) -> list[str]:
    with scope(cast.northside.id):
        return [activity.sentence for activity in Activity.objects.order_by("id")]


def test_ticked_conversations_are_closed_and_reopened(
    cast: Cast, three: list[Conversation], as_client: ClientOf
) -> None:
    desk = as_client(cast.member)
    assert work(desk, three[:1], action="close") == "1 closed."
    assert work(desk, three, action="close") == "2 closed; 1 was closed already."
    assert closed(cast) == {MARIA, TOM, STRANGER}
    assert work(desk, three[1:], action="reopen") == "2 reopened."
    assert closed(cast) == {MARIA}
    assert (
        sentences(cast)
        == ["Maya Chen closed this conversation"] * 3 + ["Maya Chen reopened this conversation"] * 2
    )


def test_nobody_works_on_what_they_may_not_see(
    cast: Cast, three: list[Conversation], as_client: ClientOf
) -> None:
    hidden = conversation_in(cast.billing, MARIA)
    foreign = conversation_in(cast.shop, MARIA)
    sentence = work(as_client(cast.member), [three[0], hidden, foreign], action="close")
    assert sentence == "1 closed; 2 were not found."
    with scope(cast.northside.id):
        assert list(Conversation.objects.filter(closed=True)) == [three[0]]
    with scope(cast.harbor.id):
        assert not Conversation.objects.filter(closed=True).exists()


def test_ticked_conversations_are_assigned(
    cast: Cast, three: list[Conversation], as_client: ClientOf
) -> None:
    billing = conversation_in(cast.billing, MARIA)
    boss = as_client(cast.admin)
    assert work(boss, three[:1], assignee=cast.member.id) == "1 assigned to Maya Chen."
    assert work(boss, [*three, billing], assignee=cast.member.id) == (
        "2 assigned to Maya Chen; 1 was assigned so already; 1 is in an inbox that they do not see."
    )
    with scope(cast.northside.id):
        assert [assignee_of(found) for found in [*three, billing]] == [cast.member] * 3 + [None]
    assert work(boss, [three[0], billing], action="unassign") == (
        "1 assigned to nobody; 1 was assigned to nobody already."
    )
    assert sentences(cast)[-1] == "Amir Adams removed the assignment to Maya Chen"
    with scope(cast.northside.id):
        assert assignee_of(three[0]) is None


def test_ticked_conversations_are_marked_read_for_the_member_alone(
    cast: Cast, three: list[Conversation], as_client: ClientOf
) -> None:
    def unread(member: Member) -> list[int]:
        with scope(cast.northside.id):
            rows = Conversation.objects.filter(inbox=cast.front_desk).with_unread(member).order_by("id")
            return list(rows.values_list("unread", flat=True))

    conversation_in(cast.front_desk, MARIA)  # a second text
    desk = as_client(cast.member)
    assert work(desk, three[:2], action="read") == "2 marked read."
    assert (unread(cast.member), unread(cast.admin)) == ([0, 0, 1], [2, 1, 1])
    assert work(desk, three, action="unread") == (
        "2 marked unread; 1 was unread already, or without a text to read."
    )
    assert unread(cast.member) == [1, 1, 1], "the newest text is to be read"


def test_contacts_of_ticked_conversations_are_tagged(
    cast: Cast, three: list[Conversation], as_client: ClientOf
) -> None:
    billing = conversation_in(cast.billing, MARIA)  # another conversation of the same contact
    with scope(cast.northside.id):
        vip = Tag.objects.create(team=cast.northside, name="VIP")
        conversation = three[2]
        conversation.refresh_from_db()
        conversation.contact.delete()
    boss = as_client(cast.owner)
    assert work(boss, [*three, billing], action="tag", tag=vip.id) == "3 tagged VIP; 1 has no contact."
    assert work(boss, three[:2], action="tag", tag=vip.id) == "0 tagged VIP; 2 were tagged so already."
    with scope(cast.northside.id):
        assert {tagging.contact.number for tagging in vip.taggings.all()} == {MARIA, TOM}
    assert work(boss, three[:1], action="untag", tag=vip.id) == "1 untagged: VIP."
    with scope(cast.northside.id):
        assert [tagging.contact.number for tagging in vip.taggings.all()] == [TOM]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({}, "Select conversations first."),
        ({"conversation": "x"}, "Select conversations first."),
        ({"conversation": "1"}, "Choose what to do with the ticked conversations."),
        ({"conversation": "1", "action": "explode"}, "Choose what to do with the ticked conversations."),
        ({"conversation": "1", "action": "assign"}, "Choose what to do with the ticked conversations."),
        ({"conversation": "1", "assignee": "999999999"}, "This member has left the team."),
        ({"conversation": "1", "action": "tag"}, "Choose a tag first."),
        ({"conversation": "1", "action": "untag", "tag": "9" * 30}, "Choose a tag first."),
    ],
)
def test_a_form_without_a_choice_says_what_is_missing(
    cast: Cast, as_client: ClientOf, data: dict[str, str], error: str
) -> None:
    desk = as_client(cast.member)
    for headers in ({}, {"HX-Request": "true"}):
        page = desk.post(PAGE, data, headers=headers)
        assert page.status_code == 422 and error in page.content.decode()


def test_an_outsider_is_no_assignee(cast: Cast, three: list[Conversation], as_client: ClientOf) -> None:
    data = {"conversation": three[0].id, "assignee": cast.outsider.id}
    assert as_client(cast.member).post(PAGE, data).status_code == 422


def test_without_javascript_the_list_is_shown_again_with_the_result(
    cast: Cast, three: list[Conversation], as_client: ClientOf
) -> None:
    desk = as_client(cast.member)
    address = f"{PAGE}?folder=waiting&inbox={cast.front_desk.id}"
    page = desk.post(address, {"conversation": three[0].id, "action": "close"}, follow=True)
    assert page.redirect_chain == [
        (f"/t/northside-dental/inbox/?folder=waiting&inbox={cast.front_desk.id}", 302)
    ]
    assert "1 closed." in page.content.decode()
    assert page.content.decode().count('name="conversation"') == 2


def test_the_work_on_many_costs_no_more_queries(
    cast: Cast, as_client: ClientOf, django_assert_max_num_queries: Any
) -> None:
    many = [conversation_in(cast.front_desk, f"+1415555{2000 + n}") for n in range(60)]
    desk = as_client(cast.member)
    with django_assert_max_num_queries(20):
        assert work(desk, many, assignee=cast.member.id) == "60 assigned to Maya Chen."


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (WorkResult(BulkWork.CLOSE, changed=12, unchanged=1), "12 closed; 1 was closed already."),
        (WorkResult(BulkWork.REOPEN, changed=0, unchanged=2), "0 reopened; 2 were open already."),
        (WorkResult(BulkWork.READ, changed=1), "1 marked read."),
        (
            WorkResult(BulkWork.ASSIGN, " to Sam", changed=1, refused=2, missing=1),
            "1 assigned to Sam; 2 are in inboxes that they do not see; 1 was not found.",
        ),
        (WorkResult(BulkWork.TAG, " VIP", changed=1, without_contact=2), "1 tagged VIP; 2 have no contact."),
    ],
)
def test_the_result_in_words(result: WorkResult, sentence: str) -> None:
    assert result.sentence == sentence
