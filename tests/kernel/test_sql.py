"""Combined INSERTs: one round trip, the models' defaults, and IDs of one INSERT in another. Values by their names."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import Invitation
from contacts.contact.models import Contact
from kernel.combined_inserts import insert_together
from kernel.sql import ReturnedId, _numbered, fetch, fetch_row, fetch_unprepared
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


# -- values by their names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "numbered", "names"),
    [
        ("SELECT 1", "SELECT 1", ()),
        ("SELECT $team", "SELECT $1", ("team",)),
        ("$b, $a", "$1, $2", ("b", "a")),
        ("$a, $b, $a, $b", "$1, $2, $1, $2", ("a", "b")),  # repeated
        ("$to, $to_2, $t", "$1, $2, $3", ("to", "to_2", "t")),  # a name that begins another
        ("$to_2, $to", "$1, $2", ("to_2", "to")),
        ("($ids::bigint[]), lower($_x)", "($1::bigint[]), lower($2)", ("ids", "_x")),
        ("$1, $2::text, $10", "$1, $2::text, $10", ()),
        ("$$now$$, $$ now $$", "$$now$$, $$ now $$", ()),  # dollar quotes
        ("$body$ now $body$, $now", "$body$ now $body$, $1", ("now",)),
        ("'^a$' || a$b || 'c$'", "'^a$' || a$b || 'c$'", ()),
    ],
)
def test_names_are_numbered_in_the_order_of_their_first_use(
    statement: str, numbered: str, names: tuple[str, ...]
) -> None:
    assert _numbered(statement) == (numbered, names)


@pytest.mark.django_db
@pytest.mark.parametrize("run", [fetch, fetch_unprepared])
def test_values_are_passed_by_their_names(run: Any) -> None:
    statement = "SELECT $b::int - $a::int, $a::int, $text::text, $$a$$"
    assert run(statement, a=1, b=3, text="$b", unused=4) == [(2, 1, "$b", "a")]
    assert run("SELECT $1::int, $2::text", 1, "$b") == [(1, "$b")]
    with pytest.raises(KeyError, match="'b'"):
        run(statement, a=1, text="")
    with pytest.raises(AssertionError):
        run("SELECT $1::int, $a::int", 1, a=2)


@pytest.mark.django_db
def test_a_row_by_the_names_of_its_columns() -> None:
    assert fetch_row("SELECT $1::int AS one, 'b' AS two", 1) == {"one": 1, "two": "b"}
    assert fetch_row("SELECT $b::int AS one, $a::int AS two", a=1, b=2) == {"one": 2, "two": 1}
    for rows in (0, 2):
        with pytest.raises(ValueError, match="unpack"):
            fetch_row("SELECT FROM generate_series(1, $1)", rows)


def test_no_statement_of_a_test_waits_for_ever(owner: psycopg.Connection) -> None:
    """The limits of the test database hold in every connection of the runtime role."""
    assert fetch("SHOW lock_timeout") == [("1min",)]
    assert fetch("SHOW statement_timeout") == [("2min",)]
    assert fetch("SHOW idle_in_transaction_session_timeout") == [("5min",)]
    assert owner.execute("SHOW statement_timeout").fetchone() == ("2min",)
