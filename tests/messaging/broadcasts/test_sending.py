"""Sending of a broadcast: everybody once, nobody who may not be texted, and replies do not wait for it."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.urls import reverse

from contacts.lists.models import ContactList
from kernel import pacing
from kernel.cache import cache
from kernel.tenancy import scope
from messaging.broadcasts import lifecycle, preparation, worker
from messaging.broadcasts.exports import left_out_export_rows
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import Broadcast, BroadcastStatus
from messaging.compose import compose_text
from messaging.models import Conversation, Message
from messaging.text_templates.models import TextTemplate
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from optout.reasons import OptOutReason
from tests.cast import MARIA, TOM, Cast
from tests.clocks import earlier
from tests.messaging.broadcasts.conftest import recipients, reload
from tests.messaging.fake_twilio import FakeTwilio
from tests.messaging.reviewed_texts import review_text

PEOPLE = [f"+1415555{n:04d}" for n in range(1000, 1060)]
MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)
type MakeList = Callable[..., ContactList]
type MakeBroadcast = Callable[..., Broadcast]
type Send = Callable[[Broadcast], Broadcast]


def test_everybody_of_the_list_gets_it_once(
    cast: Cast, carrier: FakeTwilio, make_list: MakeList, make_broadcast: MakeBroadcast, send: Send
) -> None:
    both = make_list(PEOPLE), make_list(PEOPLE[:30], "Friends")
    broadcast = send(make_broadcast(*both))
    assert broadcast.status == BroadcastStatus.FINISHED
    assert sorted(text.number for text in carrier.sent) == PEOPLE
    assert {text.sender for text in carrier.sent} == {cast.front_desk.number}
    assert f"Hi P{PEOPLE[0][-4:]}, we open at 9." in carrier.bodies(PEOPLE[0])
    assert set(recipients(broadcast).values()) == {"texted"}
    assert broadcast.author_name == str(cast.admin)
    with scope(cast.northside.id):
        texts = list(Message.objects.filter(team=cast.northside, broadcast_id=broadcast.id))
        assert {text.status for text in texts} == {"sent"}
        # New conversations are closed: the folder Open does not fill with people who wrote nothing.
        assert not Conversation.objects.filter(team=cast.northside, closed=False).exists()


def test_a_batch_waits_while_texts_arrive(
    cast: Cast, carrier: FakeTwilio, make_list: MakeList, make_broadcast: MakeBroadcast, run: Callable[..., None],
    due_now: Callable[[], None], owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """From claim to claim: the work of a batch, and twice as much rest while texts arrive."""
    gaps: list[float] = []
    broadcast = make_broadcast(make_list(PEOPLE))
    with scope(cast.northside.id):
        lifecycle.confirm(broadcast.id, broadcast.team_id, author=cast.admin)
    run(1)  # prepares it
    monkeypatch.setattr(worker, "publish", lambda *_, after=0.0, **__: gaps.append(after))
    rows = owner.execute("SELECT team_id, id FROM messaging_broadcastlane").fetchall()
    for arriving in (False, True):
        cache.delete(pacing._KEY)
        if arriving:
            carrier.text(cast.front_desk, TOM, "Are you open?")
        due_now()
        monkeypatch.setattr(worker._work, "seconds_per_text", 0.02)
        worker.work_on_lane(*rows[0])
        assert worker._work.seconds_per_text > 0
    quiet, busy = gaps
    assert (quiet, busy) == (pytest.approx(0.02 * 25), pytest.approx(3 * 0.02 * 25))
    cache.delete(pacing._KEY)


def test_the_preparation_rests_after_each_batch(
    cast: Cast, make_list: MakeList, make_broadcast: MakeBroadcast, run: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The rest is by the time of the batch, and nobody is locked or waits for it."""
    rests: list[float] = []

    def rest(worked: float) -> None:
        assert not connection.in_atomic_block
        rests.append(worked)

    monkeypatch.setattr(preparation, "BATCH", 25)
    monkeypatch.setattr(pacing, "rest", rest)
    broadcast = make_broadcast(make_list(PEOPLE))
    with scope(cast.northside.id):
        lifecycle.confirm(broadcast.id, broadcast.team_id, author=cast.admin)
    run(1)
    assert set(recipients(broadcast)) == set(PEOPLE)
    assert len(rests) == 3 and all(0 < worked < 20 for worked in rests)  # to begin, and two whole batches


def test_who_may_not_be_texted_is_left_out_with_the_reason(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    send: Send,
    as_client: Any,
) -> None:
    numbers = {
        "US:911": LeftOut.NOT_TEXTABLE,
        "US:112": LeftOut.NOT_TEXTABLE,
        "US:384387": LeftOut.NOT_TEXTABLE,
        "ACME": LeftOut.NOT_TEXTABLE,
        "+19005551234": LeftOut.NOT_TEXTABLE,
        cast.front_desk.number: LeftOut.NOT_TEXTABLE,
        "+14155552001": LeftOut.OPTED_OUT,
        "+14155552002": LeftOut.BLOCKED,
        "+14155552003": LeftOut.HELD,
        "+14155552004": LeftOut.UNFILLED,
        "+14155552005": "texted",
        "+14155552006": LeftOut.ONE_INBOX,
        "+14155552007": "texted",
    }
    people = make_list(list(numbers))
    with scope(cast.northside.id):
        cast.northside.contacts.filter(number="+14155552004").update(first_name="")
        consent.opt_out(cast.northside.id, "+14155552001", MAYA, reason="They asked us.")
        consent.block(cast.northside.id, "+14155552002", MAYA)
        for number, inbox in (("+14155552006", cast.front_desk), ("+14155552007", cast.billing)):
            consent.opt_out_by_member(cast.northside.id, number, MAYA, OptOutReason.ASKED, inbox)
    review_text(cast.front_desk, "+14155552003", "no thanks")
    broadcast = send(make_broadcast(people, body="Hi {{ first_name }}"))
    assert recipients(broadcast) == numbers
    assert [text.number for text in carrier.sent] == ["+14155552005", "+14155552007"]
    assert broadcast.status == BroadcastStatus.FINISHED
    browser, query = as_client(cast.admin), "?state=left_out&reason=one_inbox"
    slug = cast.northside.slug
    page = browser.get(reverse("broadcast_recipients", args=[slug, broadcast.id]) + query).content.decode()
    assert "Left out: Opted out of the inbox that would write" in page and "Opted out of Front Desk" in page
    answer: Any = browser.get(reverse("export_broadcast_recipients", args=[slug, broadcast.id]) + query)
    assert "Left out,Opted out of Front Desk," in b"".join(answer).decode()
    with scope(cast.northside.id):
        rows = left_out_export_rows(
            broadcast, cast.northside, LeftOut.ONE_INBOX, {cast.front_desk.id: "Front Desk"}
        )
    assert [row[-1] for batch in rows for row in batch] == ["Opted out of Front Desk"]


def test_a_person_gets_so_many_broadcasts_a_week_and_each_list_once_a_day(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    send: Send,
    owner: psycopg.Connection,
) -> None:
    lists = [make_list([MARIA, TOM], f"List {n}") for n in range(3)]
    owner.execute("UPDATE accounts_team SET broadcasts_per_week = 2")
    send(make_broadcast(lists[0]))
    assert set(recipients(send(make_broadcast(lists[0]))).values()) == {LeftOut.TEXTED_TODAY}
    send(make_broadcast(lists[1]))
    assert set(recipients(send(make_broadcast(lists[2]))).values()) == {LeftOut.TOO_OFTEN}
    owner.execute(f"UPDATE messaging_broadcastrecipient SET at = {earlier('at', '8 days')}")
    assert set(recipients(send(make_broadcast(lists[2]))).values()) == {"texted"}
    assert len(carrier.sent) == 6


def test_the_opt_out_words_stand_in_the_first_text_ever_to_a_number(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    send: Send,
    work: Callable[[], None],
) -> None:
    people = make_list([MARIA, TOM])
    with scope(cast.northside.id):
        compose_text(cast.billing, TOM, "Hello Tom", author=cast.member)
    work()
    send(make_broadcast(people, body="News", append_words=True))
    assert carrier.bodies(MARIA) == ["News\nReply STOP to opt out."]
    assert carrier.bodies(TOM) == ["Hello Tom", "News"]
    send(make_broadcast(make_list([MARIA], "More"), body="More news", append_words=True))
    assert carrier.bodies(MARIA)[-1] == "More news"


def test_from_the_inbox_last_used_with_each_person(
    cast: Cast, carrier: FakeTwilio, make_list: MakeList, make_broadcast: MakeBroadcast, send: Send
) -> None:
    stranger = "+14155552009"
    people = make_list([MARIA, TOM, stranger])
    carrier.text(cast.front_desk, MARIA, "Hi")
    carrier.text(cast.billing, TOM, "Hi")
    broadcast = send(make_broadcast(people, inbox=None))
    assert {(text.number, text.sender) for text in carrier.sent} == {
        (MARIA, cast.front_desk.number),
        (TOM, cast.billing.number),
    }
    assert recipients(broadcast)[stranger] == LeftOut.NO_INBOX
    assert reload(broadcast).status == BroadcastStatus.FINISHED


def test_a_reply_does_not_wait_for_a_broadcast_text_of_its_conversation(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    send: Send,
    work: Callable[[], None],
    owner: psycopg.Connection,
) -> None:
    broadcast = send(make_broadcast(make_list([MARIA])))
    owner.execute("UPDATE messaging_message SET status = 'sending', due_at = now() + interval '1 minute'")
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "Your glasses are ready.", author=cast.member)
    work()
    assert carrier.bodies(MARIA)[-1] == "Your glasses are ready."
    with scope(cast.northside.id):
        assert Message.objects.get(team=cast.northside, broadcast_id=broadcast.id).status == "sending"


def test_a_template_that_is_edited_or_deleted_while_it_is_sent_changes_no_text(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    run: Callable[..., None],
) -> None:
    with scope(cast.northside.id):
        template = TextTemplate.objects.create(team=cast.northside, title="Open", body="We open at 9.")
    broadcast = make_broadcast(
        make_list(PEOPLE), body=template.body, template_id=template.id, template_title="Open"
    )
    with scope(cast.northside.id):
        lifecycle.confirm(broadcast.id, broadcast.team_id, author=cast.admin)
    run(most=2)
    sent = len(carrier.sent)
    assert 0 < sent < len(PEOPLE)
    with scope(cast.northside.id):
        TextTemplate.objects.filter(team=cast.northside).update(body="We open at 10.")
    run(most=1)
    assert sent < len(carrier.sent) < len(PEOPLE)
    with scope(cast.northside.id):
        TextTemplate.objects.filter(team=cast.northside).delete()
    run()
    assert carrier.bodies() == ["We open at 9."] * len(PEOPLE)
    finished = reload(broadcast)
    assert (finished.status, finished.template_title) == (BroadcastStatus.FINISHED, "Open"), "for the reports"
