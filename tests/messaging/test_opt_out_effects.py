"""What an opt-out by text also does: as the team chose, once, and shown in the conversation."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Team
from contacts.lists import labels
from contacts.lists.models import ContactList, ListEntry
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from messaging.models import Conversation, OptOutEffects
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import new_sid


def choose(cast: Cast, *, closes: bool, leaves: bool, as_client: Any) -> None:
    form = {"opt_out_closes": "on"} if closes else {}
    form |= {"opt_out_leaves_lists": "on"} if leaves else {}
    url = reverse("opt_out_effects", args=[cast.northside.slug])
    assert as_client(cast.admin).post(url, form).status_code == 302
    with scope(cast.northside.id):
        cast.front_desk.team = Team.objects.get(pk=cast.northside.pk)


def put_on_lists(cast: Cast) -> None:
    with scope(cast.northside.id):
        lists = [ContactList.objects.create(team=cast.northside, name=name) for name in ("Recall", "News")]
        labels.set_lists(cast.maria, lists)
        labels.set_lists(cast.tom, lists)


def receive(cast: Cast, body: str) -> None:
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, body))


def state(cast: Cast) -> tuple[bool, int, int, list[str]]:
    """Whether the conversation is closed, the lists of Maria and of Tom, and what was kept."""
    with scope(cast.northside.id):
        conversation = Conversation.objects.get(team=cast.northside, number=MARIA)
        entries = ListEntry.objects.filter(team=cast.northside)
        return (
            conversation.closed,
            entries.filter(contact__number=MARIA).count(),
            entries.filter(contact__number=TOM).count(),
            [row.sentence for row in OptOutEffects.objects.filter(team=cast.northside).order_by("id")],
        )


@pytest.mark.parametrize(
    ("closes", "leaves", "lists", "sentences"),
    [
        (False, False, 2, []),
        (True, False, 2, ["Conversation closed."]),
        (False, True, 0, ["Removed from News, Recall."]),
        (True, True, 0, ["Conversation closed. Removed from News, Recall."]),
    ],
)
def test_an_opt_out_does_what_the_team_chose(
    cast: Cast, as_client: Any, closes: bool, leaves: bool, lists: int, sentences: list[str]
) -> None:
    put_on_lists(cast)
    choose(cast, closes=closes, leaves=leaves, as_client=as_client)
    receive(cast, "Hello")
    assert state(cast) == (False, 2, 2, [])
    receive(cast, "STOP")
    assert state(cast) == (closes, lists, 2, sentences)


def test_a_repeated_stop_does_only_what_is_left(cast: Cast, as_client: Any) -> None:
    put_on_lists(cast)
    choose(cast, closes=True, leaves=True, as_client=as_client)
    receive(cast, "STOP")
    receive(cast, "STOP")
    closed, lists, _, sentences = state(cast)
    assert (closed, lists) == (True, 0)
    assert sentences[0] == "Conversation closed. Removed from News, Recall."
    assert set(sentences[1:]) <= {"Conversation closed."}  # the second STOP opened the conversation again


def test_the_conversation_says_what_was_done(cast: Cast, as_client: Any) -> None:
    put_on_lists(cast)
    choose(cast, closes=True, leaves=True, as_client=as_client)
    receive(cast, "STOP")
    with scope(cast.northside.id):
        conversation = Conversation.objects.get(team=cast.northside, number=MARIA)
    page = as_client(cast.owner).get(reverse("conversation", args=[cast.northside.slug, conversation.id]))
    assert "Conversation closed. Removed from News, Recall." in page.content.decode()


def test_the_choice_is_audited(cast: Cast, as_client: Any) -> None:
    choose(cast, closes=True, leaves=False, as_client=as_client)
    page = as_client(cast.owner).get(reverse("opt_out_settings", args=[cast.northside.slug])).content.decode()
    assert "An opt-out also: Close the conversation" in page
