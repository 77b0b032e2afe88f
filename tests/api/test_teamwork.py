"""API calls about work in a team: assignments, closings, private notes, scheduled texts and templates."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from contacts.contact.models import Contact
from contacts.lists.models import Tag, Tagging
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from messaging.media.uploads import store_uploads
from messaging.models import Conversation, Message
from messaging.scheduling.models import ScheduledText
from messaging.scheduling.schedule import send
from messaging.teamwork.models import Activity, Mention, Note
from messaging.text_templates.models import TextTemplate
from messaging.text_templates.templates import change_template
from messaging.text_templates.views import LIMITS
from tests.api.conftest import ApiClient
from tests.cast import MARIA, STRANGER, Cast
from tests.messaging.fake_twilio import FakeTwilio, new_sid
from tests.messaging.media.files import picture

PHONE = MARIA.removeprefix("+")


def arrives(cast: Cast) -> Conversation:
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "Are you open?"))
    with scope(cast.northside.id):
        return Conversation.objects.select_related("inbox").get(team=cast.northside, number=MARIA)


def change(cast: Cast, **more: Any) -> dict[str, Any]:
    return {"inbox_id": cast.front_desk.id, "user_id": cast.admin.id, "target": PHONE, **more}


def sentences(cast: Cast) -> list[str]:
    with scope(cast.northside.id):
        return [activity.sentence for activity in Activity.objects.order_by("id")]


# -- conversations -----------------------------------------------------------------------------------------------


def test_a_conversation_is_assigned_and_listed_for_its_assignee(cast: Cast, crm: ApiClient) -> None:
    found = arrives(cast)
    assert crm.post("conversations")[0]["assigned"] is None
    assert crm.post("conversations/reassign", change(cast, reassign_id=cast.member.id)) == "ok"
    (listed,) = crm.post("conversations", {"filters": {"assigned": cast.member.id}})
    assert (listed["id"], listed["assigned"]) == (found.id, cast.member.id)
    assert listed["waiting_since"] is not None
    assert listed["tags"] == []
    with scope(cast.northside.id):
        for contact in (cast.maria, cast.tom):
            tag = Tag.objects.create(team=cast.northside, name=f"Of {contact.first_name}")
            Tagging.objects.create(team=cast.northside, tag=tag, contact=contact)
    assert crm.post("conversations")[0]["tags"] == ["Of Maria"]
    assert crm.post("conversations", {"filters": {"assigned": cast.admin.id}}) == []
    refused = crm.refused("POST", "conversations/reassign", change(cast, reassign_id=cast.second.id))
    assert refused == (404, "member_not_found"), "Sam does not see the inbox"
    assert sentences(cast) == ["Amir Adams assigned this conversation to Maya Chen"]


def test_closing_and_reopening_are_shown_in_the_thread(cast: Cast, crm: ApiClient) -> None:
    arrives(cast)
    for call in ("close", "close", "open"):
        assert crm.post(f"conversations/{call}", change(cast)) == "ok"
    assert sentences(cast) == ["Amir Adams closed this conversation", "Amir Adams reopened this conversation"]
    crm.post("conversations/close", change(cast))
    assert crm.post("conversations")[0]["waiting_since"] is None


def test_a_conversation_is_snoozed_and_woken(cast: Cast, crm: ApiClient) -> None:
    arrives(cast)
    until = (timezone.now() + timedelta(days=1)).isoformat()
    assert crm.post("conversations/snooze", change(cast, until=until)) == "ok"
    assert crm.post("conversations")[0]["snooze_till"].startswith(until[:10])
    assert crm.post("conversations/snooze", change(cast)) == "ok"
    assert crm.post("conversations")[0]["snooze_till"] is None


def test_a_conversation_is_found_by_its_id_and_counted(
    cast: Cast, crm: ApiClient, harbor_crm: ApiClient
) -> None:
    found = arrives(cast)
    inbound.receive(cast.billing, InboundText(new_sid(), STRANGER, "Hello"))
    listed = crm.post("conversations", {"filters": {"inboxes": [cast.front_desk.id], "unread": False}})
    assert listed == [crm.get(f"conversations/{found.id}")]
    assert harbor_crm.refused("GET", f"conversations/{found.id}") == (404, "conversation_not_found")
    crm.post("conversations/reassign", change(cast, reassign_id=cast.member.id))
    crm.post("conversations/close", change(cast))
    for body, count in (
        ({}, 2), ({"archived": True}, 1), ({"assigned": cast.member.id}, 1), ({"assigned": cast.owner.id}, 0),
        ({"id": cast.second.id}, 1), ({"filters": {"closed": False}}, 1), ({"date": "2020-01-01T00:00:00Z"}, 0),
        ({"id": cast.owner.id, "filters": {"unread": True}}, 2),
    ):  # fmt: skip
        assert crm.post("conversations/count", body) == {"count": count}, body
        assert len(crm.post("conversations", body)) == count, body
    pages = [crm.post("conversations", {"limit": 1, "page": n, "order": "created_at"}) for n in (0, 1, 2)]
    assert [[row["target"] for row in page] for page in pages] == [[STRANGER.removeprefix("+")], [PHONE], []]


def test_a_conversation_goes_on_in_another_inbox(
    cast: Cast, crm: ApiClient, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    found = arrives(cast)
    crm.post("conversations/reassign", change(cast, reassign_id=cast.admin.id))
    to_billing = {"conversation_id": found.id, "transfer_inbox_id": cast.billing.id}
    refused = crm.refused("POST", "conversations/transfer", {**to_billing, "user_id": cast.member.id})
    assert refused == (404, "member_not_found"), "Maya does not see Billing"
    assert crm.post("conversations/transfer", to_billing) == "ok"
    (left,) = crm.post("conversations", {"archived": True})
    (gone_on,) = crm.post("conversations", {"filters": {"closed": False}})
    assert (left["id"], left["assigned"], left["waiting_since"]) == (found.id, None, None)
    assert (gone_on["inbox"], gone_on["assigned"]) == (cast.billing.id, cast.admin.id)
    assert gone_on["waiting_since"] is not None, "the person still waits for an answer"
    assert sentences(cast)[-2:] == [
        "API (CRM) moved this conversation to Billing",
        "API (CRM) moved this conversation here from Front Desk",
    ]
    assert len(crm.get(f"messages?phoneNumber={PHONE}&inboxID={cast.front_desk.id}")) == 1
    work()
    assert carrier.bodies() == [], "nothing is sent"
    back = {"conversation_id": gone_on["id"], "transfer_inbox_id": cast.front_desk.id}
    for _ in range(2):
        assert crm.post("conversations/transfer", back) == "ok"
    (again,) = crm.post("conversations", {"filters": {"closed": False}})
    assert (again["id"], again["assigned"]) == (found.id, cast.admin.id)


# -- private notes -----------------------------------------------------------------------------------------------


def sends(cast: Cast, **more: Any) -> dict[str, Any]:
    body = {"inbox_id": cast.front_desk.id, "phone_number": PHONE, "text": "Hello", **more}
    return {name: value for name, value in body.items() if value is not None}


def test_a_private_note_is_written_once_and_never_sent(
    cast: Cast, crm: ApiClient, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    found = arrives(cast)
    note = sends(cast, private=True, text="@Amir Adams call her", creator_id=cast.member.id, local_id="n1")
    first, second = crm.post("message/send", note), crm.post("message/send", note)
    assert first == second and (first["status"], first["chat_id"]) == ("private", found.id)
    work()
    assert carrier.bodies() == []
    with scope(cast.northside.id):
        stored = Note.objects.get()
        assert (stored.id, stored.author_name) == (first["id"], "Maya Chen (CRM)")
        assert Mention.objects.get().member_id == cast.admin.id
        assert not Message.objects.filter(outbound=True).exists()
    query = f"messages?phoneNumber={PHONE}&inboxID={cast.front_desk.id}"
    assert [entry["private"] for entry in crm.get(query)] == [False]
    listed = crm.get(f"{query}&notes=true")
    assert [(entry["private"], entry["type"], entry["text"]) for entry in listed] == [
        (True, "private", "@Amir Adams call her"),
        (False, "inbound", "Are you open?"),
    ]


def test_a_note_needs_a_conversation_and_has_only_text(cast: Cast, crm: ApiClient) -> None:
    refused = crm.refused("POST", "message/send", sends(cast, private=True))
    assert refused == (404, "conversation_not_found")
    arrives(cast)
    for wrong in (
        {"media_url": "https://example.com/a.png"},
        {"text": None, "template_id": 1},
        {"text": " "},
    ):
        assert crm.refused("POST", "message/send", sends(cast, private=True, **wrong)) == (400, "bad_data")
    with scope(cast.northside.id):
        assert not Note.objects.exists()


def test_a_note_may_be_written_about_a_person_who_opted_out(cast: Cast, crm: ApiClient) -> None:
    arrives(cast)
    crm.post("contact/set_status", {"phone": PHONE, "status": "unsubscribed"})
    assert crm.post("message/send", sends(cast, private=True))["status"] == "private"


# -- templates ---------------------------------------------------------------------------------------------------


def test_a_template_is_created_changed_sent_and_deleted(cast: Cast, crm: ApiClient) -> None:
    text = "{{ first_name | there }}, it is ready."
    body = {"title": "Ready", "content": {"text": text}, "local_id": "t1"}
    made = crm.post("template", body)
    assert crm.post("template", body) == made
    (listed,) = crm.post("templates")
    assert (listed["id"], listed["name"], listed["shared"], listed["uses"]) == (made["id"], "Ready", True, 0)
    crm.post("message/send", sends(cast, text=None, template_id=made["id"]))
    crm.post("message/send", sends(cast, text=None, template_id=made["id"], phone_number=STRANGER[1:]))
    with scope(cast.northside.id):
        bodies = list(Message.objects.order_by("id").values_list("body", flat=True))
    assert bodies == ["Maria, it is ready.", "there, it is ready."]
    assert crm.get(f"template/{made['id']}")["uses"] == 2
    changed = crm.call("PUT", f"template/{made['id']}", {"title": "Done"})
    assert changed.json() == {**made, "rev": 2}
    found = crm.get(f"template/{made['id']}")
    assert (found["name"], found["content"]["text"], found["rev"], found["local_id"]) == (
        "Done",
        text,
        2,
        "t1",
    )
    sent = sends(cast, text=None, template_id=made["id"])
    for archived in (True, False):
        assert crm.call("PUT", f"template/{made['id']}", {"archived": archived}).status_code == 200
        assert [listed["archived"] for listed in crm.post("templates")] == [archived]
        found = crm.call("POST", "message/send", {**sent, "local_id": f"t{archived}"})
        assert found.status_code == (404 if archived else 200), "an archived one is not sent"
    assert crm.get(f"template/{made['id']}")["rev"] == 4
    stored = crm.post("template", {"title": "Old", "content": {"text": "Old"}, "archived": True})
    assert stored["rev"] == 1 and crm.get(f"template/{stored['id']}")["archived"]
    assert crm.call("DELETE", f"template/{made['id']}").json() == "ok"
    for method in ("GET", "DELETE"):
        assert crm.refused(method, f"template/{made['id']}") == (404, "template_not_found")
    assert crm.refused("POST", "message/send", sends(cast, text=None, template_id=made["id"])) == (
        404,
        "template_not_found",
    )


def test_a_template_that_cannot_be_filled_is_refused(cast: Cast, crm: ApiClient) -> None:
    assert (
        crm.refused("POST", "template", {"title": "X", "content": {"text": "{{ shoe_size }}"}})[1]
        == "bad_data"
    )
    made = crm.post("template", {"title": "X", "content": {"text": "Dear {{ email }}"}})
    answer = crm.call("POST", "message/send", sends(cast, text=None, template_id=made["id"])).json()
    assert (answer["error_code"], answer["field"]) == ("bad_data", "template_id")
    assert "{{ email }} is empty for this person" in answer["message"]
    refused = crm.refused("POST", "message/send", sends(cast, template_id=made["id"]))
    assert refused == (400, "bad_data"), "text and template"
    with scope(cast.northside.id):
        assert not Message.objects.exists()
        Contact.objects.filter(number=MARIA).update(email="maria@example.com")
    assert crm.post("message/send", sends(cast, text=None, template_id=made["id"]))["status"] == "queued"


def test_the_picture_of_a_template_goes_along(
    cast: Cast, crm: ApiClient, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    made = crm.post("template", {"title": "Map", "content": {"text": "Here we are"}})
    (upload,) = store_uploads(
        cast.northside.id, [SimpleUploadedFile("map.jpg", picture(), "image/jpeg")], LIMITS
    )
    with scope(cast.northside.id):
        change_template(TextTemplate.objects.get(id=made["id"]), picture=upload)
    body = sends(cast, text=None, template_id=made["id"], local_id="m1")
    crm.post("message/send", body, **{"X-Heymarket-Dry-Run": "true"})
    for _ in range(2):
        crm.post("message/send", body)
    work()
    assert [(text.body, len(text.media)) for text in carrier.sent] == [("Here we are", 1)]
    (listed,) = crm.get(f"template/{made['id']}")["content"]["gallery"]
    assert listed["url"].startswith("http")


def test_a_members_own_template_is_not_shown_to_programs(cast: Cast, crm: ApiClient) -> None:
    with scope(cast.northside.id):
        own = TextTemplate.objects.create(team=cast.northside, owner=cast.member, title="Mine", body="Hello")
    assert crm.post("templates") == []
    assert crm.refused("GET", f"template/{own.id}") == (404, "template_not_found")


# -- scheduled texts ---------------------------------------------------------------------------------------------


def schedules(cast: Cast, **more: Any) -> dict[str, Any]:
    later = (timezone.now() + timedelta(days=1)).isoformat()
    body = {
        "inbox_id": cast.front_desk.id, "execute_at": later, "phone_number": PHONE, "content": {"text": "Tomorrow"},
        **more,
    }  # fmt: skip
    return {name: value for name, value in body.items() if value is not None}


def test_a_text_is_scheduled_changed_and_sent(cast: Cast, crm: ApiClient) -> None:
    body = schedules(cast, local_id="s1", user_id=cast.member.id)
    made = crm.post("schedule", body)
    assert crm.post("schedule", body) == made
    assert (made["status"], made["target"], made["user"]) == ("scheduled", PHONE, cast.member.id)
    changed = crm.call("PUT", f"schedule/{made['id']}", {"content": {"text": "Today"}}).json()
    assert (changed["content"], changed["execute"]) == ({"text": "Today"}, made["execute"])
    send(cast.northside.id, made["id"])
    assert crm.get(f"schedule/{made['id']}")["status"] == "sent"
    with scope(cast.northside.id):
        (text,) = Message.objects.all()
    assert (text.body, text.number, text.author_id) == ("Today", MARIA, cast.member.id)
    for method in ("PUT", "DELETE"):
        data = {"content": {"text": "x"}} if method == "PUT" else None
        assert crm.refused(method, f"schedule/{made['id']}", data) == (404, "schedule_not_found")


def test_a_scheduled_text_is_cancelled(cast: Cast, crm: ApiClient) -> None:
    made = crm.post("schedule", schedules(cast))
    assert crm.call("DELETE", f"schedule/{made['id']}").json() == "ok"
    found = crm.get(f"schedule/{made['id']}")
    assert (found["status"], found["ending"]) == ("cancelled", "Cancelled.")


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"phone_number": None}, (400, "bad_data")),
        ({"conversation_id": 1}, (400, "bad_data")),
        ({"execute_at": "2020-01-01T00:00:00Z"}, (422, "invalid_time")),
        ({"content": {"text": " "}}, (400, "bad_data")),
        ({"phone_number": "15105"}, (422, "invalid_phone_number")),
        ({"phone_number": None, "conversation_id": 10**9}, (404, "conversation_not_found")),
        ({"user_id": 10**9}, (404, "member_not_found")),
    ],
)
def test_an_invalid_schedule_is_refused(
    cast: Cast, crm: ApiClient, change: dict[str, Any], answer: tuple[int, str]
) -> None:
    assert crm.refused("POST", "schedule", schedules(cast, **change)) == answer
    with scope(cast.northside.id):
        assert not ScheduledText.objects.exists()


def test_a_person_who_opted_out_gets_no_scheduled_text(cast: Cast, crm: ApiClient) -> None:
    made = crm.post("schedule", schedules(cast))
    crm.post("contact/set_status", {"phone": PHONE, "status": "unsubscribed"})
    assert crm.refused("POST", "schedule", schedules(cast)) == (409, "unsubscribed_number")
    send(cast.northside.id, made["id"])
    assert crm.get(f"schedule/{made['id']}")["status"] == "refused"
