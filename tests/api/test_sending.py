"""API calls that send texts, once per local_id, and that read texts and conversations."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
import time_machine
from django.utils import timezone

from accounts.models import Member, Role, Seat
from accounts.roles.models import TeamRole
from kernel.tenancy import scope
from messaging import idempotency, inbound
from messaging.broadcasts.models import Broadcast
from messaging.carriers.base import InboundText
from messaging.models import Conversation, IdempotencyKey, Message, MessageStatus
from messaging.scheduling.models import ScheduledText
from messaging.teamwork.models import Note
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from tests.api.calls import TeamIds
from tests.api.conftest import ApiClient
from tests.cast import MARIA, STRANGER, Cast
from tests.messaging.fake_twilio import new_sid

MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)
PHONE = STRANGER.removeprefix("+")


def text(cast: Cast, **change: Any) -> dict[str, Any]:
    body = {"inbox_id": cast.front_desk.id, "phone_number": PHONE, "text": "Hello"} | change
    return {name: value for name, value in body.items() if value is not None}


def texts(cast: Cast) -> list[Message]:
    with scope(cast.northside.id):
        return list(Message.objects.filter(team_id=cast.northside.id).order_by("id"))


# -- one text ----------------------------------------------------------------------------------------------------


def test_a_text_is_queued_with_its_author(cast: Cast, crm: ApiClient) -> None:
    answer = crm.post("message/send", text(cast, creator_id=cast.member.id))
    (sent,) = texts(cast)
    assert (answer["id"], answer["status"], answer["chat_id"]) == (sent.id, "queued", sent.conversation_id)
    assert (sent.author_id, sent.author_name, sent.number) == (cast.member.id, "Maya Chen (CRM)", STRANGER)
    crm.post("message/send", text(cast, phone_number=None, chat_id=answer["chat_id"], text="Again"))
    assert [sent.author_name for sent in texts(cast)] == ["Maya Chen (CRM)", "API (CRM)"]


@pytest.mark.parametrize(("change", "answer"), [
    ({"inbox_id": 10**9}, (404, "inbox_not_found")),
    ({"creator_id": 10**9}, (404, "member_not_found")),
    ({"phone_number": None, "chat_id": 10**9}, (404, "conversation_not_found")),
    ({"phone_number": None}, (400, "bad_data")),
    ({"chat_id": 1}, (400, "bad_data")),
    ({"phone_number": "15105"}, (422, "invalid_phone_number")),  # a short code by a slip
    ({"phone_number": "US:15105"}, (422, "invalid_phone_number")),  # the team allows none
    ({"phone_number": "1510555"}, (422, "invalid_phone_number")),
    ({"text": " \n"}, (400, "bad_data")),
    ({"text": "x" * 1601}, (400, "bad_data")),
    ({"list_id": 1}, (400, "bad_data")),
    ({"phone_number": None, "list_id": 1}, (400, "bad_data")),  # without local_id
    ({"phone_number": None, "list_id": 10**9, "local_id": "l1"}, (404, "list_not_found")),
    ({"media_url": "ftp://example.com/a.png"}, (400, "bad_data")),
    ({"media_url": "file:///etc/passwd"}, (400, "bad_data")),
    ({"text": None}, (400, "bad_data")),
])  # fmt: skip
def test_an_invalid_text_is_refused(cast: Cast, crm: ApiClient, change: dict[str, Any], answer: Any) -> None:
    if answer is None:
        assert crm.post("message/send", text(cast, **change))
    else:
        assert crm.refused("POST", "message/send", text(cast, **change)) == answer
        assert not texts(cast)


def test_a_feature_that_is_not_offered_yet_is_refused_as_such(cast: Cast, crm: ApiClient) -> None:
    answer = crm.call("POST", "message/send", text(cast, targets=[MARIA])).json()
    assert (answer["message"], answer["field"]) == ("This is not offered here.", "targets")


def test_a_list_gets_a_broadcast_once(cast: Cast, crm: ApiClient) -> None:
    row = crm.post("list", {"title": "Recall", "contacts": [cast.maria.id]})
    sent = text(cast, phone_number=None, list_id=row["id"], local_id="spring", marketing=True)
    answer = crm.post("message/send", sent)
    assert crm.post("message/send", sent) == answer
    with scope(cast.northside.id):
        (broadcast,) = Broadcast.objects.all()
        assert (broadcast.id, broadcast.audience["lists"], broadcast.status) == (
            answer["id"],
            [row["id"]],
            "scheduled",
        )
        assert (broadcast.body, broadcast.category, broadcast.inbox_id) == (
            sent["text"],
            "marketing",
            cast.front_desk.id,
        )
    assert answer["chat_id"] is None and not texts(cast)
    empty = crm.post("list", {"title": "Empty"})
    assert crm.refused("POST", "message/send", {**sent, "list_id": empty["id"], "local_id": "l2"}) == (
        400,
        "bad_data",
    )


def test_an_unknown_field_of_a_broadcast_is_named(cast: Cast, crm: ApiClient) -> None:
    row = crm.post("list", {"title": "Recall", "contacts": [cast.maria.id]})["id"]
    words = {"text": "Hi {{ frist_name }}"}
    new = {"name": "Spring", "category": "marketing", "inbox_id": cast.front_desk.id, "list_ids": [row]}
    to_list = text(cast, phone_number=None, list_id=row, local_id="spring")
    for path, body in (("broadcast", new), ("message/send", to_list)):
        answer = crm.call("POST", path, body | words)
        error = answer.json()
        assert (answer.status_code, error["error_code"], error["field"]) == (400, "bad_data", "text"), path
        assert error["message"] == "There is no field {{ frist_name }}. Did you mean {{ first_name }}?"
    with scope(cast.northside.id):
        assert not Broadcast.objects.exists()


def test_a_member_without_a_seat_is_not_accepted_as_sender(cast: Cast, crm: ApiClient) -> None:
    assert crm.refused("POST", "message/send", text(cast, creator_id=cast.second.id)) == (
        404,
        "member_not_found",
    )
    assert crm.post("message/send", text(cast, creator_id=cast.admin.id)), "owners and admins see all inboxes"


def test_a_program_does_in_a_member_s_name_what_the_member_may_do(cast: Cast, crm: ApiClient) -> None:
    """Each call that names a member, with a member who may only read in this inbox."""
    row = crm.post("list", {"title": "Recall", "contacts": [cast.maria.id]})
    chat = crm.post("message/send", text(cast))["chat_id"]
    with scope(cast.northside.id):
        reader = TeamRole.objects.create(team=cast.northside, name="Reader", rights=["send_texts"])
        Member.objects.filter(team=cast.northside, id=cast.second.id).update(custom_role=reader)
        Seat.objects.create(
            team=cast.northside, member=cast.second, inbox=cast.front_desk, role=Role.MEMBER,
            custom_role=TeamRole.objects.create(team=cast.northside, name="None", rights=[]),
        )  # fmt: skip
    here, sam = {"inbox_id": cast.front_desk.id}, cast.second.id
    change = {**here, "user_id": sam, "chat_id": chat}
    later = (timezone.now() + timedelta(days=2)).isoformat()
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("send texts", "message/send", text(cast, creator_id=sam)),
        ("send texts", "schedule", {
            **here, "user_id": sam, "phone_number": PHONE, "execute_at": later, "content": {"text": "Later"},
        }),
        ("send texts", "message/send", text(
            cast, creator_id=sam, phone_number=None, list_id=row["id"], local_id="b1",
        )),
        ("send texts", "broadcast", {
            **here, "name": "Spring", "category": "marketing", "list_ids": [row["id"]], "text": "Hi", "creator_id": sam,
        }),
        ("organize conversations", "message/send", text(
            cast, creator_id=sam, phone_number=None, chat_id=chat, private=True,
        )),
        ("organize conversations", "conversations/close", change),
        ("organize conversations", "conversations/open", change),
        ("organize conversations", "conversations/snooze", change),
        ("organize conversations", "conversations/reassign", {**change, "reassign_id": cast.admin.id}),
        ("organize conversations", "conversations/transfer", {
            "conversation_id": chat, "transfer_inbox_id": cast.billing.id, "user_id": sam,
        }),
    ]  # fmt: skip
    before = len(texts(cast))
    for right, path, body in calls:
        answer = crm.call("POST", path, body)
        assert (answer.status_code, answer.json()["error_code"]) == (403, "member_may_not"), path
        assert answer.json()["message"] == f"Sam Silva may not {right} in Front Desk.", path
    assert crm.post("conversations/read", change) == "ok", "reading needs no right"
    with scope(cast.northside.id):
        assert len(texts(cast)) == before and not Broadcast.objects.exists()
        assert not ScheduledText.objects.exists() and not Note.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"), [("opt_out", "unsubscribed_number"), ("block", "blocked_number")]
)
def test_an_opted_out_or_blocked_number_is_not_texted(
    cast: Cast, crm: ApiClient, change: str, code: str
) -> None:
    with scope(cast.northside.id):
        getattr(consent, change)(cast.northside.id, STRANGER, MAYA, reason="x")
    assert crm.refused("POST", "message/send", text(cast)) == (409, code)
    (refused,) = texts(cast)
    assert refused.status == MessageStatus.REFUSED, "the conversation shows the refused text"


# -- idempotency -------------------------------------------------------------------------------------------------


def test_a_repeated_call_sends_nothing_and_gets_the_same_answer(cast: Cast, crm: ApiClient) -> None:
    first = crm.post("message/send", text(cast, local_id="order-1"))
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, STRANGER, MAYA, reason="after the first call")
    assert crm.post("message/send", text(cast, local_id="order-1")) == first
    assert len(texts(cast)) == 1
    assert crm.refused("POST", "message/send", text(cast, local_id="order-2")) == (409, "unsubscribed_number")


def test_another_spelling_of_the_number_is_the_same_text(cast: Cast, crm: ApiClient) -> None:
    first = crm.post("message/send", text(cast, local_id="order-1"))
    again = text(cast, local_id="order-1", phone_number=f"+{PHONE}", chat_id=None, creator_id=None)
    assert crm.post("message/send", again) == first


def test_a_refusal_is_repeated_too(cast: Cast, crm: ApiClient) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, STRANGER, MAYA, reason="x")
    body = text(cast, local_id="order-1")
    assert crm.refused("POST", "message/send", body) == (409, "unsubscribed_number")
    crm.post("contact/set_status", {"phone": PHONE, "status": "subscribed"})
    assert crm.refused("POST", "message/send", body) == (409, "unsubscribed_number")
    assert len(texts(cast)) == 1


def test_an_invalid_call_does_not_use_up_its_local_id(cast: Cast, crm: ApiClient) -> None:
    assert crm.refused("POST", "message/send", text(cast, local_id="a", inbox_id=10**9)) == (
        404,
        "inbox_not_found",
    )
    assert crm.post("message/send", text(cast, local_id="a"))


def test_a_local_id_belongs_to_one_text(cast: Cast, crm: ApiClient) -> None:
    crm.post("message/send", text(cast, local_id="order-1"))
    other = text(cast, local_id="order-1", text="Another")
    assert crm.refused("POST", "message/send", other) == (409, "local_id_reused")


def test_a_local_id_can_be_used_again_after_a_day(cast: Cast, crm: ApiClient) -> None:
    crm.post("message/send", text(cast, local_id="order-1"))
    with time_machine.travel(timezone.now() + timedelta(hours=23, minutes=59)):
        crm.post("message/send", text(cast, local_id="order-1"))
        assert len(texts(cast)) == 1
        with scope(cast.northside.id):
            idempotency.delete_expired(cast.northside.id)
            assert IdempotencyKey.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        crm.post("message/send", text(cast, local_id="order-1", text="Another"))
        assert len(texts(cast)) == 2
    with time_machine.travel(timezone.now() + timedelta(hours=49)), scope(cast.northside.id):
        idempotency.delete_expired(cast.northside.id)
        assert not IdempotencyKey.objects.exists()


def test_concurrent_calls_send_one_text(
    cast: Cast, crm: ApiClient, elsewhere: Any, owner: psycopg.Connection
) -> None:
    calls = [elsewhere(crm.post, "message/send", text(cast, local_id="order-1")) for _ in range(6)]
    answers = [call.result(20) for call in calls]
    assert len({answer["id"] for answer in answers}) == 1
    assert len(texts(cast)) == 1


# -- reading -----------------------------------------------------------------------------------------------------


def test_messages_are_listed_newest_first_and_before_a_time(cast: Cast, crm: ApiClient) -> None:
    start = timezone.now() - timedelta(hours=2)
    for index in range(60):
        arrived = InboundText(new_sid(), MARIA, f"text {index}", sent_at=start + timedelta(minutes=index))
        inbound.receive(cast.front_desk, arrived)
    path = f"messages?phoneNumber=14155550101&inboxID={cast.front_desk.id}"
    page = crm.get(path)
    assert [message["text"] for message in page] == [f"text {index}" for index in range(59, 9, -1)]
    assert {(message["type"], message["target"], message["phone"]) for message in page} == {
        ("inbound", "14155550101", "15105550100")
    }
    before = (start + timedelta(minutes=10)).timestamp()
    assert [message["text"] for message in crm.get(f"{path}&timestamp={before}")] == [
        f"text {index}" for index in range(9, -1, -1)
    ]
    assert crm.get(f"messages?phoneNumber=14155550199&inboxID={cast.front_desk.id}") == []


def test_inboxes_and_the_team_are_listed(cast: Cast, crm: ApiClient) -> None:
    billing, front_desk = crm.get("inboxes")
    assert (front_desk["id"], front_desk["phone"]) == (cast.front_desk.id, "15105550100")
    assert front_desk["members"] == sorted([cast.owner.id, cast.admin.id, cast.member.id])
    assert billing["members"] == sorted([cast.owner.id, cast.admin.id, cast.second.id])
    assert [member["name"] for member in crm.get("team")["members"]] == [
        "Olivia Owens", "Amir Adams", "Maya Chen", "Sam Silva",
    ]  # fmt: skip


# -- conversations -----------------------------------------------------------------------------------------------


@pytest.fixture
def conversations(cast: Cast) -> list[int]:
    """Forty conversations, newest first; ten of them have the same time."""
    now = timezone.now()
    times = [now - timedelta(minutes=max(index - 24, 0) if index < 35 else index) for index in range(40)]
    with scope(cast.northside.id):
        created = Conversation.objects.bulk_create(
            Conversation(
                team=cast.northside, inbox=cast.billing if index % 2 else cast.front_desk,
                number=f"+1415555{1000 + index}", last_message_at=at, inbound_count=1, closed=index % 4 == 0,
            )
            for index, at in enumerate(times)
        )  # fmt: skip
    return [row.id for row in sorted(created, key=lambda row: (row.last_message_at, row.id), reverse=True)]


def walk(crm: ApiClient, body: dict[str, Any]) -> list[int]:
    ids: list[int] = []
    while page := crm.post("conversations", body):
        ids += [conversation["id"] for conversation in page]
        body = {**body, "date": page[-1]["updated"]}
    return ids


def test_pages_have_each_conversation_once(cast: Cast, crm: ApiClient, conversations: list[int]) -> None:
    assert walk(crm, {}) == conversations
    of_billing = walk(crm, {"filters": {"inboxes": [cast.billing.id]}})
    assert len(of_billing) == 20 and set(of_billing) < set(conversations)
    assert len(walk(crm, {"filters": {"closed": True}})) == 10
    assert walk(crm, {"id": cast.second.id}) == of_billing, "the conversations that the member sees"
    assert walk(crm, {"id": cast.second.id, "filters": {"unread": False}}) == of_billing
    assert crm.refused("POST", "conversations", {"filters": {"unread": True}}) == (400, "bad_data")


def test_a_conversation_is_marked_read_unread_open_and_closed(
    cast: Cast, crm: ApiClient, conversations: list[int]
) -> None:
    def state() -> tuple[str, int]:
        page = crm.post("conversations", {"id": cast.owner.id})
        (found,) = [conversation for conversation in page if conversation["target"] == "14155551004"]
        return found["status"], found["unread"]

    body = {"inbox_id": cast.front_desk.id, "user_id": cast.owner.id, "target": "14155551004"}
    assert state() == ("closed", 1)
    assert crm.post("conversations/read", body) == "ok"
    assert crm.post("conversations/open", body) == "ok"
    assert state() == ("open", 0)
    assert crm.post("conversations/unread", body) == "ok"
    assert crm.post("conversations/close", body) == "ok"
    assert state() == ("closed", 1)
    assert crm.refused("POST", "conversations/read", {**body, "target": "14155559999"}) == (
        404,
        "conversation_not_found",
    )
    assert crm.refused("POST", "conversations/read", {**body, "user_id": cast.second.id}) == (
        404,
        "member_not_found",
    )


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\ufeff", "\u2800\u3164"])
def test_a_text_of_invisible_characters_is_refused(crm: ApiClient, team_ids: TeamIds, text: str) -> None:
    body = {"inbox_id": team_ids.inbox, "phone_number": team_ids.phone, "text": text}
    assert crm.refused("POST", "message/send", body) == (400, "bad_data")
