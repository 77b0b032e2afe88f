"""INSERTs that go together: one round trip, each with the model's defaults, and one may need the id of another."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import Invitation
from contacts.contact.models import Contact
from kernel.sql import ReturnedId, insert_together
from kernel.tenancy import scope
from messaging.models import Conversation, Message, MessageStatus
from tests.cast import MARIA, STRANGER, Cast


def test_several_writes_are_one_and_the_ids_are_told(cast: Cast) -> None:
    now, team_id, inbox = timezone.now(), cast.northside.id, cast.front_desk
    with scope(team_id):
        written = insert_together(
            conversation=Conversation.objects.insert_inbound(inbox, STRANGER, now, "Hello $1"),
            message=Message.insert_statement(
                team_id=team_id, conversation_id=ReturnedId("conversation"), inbox_id=inbox.id, number=STRANGER,
                outbound=False, status=MessageStatus.RECEIVED, body="Hello $1", media=[{"url": "https://x"}], at=now,
                created_at=now,
            ),
            contact=Contact.objects.ensure_statement(cast.front_desk, STRANGER, now),
        )  # fmt: skip
        message = Message.objects.get(team_id=team_id, id=written["message"])
        contact = Contact.objects.get(team_id=team_id, id=written["contact"])
    assert (message.conversation_id, contact.number) == (written["conversation"], STRANGER)
    assert (message.body, message.media, message.at) == ("Hello $1", [{"url": "https://x"}], now)
    ours = Message(team_id=team_id, outbound=False, status=MessageStatus.RECEIVED)
    given = {"id", "conversation_id", "inbox_id", "number", "body", "media", "at", "created_at"}
    for field in Message._meta.concrete_fields:
        if field.attname not in given:
            assert getattr(message, field.attname) == getattr(ours, field.attname), field.attname


def test_what_is_not_written_has_no_id(cast: Cast) -> None:
    with scope(cast.northside.id):
        now = timezone.now()
        assert set(insert_together(maria=Contact.objects.ensure_statement(cast.front_desk, MARIA, now))) == {
            "maria"
        }
        assert (
            insert_together(
                maria=Contact.objects.ensure_statement(cast.billing, MARIA, now - timedelta(days=1))
            )
            == {}
        )
        maria = Contact.objects.get(team=cast.northside, number=MARIA)
    assert (maria.name, maria.last_message_at, maria.last_inbox_id) == (
        "Maria Lopez",
        now,
        cast.front_desk.id,
    )


def test_all_of_them_or_none(cast: Cast) -> None:
    now, team_id = timezone.now(), cast.northside.id
    again: dict[str, Any] = {"team_id": team_id, "number": MARIA, "created_at": now, "updated_at": now}
    with pytest.raises(IntegrityError), scope(team_id):
        insert_together(
            stranger=Contact.objects.ensure_statement(cast.front_desk, STRANGER, now),
            maria=Contact.insert_statement(**again),
        )
    with scope(team_id):
        assert not Contact.objects.filter(team=cast.northside, number=STRANGER).exists()


def test_a_time_must_be_given_and_a_name_be_right() -> None:
    with pytest.raises(ValueError, match="created_at"):
        Invitation.insert_statement(team_id=1, email="a@b.example")
    with pytest.raises(ValueError, match="colour"):
        Contact.insert_statement(team_id=1, colour="red")
