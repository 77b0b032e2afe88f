"""Test data of two teams, and a valid request for each call of the OpenAPI document."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.models import Inbox, Member
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.lists import labels
from contacts.lists.models import UNKNOWN, ContactList, Tag
from heymarket.api import api
from kernel.phone_numbers import digits
from kernel.tenancy import scope
from messaging import inbound
from messaging.broadcasts.models import Broadcast, BroadcastRecipient
from messaging.carriers.base import InboundText
from messaging.models import Conversation
from messaging.scheduling.schedule import schedule
from messaging.text_templates.templates import make_template
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import new_sid
from webhooks.models import Endpoint

UNKNOWN_PHONE = "14155550177"  # of no contact
HOOK = "https://crm.example.com/hook"


@dataclass(frozen=True)
class TeamIds:
    """IDs of a team, one of each kind, and the number of a contact."""

    inbox: int
    member: int
    contact: int
    conversation: int
    tag: int
    field: int
    template: int
    schedule: int
    contact_list: int
    broadcast: int
    paused: int  # a broadcast
    webhook: int
    trigger: int  # of n8n
    phone: str  # of the contact
    now: str  # later than all of the team's data

    def ids(self) -> list[int]:
        return [
            self.inbox,
            self.member,
            self.contact,
            self.conversation,
            self.tag,
            self.field,
            self.template,
            self.schedule,
            self.contact_list,
            self.broadcast,
            self.paused,
            self.webhook,
            self.trigger,
        ]


def create_northside_data(cast: Cast) -> TeamIds:
    """Tom has opted out, Maria has a conversation, and the stranger is blocked."""
    with scope(cast.northside.id):
        by = Actor(Origin.MEMBER, "Olivia Owens", cast.owner.id)
        consent.opt_out(cast.northside.id, TOM, by, reason="asked at the desk")
        consent.block(cast.northside.id, STRANGER, by)
    return _create_data(cast.front_desk, cast.member, cast.maria, "vip", "See you on Monday")


def create_harbor_data(cast: Cast) -> TeamIds:
    """Maria, a contact of both teams, texted STOP to Harbor."""
    inbound.receive(cast.shop, InboundText(new_sid(), MARIA, "STOP"))
    return _create_data(cast.shop, cast.outsider, cast.maria_of_harbor, "brompton", "Is my bike ready?")


def _create_data(inbox: Inbox, member: Member, contact: Contact, tag: str, text: str) -> TeamIds:
    inbound.receive(inbox, InboundText(new_sid(), contact.number, text))
    with scope(inbox.team_id):
        conversation = Conversation.objects.get(team_id=inbox.team_id, inbox=inbox, number=contact.number)
        labels.set_tags(contact, [tag])
        tag_id = Tag.objects.get(team_id=inbox.team_id, name=tag).id
        field = CustomField.objects.create(
            team_id=inbox.team_id, name=f"Level of {tag}", key=f"level_of_{tag}"
        )
        template = make_template(inbox.team_id, title=f"Of {tag}", body=f"{tag}?", owner=None)
        contact_list = ContactList.objects.create(team_id=inbox.team_id, name=f"List of {tag}")
        labels.add_to_lists(inbox.team_id, [contact_list.id], [contact.id], UNKNOWN)
        broadcast = Broadcast.objects.create(
            team_id=inbox.team_id, name=f"News of {tag}", body=f"News of {tag}", inbox=inbox, status="sending",
            audience={"lists": [contact_list.id]},
        )  # fmt: skip
        paused = Broadcast.objects.create(
            team_id=inbox.team_id, name=f"Old {tag}", inbox=inbox, status="paused", pause_reason="member",
            prepared_upto=None,
        )  # fmt: skip
        BroadcastRecipient.objects.create(
            team_id=inbox.team_id, broadcast=broadcast, number=contact.number, inbox=inbox
        )
        webhook = Endpoint(team_id=inbox.team_id, name=f"CRM of {tag}", url=HOOK, events=["target_opt_out"])
        webhook.new_secret()
        webhook.save()
        trigger = Endpoint(
            team_id=inbox.team_id, name=f"n8n of {tag}", url=HOOK, events=["message_received"], format="n8n",
            trigger="incoming_message", condition={"inbox": {"id": inbox.id}},
        )  # fmt: skip
        trigger.new_secret()
        trigger.save()
        Contact.objects.filter(team_id=inbox.team_id, id=contact.id).update(email=email_of(contact.id))
        later = timezone.now() + timedelta(days=1)
        scheduled = schedule(conversation, f"About {tag}", later, member, unless_answered=False)
    return TeamIds(
        inbox.id,
        member.id,
        contact.id,
        conversation.id,
        tag_id,
        field.id,
        template.id,
        scheduled.id,
        contact_list.id,
        broadcast.id,
        paused.id,
        webhook.id,
        trigger.id,
        digits(contact.number),
        timezone.now().isoformat(),
    )


def email_of(contact_id: int) -> str:
    """The email address of the team's contact."""
    return f"person-{contact_id}@example.com"


# -- valid requests ----------------------------------------------------------------------------------------------


class ApiCall(NamedTuple):
    method: str
    path: str
    body: Any = None


def _conversation(team_ids: TeamIds) -> dict[str, Any]:
    return {"inbox_id": team_ids.inbox, "user_id": team_ids.member, "chat_id": team_ids.conversation}


def _details(team_ids: TeamIds) -> dict[str, Any]:
    return {
        "phone": UNKNOWN_PHONE, "first": "Ada", "last": "Byron", "display_name": "", "email": "ada@example.com",
        "assignee_id": team_ids.member, "tags": ["new", {"tag_id": team_ids.tag}], "is_opted_out": True,
        "status": "unsubscribed", "custom": {str(team_ids.field): "Gold"}, "consent": _consent(team_ids),
    }  # fmt: skip


def _record(team_ids: TeamIds) -> dict[str, str]:
    return {"text": "Yes, text me", "obtained_at": team_ids.now, "source": "web form"}


def _consent(team_ids: TeamIds) -> dict[str, str]:
    return {**_record(team_ids), "category": "marketing", "method": "form"}


LATER = (timezone.now() + timedelta(days=30)).isoformat()

# By operationId. Each request has an ID in every place that accepts an ID.
VALID_CALLS: dict[str, Callable[[TeamIds], ApiCall]] = {
    "get_contact_status": lambda w: ApiCall("POST", "contact/status", {"id": w.contact}),
    "set_contact_status": lambda w: ApiCall(
        "POST", "contact/set_status", {"id": w.contact, "status": "subscribed", "consent": _record(w)}
    ),
    "find_contact": lambda w: ApiCall("POST", "contact/get", {"id": w.contact}),
    "get_contact": lambda w: ApiCall("GET", f"contact/{w.contact}"),
    "create_contact": lambda w: ApiCall("POST", "contact", _details(w)),
    "update_contact": lambda w: ApiCall("PUT", f"contact/{w.contact}?overwrite=true", _details(w)),
    "delete_contact": lambda w: ApiCall("DELETE", f"contact/{w.contact}"),
    "create_contacts": lambda w: ApiCall("POST", "batch/contacts?overwrite=true", [_details(w)]),
    "list_contacts": lambda w: ApiCall("POST", "contacts", {
        "date": "2027-01-01T00:00:00Z", "ascending": False, "order": "created_at",
    }),
    "count_contacts": lambda w: ApiCall("POST", "contacts/count"),
    "list_tags": lambda w: ApiCall("POST", "tags", {"date": LATER, "ascending": False, "limit": 100, "page": 0}),
    "get_tag": lambda w: ApiCall("GET", f"tag/{w.tag}"),
    "create_tag": lambda w: ApiCall("POST", "tag", {"tag": "Newest"}),
    "delete_tag": lambda w: ApiCall("DELETE", f"tag/{w.tag}"),
    "list_contact_fields": lambda w: ApiCall("POST", "contact-fields"),
    "list_optouts": lambda w: ApiCall("GET", "optouts?since=0&limit=10"),
    "compare_optouts": lambda w: ApiCall("POST", "optouts/compare", {
        "numbers": [{"phone": w.phone, "status": "active"}, {"phone": UNKNOWN_PHONE, "status": "blocked"}],
        "inbox_id": w.inbox,
    }),
    "list_consents": lambda w: ApiCall("GET", "consents?since=0&limit=10"),
    "list_suppression_lists": lambda w: ApiCall("GET", "suppression-lists"),
    "check_phones": lambda w: ApiCall("POST", "why", {"phones": [w.phone, UNKNOWN_PHONE], "inbox_id": w.inbox}),
    "explain_number": lambda w: ApiCall("GET", f"contact/{w.phone}/why?inbox_id={w.inbox}"),
    "list_conversations": lambda w: ApiCall("POST", "conversations", {
        "id": w.member, "date": "2027-01-01T00:00:00Z",
        "filters": {"inboxes": [w.inbox], "closed": False, "unread": True, "assigned": w.member},
    }),
    "count_conversations": lambda w: ApiCall("POST", "conversations/count", {
        "id": w.member, "assigned": w.member, "date": LATER, "archived": False, "filters": {"inboxes": [w.inbox]},
    }),
    "get_conversation": lambda w: ApiCall("GET", f"conversations/{w.conversation}"),
    "transfer_conversation": lambda w: ApiCall("POST", "conversations/transfer", {
        "conversation_id": w.conversation, "transfer_inbox_id": w.inbox, "user_id": w.member,
    }),
    "read_conversation": lambda w: ApiCall("POST", "conversations/read", _conversation(w)),
    "unread_conversation": lambda w: ApiCall("POST", "conversations/unread", _conversation(w)),
    "open_conversation": lambda w: ApiCall("POST", "conversations/open", _conversation(w)),
    "close_conversation": lambda w: ApiCall("POST", "conversations/close", _conversation(w)),
    "reassign_conversation": lambda w: ApiCall(
        "POST", "conversations/reassign", {**_conversation(w), "reassign_id": w.member}
    ),
    "snooze_conversation": lambda w: ApiCall(
        "POST", "conversations/snooze", {**_conversation(w), "until": LATER}
    ),
    "list_messages": lambda w: ApiCall(
        "GET", f"messages?phoneNumber={w.phone}&inboxID={w.inbox}&timestamp=4000000000&notes=true"
    ),
    "list_all_messages": lambda w: ApiCall("POST", "messages/all", {"created_at": LATER, "order": "created_at"}),
    "count_all_messages": lambda w: ApiCall("POST", "messages/all/count", {"created_at": LATER}),
    "list_templates": lambda w: ApiCall("POST", "templates", {"date": LATER}),
    "get_template": lambda w: ApiCall("GET", f"template/{w.template}"),
    "create_template": lambda w: ApiCall("POST", "template", {
        "title": "Welcome", "content": {"text": "Hello {{ first_name | there }}"}, "local_id": "t1",
    }),
    "update_template": lambda w: ApiCall("PUT", f"template/{w.template}", {
        "title": "Welcome", "content": {"text": "Hello {{ first_name | there }}"},
    }),
    "delete_template": lambda w: ApiCall("DELETE", f"template/{w.template}"),
    "list_lists": lambda w: ApiCall("POST", "lists", {"date": LATER}),
    "get_list": lambda w: ApiCall("GET", f"list/{w.contact_list}"),
    "list_contacts_of_list": lambda w: ApiCall("POST", f"list/{w.contact_list}/contacts", {"date": LATER}),
    "create_list": lambda w: ApiCall("POST", "list", {
        "title": "Recall", "local_id": "l1", "contacts": [w.contact], "phones": [UNKNOWN_PHONE],
    }),
    "update_list": lambda w: ApiCall("PUT", f"list/{w.contact_list}", {
        "title": "Recall", "add_contacts": [w.contact], "remove_phones": [UNKNOWN_PHONE],
    }),
    "delete_list": lambda w: ApiCall("DELETE", f"list/{w.contact_list}"),
    "create_broadcast": lambda w: ApiCall("POST", "broadcast", {
        "name": "Winter", "list_ids": [w.contact_list], "without_list_ids": [], "inbox_id": w.inbox,
        "template_id": w.template, "creator_id": w.member, "send_at": LATER, "local_id": "b1",
    }),
    "list_broadcasts": lambda w: ApiCall("POST", "broadcasts", {"date": LATER}),
    "get_broadcast": lambda w: ApiCall("GET", f"broadcast/{w.broadcast}"),
    "list_broadcast_recipients": lambda w: ApiCall("POST", f"broadcast/{w.broadcast}/recipients", {}),
    "pause_broadcast": lambda w: ApiCall("POST", f"broadcast/{w.broadcast}/pause"),
    "resume_broadcast": lambda w: ApiCall("POST", f"broadcast/{w.paused}/resume"),
    "cancel_broadcast": lambda w: ApiCall("POST", f"broadcast/{w.broadcast}/cancel"),
    "schedule_message": lambda w: ApiCall("POST", "schedule", {
        "inbox_id": w.inbox, "conversation_id": w.conversation, "execute_at": LATER, "content": {"text": "Come in"},
        "user_id": w.member, "unless_answered": True, "local_id": "s1",
    }),
    "get_schedule": lambda w: ApiCall("GET", f"schedule/{w.schedule}"),
    "update_schedule": lambda w: ApiCall(
        "PUT", f"schedule/{w.schedule}", {"execute_at": LATER, "content": {"text": "Come in"}}
    ),
    "delete_schedule": lambda w: ApiCall("DELETE", f"schedule/{w.schedule}"),
    "send_message": lambda w: ApiCall("POST", "message/send", {
        "inbox_id": w.inbox, "creator_id": w.member, "chat_id": w.conversation, "text": "Come in", "local_id": "a1",
    }),
    "update_users": lambda w: ApiCall("POST", "users/update", {
        "users": [{"id": w.member, "first_name": "Jo", "last_name": "Rivera"}],
    }),
    "find_users": lambda w: ApiCall("GET", "users/get?email=maya@northside.example"),
    "create_channel_contact": lambda w: ApiCall("POST", "/v2/contact", {
        "first": "Ada", "contact_channels": [{"channel_type": "phone", "channel_id": UNKNOWN_PHONE}],
        "assignee_id": w.member, "tags": [{"tag_id": w.tag}], "custom": {str(w.field): "Gold"},
    }),
    "get_channel_contact": lambda w: ApiCall("GET", f"/v2/contact/{w.contact}"),
    "update_channel_contact": lambda w: ApiCall("PUT", f"/v2/contact/{w.contact}", {"last": "Byron"}),
    "delete_channel_contact": lambda w: ApiCall("DELETE", f"/v2/contact/{w.contact}"),
    "list_channel_contacts": lambda w: ApiCall("POST", "/v2/contacts/list", {"limit": 30, "page": 0}),
    "search_channel_contacts": lambda w: ApiCall("POST", "/v2/contacts/search", {
        "contact_channels": [{"channel_type": "id", "channel_ids": [str(w.contact)]}],
    }),
    "save_channel_contacts": lambda w: ApiCall("POST", "/v2/contacts", {"contacts": [
        {
            "contact_id": str(w.contact), "first": "Ada",
            "contact_channels": [{"channel_type": "phone", "channel_id": UNKNOWN_PHONE}],
            "assignee_id": w.member, "tags": [{"tag_id": w.tag}], "custom": {str(w.field): "Gold"},
        },
    ]}),
    "delete_channel_contacts": lambda w: ApiCall("DELETE", "/v2/contacts", {
        "contact_channels": [{"channel_type": "id", "channel_ids": [str(w.contact)]}],
    }),
    "list_channels": lambda w: ApiCall("GET", f"/v2/contact/{w.contact}/channels"),
    "get_channel": lambda w: ApiCall("GET", f"/v2/contact/{w.contact}/channel/email"),
    "create_channel": lambda w: ApiCall("POST", f"/v2/contact/{w.contact}/channel", {
        "channel_type": "phone", "channel_id": w.phone,
    }),
    "update_channel": lambda w: ApiCall("PUT", f"/v2/contact/{w.contact}/channel", {
        "channel_type": "email", "channel_id": "ada@example.com",
    }),
    "delete_channel": lambda w: ApiCall("DELETE", f"/v2/contact/{w.contact}/channel/email"),
    "create_second_list": lambda w: ApiCall("POST", "/v2/lists", {
        "title": "Recall", "local_id": "l2", "contacts": [w.contact], "phones": [UNKNOWN_PHONE],
    }),
    "update_second_list": lambda w: ApiCall("PUT", f"/v2/lists/{w.contact_list}", {"add_contacts": [w.contact]}),
    "delete_second_list": lambda w: ApiCall("DELETE", f"/v2/lists/{w.contact_list}"),
    "get_connected_team": lambda w: ApiCall("GET", "/n8n/v1/test_auth"),
    "choose_inbox": lambda w: ApiCall("GET", "/n8n/v1/inboxes"),
    "choose_list": lambda w: ApiCall("GET", "/n8n/v1/lists"),
    "choose_template": lambda w: ApiCall("GET", "/n8n/v1/templates"),
    "choose_field": lambda w: ApiCall("GET", "/n8n/v1/contact_fields"),
    "send_from_n8n": lambda w: ApiCall("POST", "/n8n/v1/messages", {
        "inbox_id": w.inbox, "phone_number": UNKNOWN_PHONE, "text": "Come in",
    }),
    "save_from_n8n": lambda w: ApiCall("POST", "/n8n/v1/contacts", {
        "phone_number": UNKNOWN_PHONE, "first_name": "Ada", "last_name": "", "email": "ada@example.com",
        "custom": {str(w.field): "Gold"},
    }),
    "create_list_from_n8n": lambda w: ApiCall("POST", "/n8n/v1/lists", {"title": "Recall", "phones": [UNKNOWN_PHONE]}),
    "change_list_member": lambda w: ApiCall("POST", f"/n8n/v1/lists/{w.contact_list}/members", {
        "action": "add", "phone_number": UNKNOWN_PHONE,
    }),
    "list_triggers": lambda w: ApiCall("GET", "/n8n/v1/triggers"),
    "create_trigger": lambda w: ApiCall("POST", "/n8n/v1/triggers", {
        "event": "incoming_message", "url": HOOK, "inbox_id": w.inbox, "send_sample": True,
    }),
    "delete_trigger": lambda w: ApiCall("DELETE", f"/n8n/v1/triggers/{w.trigger}"),
    "list_webhooks": lambda w: ApiCall("GET", "webhooks"),
    "create_webhook": lambda w: ApiCall("POST", "webhooks", {
        "name": "Warehouse", "url": HOOK, "events": ["message_received"], "format": "heymarket", "token": "12345678",
    }),
    "rotate_webhook": lambda w: ApiCall("POST", f"webhooks/{w.webhook}/rotate"),
    "deactivate_webhook": lambda w: ApiCall("POST", f"webhooks/{w.webhook}/deactivate"),
    "activate_webhook": lambda w: ApiCall("POST", f"webhooks/{w.webhook}/activate"),
    "test_webhook": lambda w: ApiCall("POST", f"webhooks/{w.webhook}/test"),
    "replay_webhook": lambda w: ApiCall("POST", f"webhooks/{w.webhook}/replay", {"since": "2026-11-25T10:42:00Z"}),
    "delete_webhook": lambda w: ApiCall("DELETE", f"webhooks/{w.webhook}"),
    "export_person": lambda w: ApiCall("POST", "person/export", {"phone": w.phone}),
    "erase_person_by_number": lambda w: ApiCall("POST", "person/erase", {"phone": w.phone}),
    "get_team": lambda w: ApiCall("GET", "team"),
    "list_inboxes": lambda w: ApiCall("GET", "inboxes"),
}  # fmt: skip


# -- the OpenAPI document ----------------------------------------------------------------------------------------

DOCUMENT: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
OPERATIONS: dict[str, dict[str, Any]] = {
    call["operationId"]: {**call, "method": method.upper(), "path": path}
    for path, calls in DOCUMENT["paths"].items()
    for method, call in calls.items()
}


def takes_body(operation: str) -> bool:
    return "requestBody" in OPERATIONS[operation]


def writes(operation: str) -> bool:
    return any(
        parameter["name"] == "X-Heymarket-Dry-Run" for parameter in OPERATIONS[operation]["parameters"]
    )


WITH_BODY = [operation for operation in VALID_CALLS if takes_body(operation)]


def codes_of(call: dict[str, Any]) -> set[str]:
    """The error codes that the document lists for this call."""
    return {
        code
        for status, answer in call["responses"].items() if status != "200"
        for code in answer["content"]["application/json"]["examples"]
    }  # fmt: skip


def whole_path(path: str) -> str:
    """Paths of /v1 are written without it."""
    return path if path.startswith("/") else f"/v1/{path}"


def is_documented(method: str, path: str, answer: Any) -> bool:
    """Whether the document lists this response for the call."""
    plain = whole_path(path).partition("?")[0].rstrip("/")
    matching = [calls for pattern, calls in _PATHS if pattern.fullmatch(plain)]
    call = matching[0].get(method.lower()) if matching else None
    if call is None:
        return answer.json()["error_code"] in ("not_found", "method_not_allowed")
    return answer.status_code == 200 or answer.json()["error_code"] in codes_of(call)


_PATHS = [(re.compile(re.sub(r"{\w+}", "[^/]+", path)), calls) for path, calls in DOCUMENT["paths"].items()]


# -- bad requests ------------------------------------------------------------------------------------------------

TOO_LARGE_ID = 2**63  # the largest ID plus one
BAD_DATA, INVALID_NUMBER = (400, "bad_data"), (422, "invalid_phone_number")


def assert_refused(crm: Any, operation: str, call: ApiCall, expected: tuple[int, str]) -> None:
    """The call is refused with this status and code, and the document lists the code."""
    answer = crm.call(*call)
    body = answer.json()
    if operation in BATCHES and answer.status_code == 200:  # each item has its own result
        errors = item_errors(body)
        assert [error["error_code"] for error in errors] == [expected[1]], call
        assert_in_callers_words(call, errors[0])
        return
    assert (answer.status_code, body.get("error_code")) == expected, (call, body)
    assert body["error_code"] in codes_of(OPERATIONS[operation])
    assert_in_callers_words(call, body)


BATCHES = ("create_contacts", "save_channel_contacts")


def item_errors(body: Any) -> list[dict[str, Any]]:
    """The errors of the contacts that a call of BATCHES refused."""
    items = body["failed_contacts"] if isinstance(body, dict) else body
    return [item["error"] for item in items if item["error"]]


def assert_in_callers_words(call: ApiCall, error: dict[str, Any]) -> None:
    """The message is a sentence without words of the code, and the field is one of the request."""
    message = error["message"]
    assert not WORDS_OF_CODE.search(message), message
    assert message[:1].isupper() or message.startswith(("{{", "“")), message
    assert message.endswith((".", "?")), message
    names = names_in(call.body) | {"body", *re.findall(r"[?&]([^=&]+)", call.path)}
    if call.body is None or "parameter" in message:
        return
    steps = (error.get("field") or "").split(".")
    needed = "This is needed" in message or message.startswith("Send ")  # a field that was not sent
    assert needed or all(step in names or step.isdigit() or step in ("id", "") for step in steps), error


def names_in(body: Any) -> set[str]:
    if isinstance(body, list):
        return set().union(*map(names_in, body))
    if isinstance(body, dict):
        return {part for name in body for part in name.split(".")}.union(*map(names_in, body.values()))
    return set()


# Words of Python, Django and Pydantic that no caller knows.
WORDS_OF_CODE = re.compile(
    r"\b(?:instance|Input|pydantic|[Dd]jango|ninja|dictionary|dict|str|int|bool|None|NoneType|Literal|enum|tuple|regex"
    r"|validator|Traceback|model|kwargs"
    r"|[A-Za-z]+(?:Request|Response|Error|Type)|constrained[-_a-z]*)\b|<class|Value error"
)
