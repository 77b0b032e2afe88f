"""Webhooks that wait together: their ordinary texts share a transaction, and all else is as if each came alone."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.http import HttpResponse

from accounts.models import Inbox, Team
from contacts.contact.models import Contact
from heymarket.webhook_answers import answer_webhooks
from kernel.request_id import current_request_id
from kernel.sql import fetch
from kernel.tenancy import scope
from messaging import arrival, inbound
from messaging.message_content import describe_content
from messaging.models import Conversation, Message
from optout import consent
from optout.consent_types import Actor
from optout.models import ConsentEvent, Origin
from optout.number_state import standing
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import (
    MESSAGES,
    STATUS,
    FakeTwilio,
    new_sid,
    report_fields,
    signed_environ,
    text_fields,
)

NUMBERS = [f"+1415555{n:04d}" for n in range(2000, 2020)]


def text(inbox: Inbox, number: str, body: str, sid: str | None = None) -> dict[str, Any]:
    return signed_environ(inbox, MESSAGES, text_fields(inbox, number, body, sid))


def answer(environs: Sequence[dict[str, Any]]) -> list[HttpResponse]:
    """The answers to webhooks that wait together."""
    answers: dict[int, HttpResponse] = {}
    for answered in answer_webhooks(environs):
        assert not answers.keys() & answered.keys()
        answers |= answered
    for each in answers.values():
        each.close()
    return [answers[position] for position in range(len(environs))]


def statuses(environs: Sequence[dict[str, Any]]) -> list[int]:
    return [each.status_code for each in answer(environs)]


def bodies(team: Team) -> dict[str, list[str]]:
    """The texts of each number, in their order in the thread."""
    found: dict[str, list[str]] = {}
    with scope(team.id):
        for message in Message.objects.filter(team_id=team.id, outbound=False).order_by("at", "id"):
            found.setdefault(message.number, []).append(message.body)
    return found


def transactions(team: Team) -> int:
    """In how many transactions the team's texts were written."""
    with scope(team.id):
        ((count,),) = fetch(
            "SELECT count(DISTINCT xmin::text) FROM messaging_message WHERE team_id = $1", team.id
        )
    return int(count)


def test_ordinary_texts_of_each_team_share_a_transaction(cast: Cast, carrier: FakeTwilio) -> None:
    inboxes = [cast.front_desk, cast.billing, cast.shop]
    texts = [text(inboxes[n % 3], number, f"Hello {n}") for n, number in enumerate(NUMBERS)]
    assert statuses(texts) == [200] * len(NUMBERS)
    assert bodies(cast.northside) | bodies(cast.harbor) == {
        number: [f"Hello {n}"] for n, number in enumerate(NUMBERS)
    }
    assert (transactions(cast.northside), transactions(cast.harbor)) == (1, 1)
    with scope(cast.northside.id):
        assert Contact.objects.filter(team_id=cast.northside.id, number__in=NUMBERS).count() == 14
        assert set(Conversation.objects.values_list("inbound_count", flat=True)) == {1}


def test_a_mixed_batch_is_as_if_each_webhook_came_alone(cast: Cast, carrier: FakeTwilio) -> None:
    """Every kind of webhook, once in Northside together and once in Harbor one after the other."""

    def webhooks(inbox: Inbox) -> list[dict[str, Any]]:
        twice = new_sid()
        return [
            text(inbox, NUMBERS[0], "Hello"),
            text(inbox, NUMBERS[1], "STOP"),
            text(inbox, NUMBERS[2], "Are you open?", sid=twice),
            text(inbox, NUMBERS[2], "Are you open?", sid=twice),
            text(inbox, NUMBERS[3], "one"),
            text(inbox, NUMBERS[3], "two"),
            text(inbox, NUMBERS[4], "See you"),
            text(inbox, NUMBERS[4], "take me off your list"),
            text(inbox, NUMBERS[5], "HELP"),
            text(inbox, NUMBERS[6], "wrong number"),
            text(inbox, MARIA, "from a blocked number"),
            text(inbox, NUMBERS[7], "Bye"),
            text(inbox, "A/B", "an odd sender"),
            text(inbox, NUMBERS[8], "caf\x00é \u200b"),
            signed_environ(inbox, MESSAGES, text_fields(inbox, NUMBERS[9], "forged"), token="wrong"),
            signed_environ(
                inbox, STATUS, report_fields(inbox, Message(carrier_id=new_sid(), number=TOM), "sent")
            ),
            {**text(inbox, NUMBERS[9], "a GET"), "REQUEST_METHOD": "GET"},
        ]

    def outcome(inbox: Inbox) -> Any:
        def named(words: str) -> str:
            return words.replace(inbox.team.name, "TEAM")

        with scope(inbox.team_id):
            messages = Message.objects.filter(team_id=inbox.team_id).order_by("number", "at", "id")
            conversations = Conversation.objects.filter(team_id=inbox.team_id).order_by("number")
            return (
                [
                    (m.number, named(m.body), m.status, m.reason, m.possible_opt_out, m.outbound)
                    for m in messages
                ],
                [(c.number, c.closed, c.inbound_count, named(c.preview)) for c in conversations],
                {number: standing(inbox.team_id, number).state for number in (*NUMBERS[:10], MARIA)},
            )

    for inbox, member in ((cast.front_desk, cast.owner), (cast.shop, cast.outsider)):
        with scope(inbox.team_id):
            consent.block(inbox.team_id, MARIA, Actor.of(member))
    together = statuses(webhooks(cast.front_desk))
    alone = [status for webhook in webhooks(cast.shop) for status in statuses([webhook])]
    assert together == alone == [200] * 14 + [403, 404, 405]
    assert outcome(cast.front_desk) == outcome(cast.shop)


# -- what stops a batch ----------------------------------------------------------------------------------------


def test_a_text_that_came_before_counts_once_and_stops_no_other(cast: Cast, carrier: FakeTwilio) -> None:
    sid = new_sid()
    assert statuses([text(cast.front_desk, NUMBERS[0], "Hello", sid)]) == [200]
    batch = [text(cast.front_desk, number, "Hello") for number in NUMBERS[1:4]]
    batch.append(text(cast.front_desk, NUMBERS[0], "Hello", sid))
    assert statuses(batch) == [200] * 4
    assert bodies(cast.northside) == {number: ["Hello"] for number in NUMBERS[:4]}
    with scope(cast.northside.id):
        assert set(Conversation.objects.values_list("inbound_count", flat=True)) == {1}


def test_an_error_of_one_text_stops_no_other(
    cast: Cast, carrier: FakeTwilio, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:

    def describe_badly(body: str, media: Any) -> str:
        if body == "bad":
            raise RuntimeError("an internal detail")
        return describe_content(body, media)

    monkeypatch.setattr(arrival, "describe_content", describe_badly)
    batch = [
        text(cast.front_desk, number, body)
        for number, body in zip(NUMBERS[:3], ["a", "bad", "c"], strict=True)
    ]
    answers = answer(batch)
    assert [each.status_code for each in answers] == [200, 500, 200]
    assert b"internal" not in answers[1].content
    assert bodies(cast.northside) == {NUMBERS[0]: ["a"], NUMBERS[2]: ["c"]}
    ids = [each["X-Request-Id"] for each in answers]
    assert len(set(ids)) == 3 and current_request_id() == ""


@pytest.mark.parametrize("place", ["fetch_unlocked_states", "insert_sets"])
def test_a_connection_that_dies_in_a_batch_loses_and_doubles_nothing(
    cast: Cast,
    carrier: FakeTwilio,
    owner: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    step, kills = getattr(inbound, place), list[int]()

    def die(*args: Any) -> Any:
        result = step(*args)
        if not kills:
            kills.append(connection.connection.info.backend_pid)
            owner.execute("SELECT pg_terminate_backend(%s, 5000)", kills)
        return result

    monkeypatch.setattr(inbound, place, die)
    assert statuses([text(cast.front_desk, number, "Hello") for number in NUMBERS]) == [200] * len(NUMBERS)
    assert bodies(cast.northside) == {number: ["Hello"] for number in NUMBERS}


# -- races -----------------------------------------------------------------------------------------------------

PAUSES = ["before the states", "before the rows", "before the commit"]


@pytest.fixture(params=PAUSES)
def pause(request: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Do something once at this point of a batch."""

    def install(act: Callable[[], None]) -> None:
        name = "fetch_unlocked_states" if request.param == PAUSES[0] else "insert_sets"
        step, done = getattr(inbound, name), list[bool]()

        def paused(*args: Any) -> Any:
            result = step(*args) if request.param == PAUSES[2] else None
            if not done:
                done.append(True)
                act()
            return result or step(*args)

        monkeypatch.setattr(inbound, name, paused)

    return install


def test_a_stop_beside_a_batch_counts_once_wherever_the_batch_is(
    cast: Cast,
    carrier: FakeTwilio,
    pause: Callable[[Callable[[], None]], None],
    elsewhere: Callable[..., Future[Any]],
) -> None:
    """The STOP has its number's lock, which the batch does not take: it may wait for the batch's commit, not fail."""
    stops: list[Future[Any]] = []
    pause(lambda: stops.append(elsewhere(carrier.text, cast.front_desk, NUMBERS[1], "STOP")))
    batch = [text(cast.front_desk, number, "Hello") for number in NUMBERS[:3]]
    assert statuses(batch) == [200] * 3
    assert stops[0].result(30).status_code == 200
    with scope(cast.northside.id):
        (entry,) = ConsentEvent.objects.filter(team_id=cast.northside.id)
        assert (entry.number, entry.origin) == (NUMBERS[1], Origin.CONTACT)
        assert not standing(cast.northside.id, NUMBERS[1]).may_text
    found = bodies(cast.northside)
    assert {number: sorted(of_number) for number, of_number in found.items()} == {
        NUMBERS[0]: ["Hello"], NUMBERS[1]: ["Hello", "STOP"], NUMBERS[2]: ["Hello"]
    }  # fmt: skip


def test_one_text_in_two_batches_counts_once(
    cast: Cast,
    carrier: FakeTwilio,
    pause: Callable[[Callable[[], None]], None],
    elsewhere: Callable[..., Future[Any]],
) -> None:
    """The carrier delivers all texts again while the first delivery is at work, in another order."""
    sids = [new_sid() for _ in range(4)]
    batch, again = (
        [text(cast.front_desk, NUMBERS[n], "Hello", sids[n]) for n in order]
        for order in ([0, 1, 2, 3], [2, 0, 3, 1])
    )
    others: list[Future[Any]] = []
    pause(lambda: others.append(elsewhere(statuses, again)))
    assert statuses(batch) == [200] * 4
    assert others[0].result(30) == [200] * 4
    assert bodies(cast.northside) == {number: ["Hello"] for number in NUMBERS[:4]}
    with scope(cast.northside.id):
        assert set(Conversation.objects.values_list("inbound_count", flat=True)) == {1}
