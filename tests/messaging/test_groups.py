"""Group texts: the other members are kept, shown and erased, and replies go to the sender alone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from kernel.tenancy import scope
from messaging.erasure import erase_messages
from messaging.groups.models import GroupRecipient
from messaging.models import Conversation, Message
from optout import number_state
from tests.api.conftest import create_client
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio

type ClientOf = Callable[[Member], Client]

GROUP = {"OtherRecipients0": TOM, "OtherRecipients1": STRANGER}


def others(cast: Cast) -> list[str]:
    with scope(cast.northside.id):
        return list(
            GroupRecipient.objects.order_by("message_id", "position").values_list("number", flat=True)
        )


def page(cast: Cast, client: Client, number: str = MARIA) -> str:
    with scope(cast.northside.id):
        id = Conversation.objects.get(team=cast.northside, number=number).id
    html = client.get(reverse("conversation", args=["northside-dental", id])).content.decode()
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def test_a_group_text_shows_the_others_and_where_a_reply_goes(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], as_client: ClientOf
) -> None:
    desk = as_client(cast.member)
    carrier.text(cast.front_desk, MARIA, "Dinner at six?", **GROUP)
    shown = page(cast, desk)
    assert "Group text, also to Tom Becker, (415) 555-0199" in shown
    assert "Your reply goes to Maria Lopez alone, not to the group." in shown
    with scope(cast.northside.id):
        id = Conversation.objects.get(number=MARIA).id
        assert not Conversation.objects.filter(number__in=[TOM, STRANGER]).exists()
    desk.post(reverse("messages", args=["northside-dental", id]), {"body": "Yes"})
    with scope(cast.northside.id):
        Message.objects.filter(outbound=True).update(due_at=timezone.now())  # without the time to undo it
    work()
    assert [(text.number, text.body) for text in carrier.sent] == [(MARIA, "Yes")]
    carrier.text(cast.front_desk, MARIA, "Only you now")
    shown = page(cast, desk)
    assert "Group text, also to" in shown and "not to the group" not in shown, "the newest text decides"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, []),
        ({"OtherRecipients0": TOM, "OtherRecipients5": STRANGER}, [TOM, STRANGER]),
        ({"OtherRecipients": TOM}, [TOM]),
        ({"OtherRecipients0": TOM, "OtherRecipients1": TOM}, [TOM]),
        (
            {"OtherRecipients0": MARIA, "OtherRecipients1": "+15105550100"},
            [],
        ),  # the sender, and our own number
        ({"OtherRecipients0": "", "OtherRecipients1": "somebody", "OtherRecipients2": TOM}, [TOM]),
        ({"OtherRecipientsX": TOM, "XOtherRecipients0": TOM}, []),
        ({f"OtherRecipients{n}": f"+1415555{n:04}" for n in range(100, 140)}, 20),
    ],
)
def test_which_others_a_text_has(
    cast: Cast, carrier: FakeTwilio, fields: dict[str, str], expected: list[str] | int
) -> None:
    assert carrier.text(cast.front_desk, MARIA, "Hello", **fields).status_code == 200
    found = others(cast)
    assert found == expected if isinstance(expected, list) else len(found) == expected


def test_a_stop_in_a_group_opts_out_its_sender_alone(cast: Cast, carrier: FakeTwilio) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP", **GROUP)
    with scope(cast.northside.id):
        states = [
            number_state.standing(cast.northside.id, number).may_text for number in (MARIA, TOM, STRANGER)
        ]
    assert states == [False, True, True]


def test_a_group_text_gets_no_automatic_text(cast: Cast, carrier: FakeTwilio, texts: Any) -> None:
    with scope(cast.northside.id):
        cast.front_desk.first_contact_text = "Hello!"
        cast.front_desk.save(update_fields=["first_contact_text"])
    carrier.text(cast.front_desk, MARIA, "Dinner at six?", **GROUP)
    assert texts(outbound=True) == []


@pytest.mark.parametrize("erased", [MARIA, TOM])
def test_erasure_removes_the_sender_and_the_others(cast: Cast, carrier: FakeTwilio, erased: str) -> None:
    carrier.text(cast.front_desk, MARIA, "Dinner at six?", **GROUP)
    with scope(cast.northside.id):
        erase_messages(cast.northside.id, [erased])
    assert others(cast) == ([] if erased == MARIA else [STRANGER])


def test_the_api_lists_the_others(cast: Cast, carrier: FakeTwilio) -> None:
    carrier.text(cast.front_desk, MARIA, "Dinner at six?", **GROUP)
    query = f"messages?phoneNumber={MARIA[1:]}&inboxID={cast.front_desk.id}"
    (text,) = create_client(cast.owner).get(query)
    assert text["others"] == [TOM[1:], STRANGER[1:]]
