"""Lifecycle of a broadcast: confirmed, scheduled, paused, resumed, cancelled; and what is missing is said."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member, Role, Seat
from accounts.roles.models import TeamRole
from contacts.lists.models import ContactList
from kernel.tenancy import scope
from messaging.broadcasts import lifecycle
from messaging.broadcasts.counts import measure_progress
from messaging.broadcasts.lifecycle import NotPossible
from messaging.broadcasts.models import Broadcast, BroadcastStatus, PauseReason
from messaging.models import Message
from tests.cast import MARIA, TOM, Cast
from tests.messaging.broadcasts.conftest import recipients, reload
from tests.messaging.fake_twilio import FakeTwilio

PEOPLE = [f"+1415555{n:04d}" for n in range(1000, 1060)]
type MakeList = Callable[..., ContactList]
type MakeBroadcast = Callable[..., Broadcast]
type Send = Callable[[Broadcast], Broadcast]
type Run = Callable[..., None]


def change(broadcast: Broadcast, action: Callable[..., Broadcast], **values: Any) -> Broadcast:
    with scope(broadcast.team_id):
        return action(broadcast.id, broadcast.team_id, **values)


def test_pause_resume_and_cancel_at_any_moment(
    cast: Cast, carrier: FakeTwilio, make_list: MakeList, make_broadcast: MakeBroadcast, run: Run
) -> None:
    broadcast = make_broadcast(make_list(PEOPLE))
    change(broadcast, lifecycle.confirm, author=cast.admin)
    run(2)
    sent = len(carrier.sent)
    assert 0 < sent < 60
    change(broadcast, lifecycle.pause, reason=PauseReason.MEMBER, detail="By Amir Adams.")
    run()
    assert len(carrier.sent) == sent
    assert reload(broadcast).pause_sentence == "Paused by a member. By Amir Adams."
    with scope(cast.northside.id):
        progress = measure_progress(reload(broadcast))
    assert (progress.done, progress.recipients.waiting, progress.recipients.total) == (sent, 60 - sent, 60)
    assert progress.time_left is None
    change(broadcast, lifecycle.resume)
    run(1)
    assert sent < len(carrier.sent) < 60
    change(broadcast, lifecycle.cancel)
    sent = len(carrier.sent)
    run()
    assert len(carrier.sent) == sent == list(recipients(broadcast).values()).count("texted")
    assert reload(broadcast).status == BroadcastStatus.CANCELLED
    for action in (lifecycle.cancel, lifecycle.resume, lifecycle.take_back):
        with pytest.raises(NotPossible):
            change(broadcast, action)


def test_a_scheduled_broadcast_waits_for_its_time_and_can_be_taken_back(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    send: Send,
    run: Run,
    owner: psycopg.Connection,
) -> None:
    broadcast = make_broadcast(make_list([MARIA]), send_at=timezone.now() + timedelta(hours=1))
    assert send(broadcast).status == BroadcastStatus.SCHEDULED
    assert change(broadcast, lifecycle.take_back).status == BroadcastStatus.DRAFT
    with pytest.raises(NotPossible, match="Only a broadcast that is being sent"):
        change(broadcast, lifecycle.pause, reason=PauseReason.MEMBER)
    send(broadcast)
    assert not carrier.sent
    owner.execute("UPDATE messaging_broadcast SET send_at = now(), due_at = now()")
    run()
    assert reload(broadcast).status == BroadcastStatus.FINISHED
    assert len(carrier.sent) == 1


def test_what_is_missing_is_said_before_anything_is_sent(
    cast: Cast, make_list: MakeList, make_broadcast: MakeBroadcast, owner: psycopg.Connection
) -> None:
    people, nobody = make_list([MARIA]), make_list([], "Nobody")
    drafts = {
        "Write a text, or add a picture.": make_broadcast(people, body=" "),
        "Choose at least one list or filter.": make_broadcast(),
        "Nobody is in this audience.": make_broadcast(nobody),
        "There is no field {{ frist_name }}. Did you mean {{ first_name }}?": make_broadcast(
            people, body="{{ frist_name }}"
        ),
        "This inbox is closed. Choose another one.": make_broadcast(people, inbox=cast.billing),
    }
    owner.execute("UPDATE accounts_inbox SET closed_at = now() WHERE id = %s", [cast.billing.id])
    for sentence, draft in drafts.items():
        with pytest.raises(NotPossible) as raised:
            change(draft, lifecycle.confirm, author=cast.admin)
        assert str(raised.value) == sentence
        assert reload(draft).status == BroadcastStatus.DRAFT


def test_a_list_that_is_deleted_before_it_is_read_pauses_and_afterwards_changes_nothing(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    run: Run,
) -> None:
    people = make_list(PEOPLE)
    first, second = make_broadcast(people), make_broadcast(people)
    change(first, lifecycle.confirm, author=cast.admin)
    run(3)
    assert 0 < len(carrier.sent) < 60
    change(second, lifecycle.confirm, author=cast.admin)
    with scope(cast.northside.id):
        people.delete()
    run()
    assert reload(first).status == BroadcastStatus.FINISHED
    assert len(carrier.sent) == 60
    assert reload(second).pause_reason == PauseReason.AUDIENCE
    with pytest.raises(NotPossible, match=r"deleted\. Cancel this broadcast and write a new one"):
        change(second, lifecycle.resume)
    assert change(second, lifecycle.cancel).status == BroadcastStatus.CANCELLED


def test_an_inbox_that_is_closed_while_sending_pauses(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    run: Run,
    owner: psycopg.Connection,
) -> None:
    broadcast = make_broadcast(make_list(PEOPLE))
    change(broadcast, lifecycle.confirm, author=cast.admin)
    run(3)
    sent = len(carrier.sent)
    owner.execute("UPDATE accounts_inbox SET closed_at = now()")
    run()
    assert len(carrier.sent) == sent
    assert reload(broadcast).pause_reason == PauseReason.INBOX_CLOSED
    assert [email.to for email in mail.outbox] == [["amir@northside.example"]]
    with pytest.raises(NotPossible, match="The inbox is closed"):
        change(broadcast, lifecycle.resume)
    owner.execute("UPDATE accounts_inbox SET closed_at = NULL")
    change(broadcast, lifecycle.resume)
    run()
    assert sorted(text.number for text in carrier.sent) == PEOPLE


def test_an_empty_audience_at_its_time_finishes_with_nobody(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    run: Run,
    owner: psycopg.Connection,
) -> None:
    people = make_list([MARIA, TOM])
    broadcast = make_broadcast(people, send_at=timezone.now() + timedelta(hours=1))
    change(broadcast, lifecycle.confirm, author=cast.admin)
    with scope(cast.northside.id):
        people.entries.filter(team=cast.northside).delete()
    owner.execute("UPDATE messaging_broadcast SET send_at = now(), due_at = now()")
    run()
    assert reload(broadcast).status == BroadcastStatus.FINISHED
    assert recipients(broadcast) == {}
    with scope(cast.northside.id):
        assert not Message.objects.filter(team=cast.northside, outbound=True).exists()


@pytest.mark.parametrize("loss", ["left", "demoted", "inbox"])
def test_a_broadcast_whose_author_lost_the_right_before_its_start_waits_for_another_member(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    send: Send,
    run: Run,
    owner: psycopg.Connection,
    loss: str,
) -> None:
    broadcast = make_broadcast(make_list([MARIA, TOM]), send_at=timezone.now() + timedelta(hours=1))
    send(broadcast)
    with scope(cast.northside.id):
        of_team = {"team": cast.northside}
        amir = Member.objects.filter(**of_team, id=cast.admin.id)
        if loss == "left":
            amir.delete()
        elif loss == "demoted":
            amir.update(role=Role.MEMBER)
            Seat.objects.create(**of_team, inbox=cast.front_desk, member_id=cast.admin.id)
        else:
            rights = ["send_broadcasts", "see_all_inboxes", "send_texts"]
            amir.update(
                role=Role.MEMBER, custom_role=TeamRole.objects.create(**of_team, name="Ads", rights=rights)
            )
            reader = TeamRole.objects.create(**of_team, name="Reader", rights=[])
            at_desk = {**of_team, "inbox": cast.front_desk, "member_id": cast.admin.id}
            Seat.objects.create(**at_desk, role=Role.MEMBER, custom_role=reader)
    owner.execute("UPDATE messaging_broadcast SET send_at = now(), due_at = now()")
    run()
    assert not carrier.sent
    sentence = "The member who confirmed it may no longer send it. Confirmed by Amir Adams."
    assert reload(broadcast).pause_sentence == sentence
    run()
    (email,) = mail.outbox
    assert email.to == (["amir@northside.example"] if loss != "left" else []) + ["olivia@northside.example"]
    page = reverse("broadcast", args=[cast.northside.slug, broadcast.id])
    assert sentence in str(email.body) and page in str(email.body)
    with pytest.raises(NotPossible, match="You may not send texts in Front Desk"):
        change(broadcast, lifecycle.resume, by=cast.second)
    change(broadcast, lifecycle.resume, by=cast.owner)
    run()
    found = reload(broadcast)
    assert (found.status, found.author_name, len(carrier.sent)) == ("finished", "Olivia Owens", 2)
    assert found.started_at is not None


def test_a_broadcast_that_has_begun_goes_on_without_its_author(
    cast: Cast, carrier: FakeTwilio, make_list: MakeList, make_broadcast: MakeBroadcast, run: Run
) -> None:
    broadcast = make_broadcast(make_list(PEOPLE))
    change(broadcast, lifecycle.confirm, author=cast.admin)
    run(2)
    assert 0 < len(carrier.sent) < 60
    with scope(cast.northside.id):
        Member.objects.filter(team=cast.northside, id=cast.admin.id).delete()
    run()
    assert (reload(broadcast).status, len(carrier.sent)) == (BroadcastStatus.FINISHED, 60)


def test_a_program_sends_in_the_name_of_a_member_who_may_text(
    cast: Cast, carrier: FakeTwilio, make_list: MakeList, make_broadcast: MakeBroadcast, run: Run
) -> None:
    """The right to send broadcasts is the scope of its key, so the member needs none."""
    people = make_list([MARIA])
    first, second = make_broadcast(people), make_broadcast(people)
    for broadcast in (first, second):
        change(broadcast, lifecycle.confirm, author=cast.member, author_name="Maya Chen (CRM)")
        if broadcast is first:
            run()
    assert (reload(first).status, len(carrier.sent)) == (BroadcastStatus.FINISHED, 1)
    with scope(cast.northside.id):
        Seat.objects.filter(team=cast.northside, member=cast.member).delete()
    run()
    assert (reload(second).pause_reason, len(carrier.sent)) == (PauseReason.AUTHOR, 1)
    change(second, lifecycle.resume, program="API (CRM)")
    run()
    found = reload(second)
    assert (found.status, found.author_id, found.author_name) == ("finished", None, "API (CRM)")
