"""Writers: each gets the IDs of its own rows, and what several write in the same step is one round trip."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Inbox
from contacts.contact.models import Contact
from kernel import combined_inserts, writing
from kernel.combined_inserts import Inserts, insert_sets
from kernel.sql import ReturnedId, fetch_all
from kernel.tenancy import scope
from kernel.writing import Writer, at_once, write_side_by_side
from messaging.models import Conversation, Message, MessageStatus
from tests.cast import MARIA, TOM, Cast


def contacts_writer(cast: Cast, numbers: Sequence[str]) -> Writer[dict[str, int]]:
    """A step for each number. Returns the IDs by number."""
    ids = {}
    for number in numbers:
        insert = Contact.objects.ensure_statement(cast.front_desk, number, timezone.now())
        written = yield {"contact": insert}
        ids[number] = written["contact"]
    return ids


def test_writers_side_by_side_take_one_round_trip_for_each_step(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []

    def counted(sets: Sequence[Any]) -> Any:
        steps.append(len(sets))
        return insert_sets(sets)

    monkeypatch.setattr(writing, "insert_sets", counted)
    numbers = [["+15105550171", "+15105550172", "+15105550173"], [], ["+15105550174"]]
    with scope(cast.northside.id):
        found = write_side_by_side(contacts_writer(cast, each) for each in numbers)
        stored = dict(Contact.objects.filter(team=cast.northside).values_list("number", "id"))
    assert [list(each) for each in found] == numbers
    assert {number: id for each in found for number, id in each.items()}.items() <= stored.items()
    assert [count for count in steps if count] == [2, 1, 1]


def test_a_writer_can_run_at_once(cast: Cast) -> None:
    with scope(cast.northside.id):
        ids = at_once(contacts_writer)(cast, ["+15105550175"])
        assert Contact.objects.get(team=cast.northside, number="+15105550175").id == ids["+15105550175"]


# -- sets of INSERTs in one round trip ---------------------------------------------------------------------------

NUMBERS = [f"+1510555018{n}" for n in range(4)]


def inserts_of(inbox: Inbox, number: str, body: str, **more: Any) -> Inserts:
    """A conversation with an inbound text, and then "more" values of the text."""
    now = timezone.now()
    return {
        "conversation": Conversation.objects.insert_inbound(inbox, number, now, body),
        "message": Message.insert_statement(
            team_id=inbox.team_id, conversation_id=ReturnedId("conversation"), inbox_id=inbox.id, number=number,
            outbound=False, status=MessageStatus.RECEIVED, body=body, at=now, created_at=now, **more,
        ),
    }  # fmt: skip


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many statements each round trip with several sets has."""
    counts: list[int] = []

    def counted(statements: Any) -> Any:
        counts.append(len(statements))
        return fetch_all(statements)

    monkeypatch.setattr(combined_inserts, "fetch_all", counted)
    return counts


def stored(inbox: Inbox) -> dict[tuple[str, str], tuple[int, int]]:
    """The IDs of conversation and text by number and body."""
    texts = Message.objects.filter(team_id=inbox.team_id).order_by("id")
    return {(text.number, text.body): (text.conversation_id, text.id) for text in texts}


def test_sets_of_the_same_inserts_are_one_statement(cast: Cast, sent: list[int]) -> None:
    inbox, odd = cast.front_desk, ["O'Neill \\ $1", '"quoted"', "\u00e9\U0001f600\u2028", ""]
    media: dict[str, Any] = {"media": [{"url": "https://x/$1", "type": "image/png"}]}
    with scope(inbox.team_id):
        ids = insert_sets([inserts_of(inbox, *pair, **media) for pair in zip(NUMBERS, odd, strict=True)])
        assert stored(inbox) == {
            pair: (written["conversation"], written["message"])
            for pair, written in zip(zip(NUMBERS, odd, strict=True), ids, strict=True)
        }
        texts = Message.objects.filter(team_id=inbox.team_id)
        assert all(text.media == media["media"] and text.at == text.created_at for text in texts)
        assert [text.conversation.number for text in texts.order_by("id")] == NUMBERS
    assert sent == [1]


def test_a_row_of_a_set_that_is_not_inserted_has_no_id(cast: Cast, sent: list[int]) -> None:
    with scope(cast.northside.id):
        early, late = timezone.now(), timezone.now()
        insert_sets([{"contact": Contact.objects.ensure_statement(cast.front_desk, MARIA, late)}])
        ids = insert_sets(
            [
                {"contact": Contact.objects.ensure_statement(cast.billing, number, early)}
                for number in (MARIA, TOM)
            ]
        )
        tom = Contact.objects.get(team=cast.northside, number=TOM)
    assert (ids, sent) == ([{}, {"contact": tom.id}], [1])


def test_sets_that_differ_are_statements_in_their_order(cast: Cast, sent: list[int]) -> None:
    """Of other INSERTs, or of a number that occurs twice: a row finds what belongs to it by its number."""
    inbox = cast.front_desk
    with scope(inbox.team_id):
        mixed = [inserts_of(inbox, number, "a") for number in NUMBERS]
        mixed[2] = inserts_of(inbox, NUMBERS[2], "a", segments=2)
        ids = insert_sets(mixed)
        assert [each["message"] for each in ids] == sorted(each["message"] for each in ids)
        twice = [inserts_of(inbox, NUMBERS[0], body) for body in ("b", "c")]
        ids += insert_sets(twice)
        assert list(stored(inbox).values()) == [(each["conversation"], each["message"]) for each in ids]
    assert sent == [3, 2]
