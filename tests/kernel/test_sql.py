"""Combined INSERTs: one round trip, the models' defaults, and IDs of one INSERT in another."""

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


def test_inserts_together_return_their_ids(cast: Cast) -> None:
    now, team_id, inbox = timezone.now(), cast.northside.id, cast.front_desk
    with scope(team_id):
        ids = insert_together(
            conversation=Conversation.objects.insert_inbound(inbox, STRANGER, now, "Hello $1"),
            message=Message.insert_statement(
                team_id=team_id, conversation_id=ReturnedId("conversation"), inbox_id=inbox.id, number=STRANGER,
                outbound=False, status=MessageStatus.RECEIVED, body="Hello $1", media=[{"url": "https://x"}], at=now,
                created_at=now,
            ),
            contact=Contact.objects.ensure_statement(cast.front_desk, STRANGER, now),
        )  # fmt: skip
        message = Message.objects.get(team_id=team_id, id=ids["message"])
        contact = Contact.objects.get(team_id=team_id, id=ids["contact"])
    assert (message.conversation_id, contact.number) == (ids["conversation"], STRANGER)
    assert (message.body, message.media, message.at) == ("Hello $1", [{"url": "https://x"}], now)
    default = Message(team_id=team_id, outbound=False, status=MessageStatus.RECEIVED)
    given = {"id", "conversation_id", "inbox_id", "number", "body", "media", "at", "created_at"}
    for field in Message._meta.concrete_fields:
        if field.attname not in given:
            assert getattr(message, field.attname) == getattr(default, field.attname), field.attname


def test_row_that_is_not_inserted_has_no_id(cast: Cast) -> None:
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


def test_inserts_together_succeed_or_fail_together(cast: Cast) -> None:
    now, team_id = timezone.now(), cast.northside.id
    duplicate: dict[str, Any] = {"team_id": team_id, "number": MARIA, "created_at": now, "updated_at": now}
    with pytest.raises(IntegrityError), scope(team_id):
        insert_together(
            stranger=Contact.objects.ensure_statement(cast.front_desk, STRANGER, now),
            maria=Contact.insert_statement(**duplicate),
        )
    with scope(team_id):
        assert not Contact.objects.filter(team=cast.northside, number=STRANGER).exists()


def test_times_are_required_and_column_names_checked() -> None:
    with pytest.raises(ValueError, match="created_at"):
        Invitation.insert_statement(team_id=1, email="a@b.example")
    with pytest.raises(ValueError, match="colour"):
        Contact.insert_statement(team_id=1, colour="red")
