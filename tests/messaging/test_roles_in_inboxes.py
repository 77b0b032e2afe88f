"""Roles in an inbox: what a member may do in one inbox and not in another, on pages and in bulk work."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Inbox, Member, Role, Seat
from accounts.roles.models import TeamRole
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.models import Conversation, Message
from messaging.scheduling.models import ScheduledText
from optout.models import Suppression
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import new_sid

type AsClient = Callable[[Member], Client]


@pytest.fixture(autouse=True)
def _no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.worker_wakeups.current_app.send_task", lambda *args, **options: None)


def url_of(name: str, cast: Cast, *args: Any) -> str:
    return reverse(name, args=[cast.northside.slug, *args])


def conversation_in(inbox: Inbox, number: str) -> Conversation:
    receive(inbox, InboundText(new_sid(), number, "Are you open on Sunday?"))
    with scope(inbox.team_id):
        return Conversation.objects.get(team_id=inbox.team_id, inbox=inbox, number=number)


def reader_at_billing(cast: Cast) -> None:
    """Maya is a member at the front desk, and may only read at billing."""
    with scope(cast.northside.id):
        reader = TeamRole.objects.create(team=cast.northside, name="Reader", rights=[])
        Seat.objects.create(
            team=cast.northside, inbox=cast.billing, member=cast.member, role=Role.MEMBER, custom_role=reader
        )


def test_a_reader_reads_and_does_nothing_else_there(cast: Cast, as_client: AsClient) -> None:
    desk, billing = conversation_in(cast.front_desk, MARIA), conversation_in(cast.billing, TOM)
    reader_at_billing(cast)
    maya = as_client(cast.member)
    page = maya.get(url_of("conversation", cast, billing.id)).content.decode()
    assert "You may read here, but not send texts in Billing" in page
    for absent in ('id="composer"', "assign-menu", "note-form", "closure-form", "schedule-form", "/opt-out/"):
        assert absent not in page, absent
    at_desk = maya.get(url_of("conversation", cast, desk.id)).content.decode()
    for present in ('id="composer"', "assign-menu", "note-form", "closure-form", "/opt-out/"):
        assert present in at_desk, present

    later = timezone.localtime(timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    attempts: list[tuple[str, list[int], dict[str, Any]]] = [
        ("messages", [], {"body": "Hello"}),
        ("scheduled_texts", [], {"body": "Later", "send_at": later}),
        ("draft", [], {"body": "Dear"}),
        ("notes", [], {"body": "VIP"}),
        ("closure", [], {}),
        ("assignment", [], {"member": cast.member.id}),
        ("conversation_tags", [], {"name": "VIP"}),
        ("snooze", [], {"choice": "tomorrow"}),
    ]
    for name, args, fields in attempts:
        refused = maya.post(url_of(name, cast, billing.id, *args), fields)
        assert refused.status_code == 403, name
        assert "in Billing. Ask an owner or admin" in refused.content.decode(), name
    assert maya.post(url_of("messages", cast, desk.id), {"body": "Hello"}).status_code == 302
    with scope(cast.northside.id):
        sent = Message.objects.get(outbound=True)
        assert sent.inbox_id == cast.front_desk.id and not ScheduledText.objects.exists()
    # The undo of a text from before the role changed.
    with scope(cast.northside.id):
        Seat.objects.filter(team=cast.northside, member=cast.member, inbox=cast.front_desk).update(
            role=Role.MEMBER, custom_role=TeamRole.objects.get()
        )
    assert maya.post(url_of("text_undo", cast, desk.id, sent.id)).status_code == 403
    assert maya.get(url_of("new_conversation", cast)).status_code == 403  # nowhere any more


def test_new_conversations_and_bulk_work_keep_to_the_inboxes_with_the_right(
    cast: Cast, as_client: AsClient
) -> None:
    desk, billing = conversation_in(cast.front_desk, MARIA), conversation_in(cast.billing, TOM)
    reader_at_billing(cast)
    maya = as_client(cast.member)
    form = {"number": TOM, "inbox": cast.billing.id, "body": "Hello"}
    refused = maya.post(url_of("new_conversation", cast), form)
    page = refused.content.decode()
    assert refused.status_code == 422 and f'<option value="{cast.billing.id}"' not in page
    answer = maya.post(
        url_of("bulk_work", cast),
        {"conversation": [desk.id, billing.id], "action": "close"},
        headers={"HX-Request": "true"},
    )
    assert "1 closed; 1 is in an inbox where you may not do this." in answer.content.decode()
    with scope(cast.northside.id):
        assert Conversation.objects.get(closed=True).id == desk.id


def test_a_right_in_one_inbox_changes_a_number_from_there_alone(cast: Cast, as_client: AsClient) -> None:
    """Maya has no right in the team, and opts out and lifts at the front desk."""
    conversation_in(cast.front_desk, MARIA)
    with scope(cast.northside.id):
        of = {"team": cast.northside}
        none = TeamRole.objects.create(**of, name="Reader", rights=[])
        Member.objects.filter(id=cast.member.id, **of).update(custom_role=none)
        Seat.objects.filter(member=cast.member, **of).update(role=Role.MEMBER)
    maya, here = as_client(cast.member), {"inbox": cast.front_desk.id}
    reason = {"reason": "decision"}
    assert maya.post(url_of("opt_out", cast, MARIA), reason).status_code == 403
    assert maya.post(url_of("opt_out", cast, MARIA), reason | {"inbox": cast.billing.id}).status_code == 404
    assert "Opt out…" not in maya.get(url_of("standing", cast, MARIA)).content.decode()
    assert "Opt out…" in maya.get(url_of("standing", cast, MARIA), here).content.decode()
    done = maya.post(url_of("opt_out", cast, MARIA), reason | here, headers={"HX-Request": "true"})
    assert done.status_code == 200
    assert f'name="inbox" value="{cast.front_desk.id}"' in done.content.decode()  # of Undo
    with scope(cast.northside.id):
        assert Suppression.objects.get().number == MARIA
    lifting = {"reason": "mistake"}
    assert maya.post(url_of("opt_out_lifting", cast, MARIA), lifting).status_code == 403
    assert maya.post(url_of("opt_out_lifting", cast, MARIA), lifting | here).status_code == 302
    with scope(cast.northside.id):
        assert not Suppression.objects.exists()


def test_seats_with_roles_are_given_on_the_inbox_s_page(cast: Cast, as_client: AsClient) -> None:
    with scope(cast.northside.id):
        of = {"team": cast.northside}
        reader = TeamRole.objects.create(**of, name="Reader", rights=[])
        keeper = TeamRole.objects.create(**of, name="Keeper", rights=["manage_inboxes", "see_all_inboxes"])
        sam = Member.objects.filter(id=cast.second.id, **of)
    owner, url = as_client(cast.owner), url_of("inbox_members", cast, cast.front_desk.id)
    fields = {f"member_{cast.member.id}": str(reader.id), f"member_{cast.second.id}": "team"}
    assert owner.post(url, fields).status_code == 302
    with scope(cast.northside.id):
        seats = {seat.member_id: seat.role_name for seat in cast.front_desk.seats.all()}
        assert seats == {cast.member.id: "Reader", cast.second.id: ""}
        sam.update(custom_role=keeper)
    # Sam sees all inboxes and changes their settings, and gives nobody what Sam may not do.
    page = as_client(cast.second).get(url).content.decode()
    assert "As in the team: Keeper" in page and '<option value="member">' not in page
    mine = {f"member_{cast.member.id}": str(reader.id), f"member_{cast.second.id}": "member"}
    assert as_client(cast.second).post(url, mine).status_code == 422
    away = {f"member_{cast.member.id}": "none", f"member_{cast.second.id}": "team"}
    assert as_client(cast.second).post(url, away).status_code == 302
    with scope(cast.northside.id):
        assert [seat.member_id for seat in cast.front_desk.seats.all()] == [cast.second.id]
