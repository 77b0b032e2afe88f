"""Rows of the conformance suite about texts, conversations, templates and scheduled texts."""

from tests.api.conformance.row import Row

SENT = {"id": int, "date": str, "chat_id": int, "status": "queued"}
MESSAGE = {
    "0.id": int, "0.text": str, "0.status": str, "0.date": str, "0.target": "14155550101", "0.local_id": str,
    "0.conversation.id": "$conversation",
}  # fmt: skip
LATER = "2027-06-01T15:15:00Z"
CONVERSATION = {"inbox_id": "$inbox", "user_id": "$member", "target": "14155550101"}

ROWS = [
    # -- send
    Row("Reference", "POST /v1/message/send", {
        "inbox_id": "$inbox", "creator_id": "$member", "phone_number": "14155550101", "text": "Hello from the API",
    }, SENT),
    Row("Python", "POST /v1/message/send", {
        "inbox_id": "$inbox", "phone_number": "14155550101", "text": "Hello", "creator_id": "$member",
        "conv_name": "Maria",
    }, {"id": int}, sign="token", strict="bad_data", ignored="conv_name", note="`conv_name` is ignored"),
    Row("Python", "POST /v1/message/send", {
        "inbox_id": "$inbox", "phone_number": "14155550101", "text": "Hello", "creator_email": "maya@northside.example",
    }, {"id": int}, sign="token", strict="bad_data", ignored="creator_email",
        note="`creator_email` is ignored: send `creator_id` (`GET /v1/users/get` finds it)"),
    Row("Node", "POST /v1/message/send", {
        "inbox_id": "$inbox", "phone_number": "14155550101", "text": "Hello", "creator_id": "$member",
        "local_id": "0b6e4b1e-0f0f-4a5c-9a55-0e7f3b1f9a10",
    }, {"id": int, "local_id": "0b6e4b1e-0f0f-4a5c-9a55-0e7f3b1f9a10"}, headers={"accept": "application/json"}),
    Row("Laravel", "POST /v1/message/send", {
        "inbox_id": "$$inbox", "creator_id": "$$member", "phone_number": "+14155550101", "text": "Hello",
        "media_url": None, "template_id": None, "targets": [], "private": False,
    }, SENT, strict="bad_data", note="IDs as texts, and empty fields"),
    Row("MindCloud", "POST /v1/message/send", {
        "inbox_id": "$inbox", "phone_number": "14155550101", "text": "Hello", "media_url": "", "local_id": "",
    }, SENT, strict="bad_data", note="empty texts for what is left out"),
    Row("Activepieces", "POST /v1/message/send", {
        "inbox_id": "$inbox", "creator_id": "$member", "text": "Hello", "phone_number": "14155550101",
    }, SENT),
    Row("Activepieces", "POST /v1/message/send", {
        "inbox_id": "$inbox", "creator_id": "$member", "text": "Hello", "targets": ["14155550101", "14155550199"],
    }, refused="bad_data", note="texts to groups are not sent: `targets` with numbers is refused, never ignored"),
    Row("Activepieces", "POST /v1/message/send", {
        "inbox_id": "$inbox", "creator_id": "$member", "template_id": "$template", "phone_number": "14155550101",
    }, SENT),
    Row("Reference", "POST /v1/message/send", {
        "inbox_id": "$inbox", "creator_id": "$member", "phone_number": "14155550101", "text": "Your receipt",
        "media_url": "https://example.com/receipt.pdf",
    }, SENT, note="the file is fetched and checked first"),
    Row("Reference", "POST /v1/message/send", {
        "inbox_id": "$inbox", "creator_id": "$member", "chat_id": "$conversation", "text": "Asked for an invoice",
        "private": True,
    }, {"id": int, "status": "private"}, note="a private note"),
    Row("Reference", "POST /v1/message/send", {
        "inbox_id": "$inbox", "creator_id": "$member", "list_id": "$contact_list", "text": "We open at 9.",
        "local_id": "list-send-1",
    }, {"id": int, "status": "scheduled"}, note="a broadcast, whose ID it returns"),
    Row(".NET", "POST /v1/message/send", {
        "inbox_id": "$inbox", "phone_number": "14155550101", "text": "Hello", "media_url": None, "chat_id": 0,
    }, SENT, strict="bad_data", note="null and 0 for what is left out; the body comes in chunks"),
    Row("Reference", "POST /v1/message/send", {
        "inbox_id": "$inbox", "phone_number": "14155550102", "text": "Hello",
    }, refused="unsubscribed_number", note="the number has opted out"),
    Row("Reference", "POST /v1/message/send", {
        "inbox_id": "$inbox", "phone_number": "14155550199", "text": "Hello",
    }, refused="blocked_number", note="the number is blocked"),
    # -- read
    Row("Reference", "GET /v1/messages?phoneNumber=14155550101&inboxID=$inbox", None, MESSAGE),
    Row("Express", "GET /v1/messages?phoneNumber=%2B14155550101&inboxID=$inbox&timestamp=4000000000", None, MESSAGE),
    Row("Laravel", "GET /v1/messages", {"phoneNumber": "14155550101", "inboxID": "$inbox"}, MESSAGE,
        note="the parameters in the body of GET"),
    Row("Express", "POST /v1/messages/all", {"created_at": "2030-01-01T00:00:00Z", "limit": 50}, MESSAGE),
    Row("MindCloud", "POST /v1/messages/all", {}, MESSAGE),
    Row("Laravel", "POST /v1/messages/all", [], MESSAGE, strict="bad_data", note="PHP's empty array as the body"),
    Row("Skyvia", "POST /v1/messages/all", {
        "created_at": "2020-01-01T00:00:00Z", "order": "created_at", "ascending": True, "limit": 100,
    }, MESSAGE),
    Row("Reference", "POST /v1/messages/all/count", {}, {"count": 1}),
    # -- conversations
    Row("Reference", "POST /v1/conversations", {
        "id": "$member", "filters": {"inboxes": ["$inbox"], "closed": False, "unread": False},
    }, {"0.id": "$conversation", "0.inbox": "$inbox", "0.target": "14155550101", "0.updated": str},
        note="`unread: false` is no filter"),
    Row("Express", "POST /v1/conversations", {
        "id": "$member", "filters": {"inboxes": ["$inbox"]}, "assigned": "$member",
    }, {"": []}, note="only those of this member: here none"),
    Row("Skyvia", "POST /v1/conversations", {
        "id": "$member", "filters": {"inboxes": ["$inbox"]}, "limit": 100, "page": 0, "ascending": True,
    }, {"0.id": "$conversation"}, note="pages of its own size"),
    Row("Reference", "POST /v1/conversations/count", {"date": "2030-01-01T00:00:00Z"}, {"count": 1}),
    Row("Reference", "GET /v1/conversations/$conversation", None, {"id": "$conversation", "inbox": "$inbox"}),
    Row("Laravel", "POST /v1/conversations/transfer", {
        "conversation_id": "$conversation", "transfer_inbox_id": "$inbox",
    }, note="the texts stay with the number that they were sent from"),
    Row("Laravel", "POST /v1/conversations", {
        "id": "$$member", "filters": {"inboxes": ["$$inbox"]}, "date": "",
    }, {"0.id": "$conversation"}, strict="bad_data", note="IDs as texts, and an empty cursor"),
    Row("MindCloud", "POST /v1/conversations/read", CONVERSATION, {"": "ok"}),
    Row("MindCloud", "POST /v1/conversations/unread", {**CONVERSATION, "targets": []}, {"": "ok"}),
    Row("MindCloud", "POST /v1/conversations/close", {**CONVERSATION, "chat_id": 0}, {"": "ok"}, strict="bad_data"),
    Row("Laravel", "POST /v1/conversations/open", {
        "inbox_id": "$inbox", "user_id": "$member", "chat_id": "$$conversation",
    }, {"": "ok"}, strict="bad_data"),
    Row("MindCloud", "POST /v1/conversations/reassign", {**CONVERSATION, "reassign_id": "$member"}, {"": "ok"}),
    # -- templates
    Row("Reference", "POST /v1/templates", {}, {"0.id": "$template", "0.name": str, "0.content.text": str}),
    Row("Laravel", "POST /v1/templates", [], {"0.id": "$template"}, strict="bad_data",
        note="PHP's empty array as the body"),
    Row("Reference", "GET /v1/template/$template", None, {"id": "$template", "content.text": str, "rev": int}),
    Row("MindCloud", "POST /v1/template", {
        "title": "Order ready", "content": {"text": "Your order is ready."}, "local_id": "tmpl-001",
    }, {"id": int, "rev": int, "uuid": str}),
    Row("MindCloud", "PUT /v1/template/$template", {
        "title": "Order ready", "content": {"text": "Updated template body"}, "archived": False,
        "local_id": "tmpl-002",
    }, {"id": "$template", "rev": int}, strict="bad_data"),
    Row("Laravel", "DELETE /v1/template/$template", [], {"": "ok"}),
    # -- scheduled texts
    Row("Reference", "POST /v1/schedule", {
        "inbox_id": "$inbox", "phone_number": "14155550101", "execute_at": LATER, "content": {"text": "See you"},
        "user_id": "$member",
    }, {"id": int}),
    Row("MindCloud", "PUT /v1/schedule/$schedule", {"execute_at": LATER, "content": {"text": "See you"}},
        {"id": "$schedule"}),
    Row("Reference", "GET /v1/schedule/$schedule", None, {"id": "$schedule", "content.text": str}),
    Row("Reference", "DELETE /v1/schedule/$schedule", None, {"": "ok"}),
]  # fmt: skip
