"""Rows of the conformance suite about the team, lists, tags, and how clients sign in and call."""

from tests.api.conformance.row import Row

ROWS = [
    # -- the team
    Row("Reference", "GET /v1/inboxes", None, {"0.id": int, "0.name": str, "0.phones": list}),
    Row("Laravel", "GET /v1/inboxes", [], {"0.id": int}, note="`[]` as the body of GET"),
    Row("Reference", "GET /v1/team", None, {"id": int, "name": "Northside Dental", "members.0.email": str}),
    Row("Laravel", "GET /v1/users/get", {"email": ["maya@northside.example"]}, {
        "memberships.0.id": "$member", "memberships.0.email": "maya@northside.example",
    }, note="the filter in the body of GET"),
    Row("Reference", "POST /v1/users/update", {"users": [
        {"id": "$member", "first_name": "Jane", "last_name": "Doe"}, {"id": "$member", "role_id": 4},
    ]}, {"memberships.0.id": "$member", "memberships.0.name": "Jane Doe", "memberships.0.role_id": 4},
        note="the name that the member has in this team"),
    Row("Laravel", "POST /v1/users/update", {"users": [{"id": "$member", "name": "Maya"}]},
        {"memberships.0.name": "Maya"}),
    Row("Reference", "POST /v1/users/update", {"users": [{"id": "$member", "role_id": 1}]}, refused="not_possible",
        note="a key changes no roles: Settings > Members does"),
    # -- lists
    Row("Laravel", "POST /v1/list", {"title": "Recall", "local_id": "recall-1", "contacts": ["$contact"]}, {"id": int}),
    Row("Reference", "POST /v1/list", {
        "title": "Recall", "type": "contacts", "local_id": "dc3deb9b-940a-444d-9d0e-8e3087a160e9",
        "phones": ["14155550177"],
    }, {"id": int, "uuid": str}, note="a contact is created for a new number"),
    Row("Laravel", "GET /v1/list/$contact_list", [], {"id": "$contact_list", "name": str}),
    Row("Laravel", "PUT /v1/list/$contact_list", {"title": "VIP", "add_contacts": ["$contact"]},
        {"id": "$contact_list"}),
    Row("Laravel", "POST /v1/lists", [], {"0.id": "$contact_list", "0.name": str}, strict="bad_data",
        note="PHP's empty array as the body"),
    Row("Laravel", "DELETE /v1/list/$contact_list", [], {"": "ok"}),
    Row("Activepieces", "PUT /v1/list/$contact_list", {
        "title": "VIP", "add_phone": "14155550177", "remove_phone": "14155550101",
    }, {"id": "$contact_list"}, note="one number in place of many"),
    Row("Activepieces", "PUT /v1/list/$contact_list", {"title": "VIP", "members": {"14155550177": {"f": "Ada"}}},
        refused="bad_data", note="`members` with numbers as keys is refused, never ignored: send `add_phones`"),
    Row("Reference", "POST /v2/lists", {
        "title": "Recall", "type": "contacts", "local_id": "dc3deb9b-940a-444d-9d0e-8e3087a160e9",
        "contacts": ["$contact"],
    }, {"id": int, "uuid": str}),
    Row("Reference", "POST /v2/lists", {"title": "Recall", "local_id": "l3", "emails": ["ada@example.com"]},
        refused="bad_data", note="email addresses are not offered on lists"),
    Row("Reference", "PUT /v2/lists/$contact_list", {"title": "VIP", "add_contacts": ["$contact"]},
        {"id": "$contact_list"}),
    Row("Reference", "DELETE /v2/lists/$contact_list", None, {"deleted": True, "id": "$contact_list"}),
    # -- tags
    Row("Reference", "POST /v1/tags", {}, {"0.id": "$tag"}),
    Row("MindCloud", "GET /v1/tag/$tag", None, {"id": "$tag"}),
    # -- n8n's node
    Row("n8n", "GET /n8n/v1/test_auth", None, {"team_id": int, "team_name": "Northside Dental"}, sign="header"),
    Row("n8n", "GET /n8n/v1/inboxes", None, {"0.id": int, "0.name": str}, sign="header"),
    Row("n8n", "GET /n8n/v1/lists", None, {"0.id": "$contact_list", "0.name": str}, sign="header"),
    Row("n8n", "GET /n8n/v1/templates", None, {"0.id": "$template", "0.name": str}, sign="header"),
    Row("n8n", "GET /n8n/v1/contact_fields", None, {"0.id": "$field", "0.name": str}, sign="header"),
    Row("n8n", "POST /n8n/v1/messages", {"inbox_id": "$inbox", "phone_number": "+14155550101", "text": "Hello"},
        {"id": int}, sign="header"),
    Row("n8n", "POST /n8n/v1/messages", {"inbox_id": "$inbox", "phone_number": "+14155550101", "text": "Hello"},
        {"dry_run": True, "response.status": "queued"}, sign="header", headers={"x-heymarket-dry-run": "true"},
        note="a run from the editor is a dry run"),
    Row("n8n", "POST /n8n/v1/messages", {"inbox_id": "$inbox", "phone_number": "+14155550102", "text": "Hello"},
        refused="unsubscribed_number", sign="header", note="the node shows a sentence of its own for this code"),
    Row("n8n", "POST /n8n/v1/messages", {
        "inbox_id": "$inbox", "phone_number": "+14155550101", "template_id": "$template",
    }, {"id": int}, sign="header"),
    Row("n8n", "POST /n8n/v1/contacts", {
        "phone_number": "+14155550101", "first_name": "Mary", "custom": {"$$field": "Gold"},
    }, {"id": "$contact"}, sign="header", note="updates the contact with this number"),
    Row("n8n", "POST /n8n/v1/lists", {"title": "Recall", "phones": ["+14155550177"]}, {"id": int}, sign="header"),
    Row("n8n", "POST /n8n/v1/lists/$contact_list/members", {"action": "add", "phone_number": "+14155550177"},
        {"id": "$contact_list"}, sign="header"),
    Row("n8n", "POST /n8n/v1/triggers", {
        "event": "incoming_message", "url": "https://n8n.example.com/webhook-test/1/webhook", "send_sample": True,
        "inbox_id": "$inbox",
    }, {"id": str}, sign="header", note="as an endpoint of Settings > Webhooks"),
    Row("n8n", "POST /n8n/v1/triggers", {
        "event": "contact_updated", "url": "https://n8n.example.com/webhook/2/webhook", "send_sample": False,
    }, {"id": str, "inbox_id": None}, sign="header"),
    Row("n8n", "POST /n8n/v1/triggers", {
        "event": "incoming_phone_call", "url": "https://n8n.example.com/webhook/3/webhook", "send_sample": False,
        "inbox_id": "$inbox",
    }, refused="not_possible", sign="header", note="there are no phone calls here"),
    Row("n8n", "DELETE /n8n/v1/triggers/$trigger", None, {"": "ok"}, sign="header"),
    # -- ways to sign in and to call
    Row("n8n", "GET /v1/inboxes", None, {"0.id": int, "0.name": str}, sign="header",
        note="the key in `X-Heymarket-API-Key`"),
    Row("Zapier", "GET /v1/team", None, {"id": int}, sign="basic", note="the key as the user of HTTP Basic"),
    Row("Python", "GET /v1/team", None, {"id": int}, sign="token", note="a signed token"),
    Row("Ruby", "GET /v1/team/", None, {"id": int}, note="a slash at the end"),
    Row("Skyvia", "HEAD /v1/team", None, {}, note="HEAD"),
    Row("Express", "GET /v1/team?_=1764444444", None, {"id": int}, strict="bad_data", ignored="_",
        note="a parameter against caches"),
    Row("Express", "GET /v1/message", None, refused="not_found", note="the error names the nearest call"),
    Row("Zapier", "GET /zapier/v1/inboxs", None, refused="not_found", note="a JSON error, also below other addresses"),
]  # fmt: skip
