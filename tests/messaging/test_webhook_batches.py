"""Webhooks that wait together: ordinary texts and opt-outs share a transaction, and all is as if each came alone."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core.signals import request_finished
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from accounts.models import Inbox, Team
from contacts.contact.models import Contact
from heymarket.webhook_answers import answer_requests, answer_webhooks, made
from kernel import writing
from kernel.request_id import current_request_id
from kernel.sql import fetch
from kernel.tenancy import scope
from messaging import arrival, inbound
from messaging.compose import compose_text
from messaging.message_content import describe_content
from messaging.models import Conversation, Message, MessageStatus, OptOutEffects, OptOutLatency
from messaging.scheduling.models import ScheduledText
from optout import consent
from optout.consent_types import Actor
from optout.models import ConsentEvent, Origin
from optout.number_locks import lock_number
from optout.number_state import standing
from optout.reviews import Review
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
from webhooks.models import SUBSCRIBABLE_TYPES, Endpoint, WebhookEvent

NUMBERS = [f"+1415555{n:04d}" for n in range(2000, 2020)]


def text(inbox: Inbox, number: str, body: str, sid: str | None = None) -> dict[str, Any]:
    return signed_environ(inbox, MESSAGES, text_fields(inbox, number, body, sid))


def answer(environs: Sequence[dict[str, Any]]) -> list[HttpResponse]:
    """The answers to webhooks that wait together."""
    answers: dict[int, HttpResponse] = {}
    for answered in answer_webhooks(environs):
        assert not answers.keys() & answered.keys()
        answers |= {n: made(each) for n, each in answered.items()}
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


def entries(team: Team) -> dict[str, list[str]]:
    """The words of each number's ledger entries, in the order of its chain."""
    found: dict[str, list[str]] = {}
    with scope(team.id):
        for entry in ConsentEvent.objects.filter(team_id=team.id).order_by("number", "position"):
            found.setdefault(entry.number, []).append(entry.words)
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


def test_opt_outs_share_a_transaction_too(cast: Cast, carrier: FakeTwilio, work: Callable[[], None]) -> None:
    bodies_sent = ["STOP", "Hello", "stop all", "Please take me off your list"]
    texts = [text(cast.front_desk, number, body) for number, body in zip(NUMBERS, bodies_sent, strict=False)]
    assert statuses(texts) == [200] * 4
    assert transactions(cast.northside) == 1  # with the confirmations
    out = {NUMBERS[0], NUMBERS[2], NUMBERS[3]}
    with scope(cast.northside.id):
        ids = dict(ConsentEvent.objects.filter(team_id=cast.northside.id).values_list("number", "id"))
        assert {number for number in NUMBERS if not standing(cast.northside.id, number).may_text} == out
        replies = Message.objects.filter(team_id=cast.northside.id, outbound=True)
        assert {reply.number: reply.event_id for reply in replies} == ids
        measured = OptOutLatency.objects.filter(team_id=cast.northside.id)
        assert set(measured.values_list("event_id", flat=True)) == set(ids.values())
    assert entries(cast.northside) == {
        number: [body] for number, body in zip(NUMBERS, bodies_sent, strict=False) if number in out
    }
    work()
    assert sorted(sent.number for sent in carrier.sent) == sorted(out)


def test_a_mixed_batch_is_as_if_each_webhook_came_alone(cast: Cast, carrier: FakeTwilio) -> None:
    """Every kind of webhook, once in Northside together and once in Harbor one after the other."""

    def webhooks(inbox: Inbox) -> list[dict[str, Any]]:
        twice = new_sid()
        before(inbox, again := new_sid())
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
            text(inbox, NUMBERS[10], "STOP"),  # has opted out
            text(inbox, NUMBERS[11], "STOP"),  # has opted out and in
            text(inbox, NUMBERS[12], "STOP"),  # is blocked
            text(
                inbox, NUMBERS[13], "cancel"
            ),  # was asked about an appointment, and waits for a scheduled text
            text(inbox, NUMBERS[14], "STOP"),  # a text of this person waits for a decision
            text(inbox, NUMBERS[15], "stop", sid=again),  # came before
            text(inbox, NUMBERS[16], "Stop"),
            text(inbox, NUMBERS[16], "START"),
            text(inbox, "A/B", "an odd sender"),
            text(inbox, NUMBERS[8], "caf\x00é \u200b"),
            signed_environ(inbox, MESSAGES, text_fields(inbox, NUMBERS[9], "forged"), token="wrong"),
            signed_environ(
                inbox, STATUS, report_fields(inbox, Message(carrier_id=new_sid(), number=TOM), "sent")
            ),
            {**text(inbox, NUMBERS[9], "a GET"), "REQUEST_METHOD": "GET"},
        ]

    def before(inbox: Inbox, again: str) -> None:
        """What came and was done before."""
        team, now = inbox.team, timezone.now()
        for number in (10, 11):
            assert statuses([text(inbox, NUMBERS[number], "STOP")]) == [200]
        assert statuses([text(inbox, NUMBERS[11], "START")]) == [200]
        assert statuses([text(inbox, NUMBERS[14], "stop sending me the blue ones, and the red")]) == [200]
        assert statuses([text(inbox, NUMBERS[15], "stop", sid=again)]) == [200]
        with scope(team.id):
            consent.block(team.id, NUMBERS[12], Actor(Origin.MEMBER, "Maya"))
            asked = compose_text(inbox, NUMBERS[13], "Your appointment is on Monday", author=None)
            Message.objects.filter(team_id=team.id, id=asked.id).update(status=MessageStatus.SENT)
            conversation = Conversation.objects.get(team_id=team.id, id=asked.conversation_id)
            for body in ("Reminder", "Bring your card"):
                ScheduledText.objects.create(
                    team=team, conversation=conversation, inbox=inbox, number=NUMBERS[13], body=body, seen_inbound=0,
                    send_at=now + timedelta(days=1), author_name="Maya", created_at=now,
                )  # fmt: skip
            Endpoint(
                team_id=team.id, name="CRM", url="http://127.0.0.1:9/", events=list(SUBSCRIBABLE_TYPES)
            ).save()

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
                {number: standing(inbox.team_id, number).state for number in (*NUMBERS, MARIA)},
                list(
                    ConsentEvent.objects.filter(team_id=inbox.team_id)
                    .order_by("number", "position")
                    .values_list(
                        "number", "position", "action", "origin", "before", "after", "words", "reason"
                    )
                ),
                list(Review.objects.order_by("number", "id").values_list("number", "kind", "outcome")),
                list(OptOutEffects.objects.values_list("closed", "lists_left", "cancelled")),
                [(text.outcome, text.event_id is None) for text in ScheduledText.objects.all()],
                sorted(
                    WebhookEvent.objects.values_list(
                        "number", "type", "position", "data__words", "data__text"
                    )
                ),
            )

    for inbox, member in ((cast.front_desk, cast.owner), (cast.shop, cast.outsider)):
        with scope(inbox.team_id):
            consent.block(inbox.team_id, MARIA, Actor.of(member))
    together = statuses(webhooks(cast.front_desk))
    alone = [status for webhook in webhooks(cast.shop) for status in statuses([webhook])]
    assert together == alone == [200] * 22 + [403, 404, 405]
    assert outcome(cast.front_desk) == outcome(cast.shop)
    with scope(cast.northside.id):
        assert list(OptOutEffects.objects.values_list("cancelled", flat=True)) == [2]


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


def test_status_reports_give_way_to_the_texts_that_wait_with_them(cast: Cast, carrier: FakeTwilio) -> None:
    """The STOP is answered first, though the reports came before it and after it."""
    inbox, team = cast.front_desk, cast.northside
    with scope(team.id):
        sent = compose_text(inbox, TOM, "Your glasses are ready", author=None)
        Message.objects.filter(team_id=team.id, id=sent.id).update(
            status=MessageStatus.SENT, carrier_id=new_sid()
        )
        sent.refresh_from_db()
    report = signed_environ(inbox, STATUS, report_fields(inbox, sent, "delivered"))
    foreign = signed_environ(
        inbox, STATUS, report_fields(inbox, Message(carrier_id=new_sid(), number=TOM), "sent")
    )
    answers = [
        (n, each)
        for found in answer_webhooks([report, text(inbox, NUMBERS[0], "STOP"), foreign])
        for n, each in found.items()
    ]
    assert {n: isinstance(each, HttpResponse) for n, each in answers} == {0: False, 1: True, 2: False}
    with scope(team.id):
        assert not standing(team.id, NUMBERS[0]).may_text
        assert Message.objects.get(team_id=team.id, id=sent.id).status == MessageStatus.SENT
    later = {n: made(each).status_code for n, each in answers}
    assert later == {0: 200, 1: 200, 2: 404}
    with scope(team.id):
        assert Message.objects.get(team_id=team.id, id=sent.id).status == MessageStatus.DELIVERED


def test_django_cleans_up_once_for_all_webhooks_that_wait(cast: Cast, carrier: FakeTwilio) -> None:
    signals: list[str] = []

    def finished(**_: Any) -> None:
        signals.append("finished")

    request_finished.connect(finished)
    try:
        answers = list(answer_requests([text(cast.front_desk, number, "Hello") for number in NUMBERS[:3]]))
    finally:
        request_finished.disconnect(finished)
    assert signals == ["finished"] and [sorted(answered) for answered in answers] == [[0, 1, 2]]


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


@pytest.mark.parametrize("place", ["try_lock_numbers", "fetch_states_together", "write_side_by_side"])
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
    sent = {number: "STOP" if n % 4 else "Hello" for n, number in enumerate(NUMBERS)}
    assert statuses([text(cast.front_desk, *pair) for pair in sent.items()]) == [200] * len(NUMBERS)
    assert kills and bodies(cast.northside) == {number: [body] for number, body in sent.items()}
    assert entries(cast.northside) == {number: ["STOP"] for number, body in sent.items() if body == "STOP"}


# -- races -----------------------------------------------------------------------------------------------------

# The steps of a batch, each with the function that is paused, at which call, and whether before or after it.
PAUSES = {
    "before the locks": (inbound, "try_lock_numbers", 1, "before"),
    "before the states": (inbound, "fetch_states_together", 1, "before"),
    "before the rows": (writing, "insert_sets", 1, "before"),
    "before the entries": (writing, "insert_sets", 2, "before"),
    "before the commit": (inbound, "write_side_by_side", 1, "after"),
}

type Act = Callable[[], object]


@pytest.fixture(params=PAUSES)
def pause(request: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[Act], None]:
    """Do something once at this point of the batch of this thread."""
    module, name, call, when = PAUSES[request.param]
    step, calls, ours = getattr(module, name), list[bool](), threading.get_ident()

    def install(act: Act) -> None:
        def paused(*args: Any) -> Any:
            is_ours = threading.get_ident() == ours
            calls.extend([True] * is_ours)
            is_due = is_ours and len(calls) == call
            if is_due and when == "before":
                act()
            result = step(*args)
            if is_due and when == "after":
                act()
            return result

        monkeypatch.setattr(module, name, paused)

    return install


def test_a_stop_beside_a_batch_counts_once_wherever_the_batch_is(
    cast: Cast,
    carrier: FakeTwilio,
    pause: Callable[[Act], None],
    elsewhere: Callable[..., Future[Any]],
) -> None:
    """The STOP has the lock of a number whose ordinary text took none: it may wait for the batch's commit, not fail."""
    stops: list[Future[Any]] = []
    pause(lambda: stops.append(elsewhere(carrier.text, cast.front_desk, NUMBERS[1], "STOP")))
    sent = {NUMBERS[0]: "Hello", NUMBERS[1]: "Hello", NUMBERS[2]: "STOP", NUMBERS[3]: "Hello"}
    assert statuses([text(cast.front_desk, *pair) for pair in sent.items()]) == [200] * 4
    assert stops[0].result(30).status_code == 200
    assert entries(cast.northside) == {NUMBERS[1]: ["STOP"], NUMBERS[2]: ["STOP"]}
    with scope(cast.northside.id):
        assert not standing(cast.northside.id, NUMBERS[1]).may_text
    found = bodies(cast.northside)
    assert {number: sorted(of_number) for number, of_number in found.items()} == {
        number: [body] for number, body in sent.items()
    } | {NUMBERS[1]: ["Hello", "STOP"]}


@pytest.mark.parametrize("body", ["Hello", "STOP"])
def test_one_text_in_two_batches_counts_once(
    cast: Cast,
    carrier: FakeTwilio,
    pause: Callable[[Act], None],
    elsewhere: Callable[..., Future[Any]],
    body: str,
) -> None:
    """The carrier delivers all texts again while the first delivery is at work, in another order."""
    sent = {NUMBERS[0]: "Hello", NUMBERS[1]: body, NUMBERS[2]: body, NUMBERS[3]: "STOP"}
    sids = {number: new_sid() for number in sent}
    batch, again = (
        [text(cast.front_desk, NUMBERS[n], sent[NUMBERS[n]], sids[NUMBERS[n]]) for n in order]
        for order in ([0, 1, 2, 3], [2, 0, 3, 1])
    )
    others: list[Future[Any]] = []
    pause(lambda: others.append(elsewhere(statuses, again)))
    assert statuses(batch) == [200] * 4
    assert others[0].result(30) == [200] * 4
    assert bodies(cast.northside) == {number: [body] for number, body in sent.items()}
    assert entries(cast.northside) == {number: ["STOP"] for number, body in sent.items() if body == "STOP"}
    with scope(cast.northside.id):
        assert set(Conversation.objects.values_list("inbound_count", flat=True)) == {1}


def test_a_start_beside_a_batch_with_its_stop_follows_it_or_comes_before(
    cast: Cast,
    carrier: FakeTwilio,
    pause: Callable[[Act], None],
    elsewhere: Callable[..., Future[Any]],
) -> None:
    """Both have the number's lock, so that one is complete before the other begins."""
    starts: list[Future[Any]] = []
    pause(lambda: starts.append(elsewhere(carrier.text, cast.front_desk, NUMBERS[1], "START")))
    batch = [text(cast.front_desk, number, "STOP") for number in NUMBERS[:3]]
    assert statuses(batch) == [200] * 3
    assert starts[0].result(30).status_code == 200
    team_id = cast.northside.id
    with scope(team_id):
        chain = list(ConsentEvent.objects.filter(team_id=team_id, number=NUMBERS[1]).order_by("position"))
        assert [entry.position for entry in chain] == list(range(1, len(chain) + 1))
        assert [entry.words for entry in chain] in (["STOP", "START"], ["START", "STOP"], ["STOP"])
        assert standing(team_id, NUMBERS[1]).may_text == (chain[-1].words == "START")
        assert all(not standing(team_id, number).may_text for number in (NUMBERS[0], NUMBERS[2]))


def test_batches_of_the_same_numbers_do_not_wait_for_each_other_in_a_circle(
    cast: Cast, carrier: FakeTwilio, elsewhere: Callable[..., Future[Any]]
) -> None:
    orders = [NUMBERS[:8], NUMBERS[7::-1], NUMBERS[4:8] + NUMBERS[:4], NUMBERS[:8]]
    batches = [[text(cast.front_desk, number, "STOP") for number in order] for order in orders]
    found = [elsewhere(statuses, batch) for batch in batches]
    assert [each.result(60) for each in found] == [[200] * 8] * 4
    assert entries(cast.northside) == {number: ["STOP"] * 4 for number in NUMBERS[:8]}


def test_a_locked_number_holds_up_no_other(
    cast: Cast,
    carrier: FakeTwilio,
    elsewhere: Callable[..., Future[Any]],
    waits_for_lock: Callable[..., None],
) -> None:
    """The STOP of a number that is locked waits alone, after the others are answered."""
    answers: dict[int, HttpResponse] = {}

    def answer_all() -> None:
        batch = [text(cast.front_desk, number, "STOP") for number in NUMBERS[:3]]
        for answered in answer_webhooks([*batch, text(cast.front_desk, NUMBERS[3], "Hello")]):
            answers.update({n: made(each) for n, each in answered.items()})

    with scope(cast.northside.id):
        lock_number(cast.northside.id, NUMBERS[1])
        answering = elsewhere(answer_all)
        waits_for_lock()
        assert answers.keys() == {0, 2, 3}
        assert entries(cast.northside) == {NUMBERS[0]: ["STOP"], NUMBERS[2]: ["STOP"]}
    answering.result(30)
    assert [answers[n].status_code for n in range(4)] == [200] * 4
    assert entries(cast.northside) == {number: ["STOP"] for number in NUMBERS[:3]}
