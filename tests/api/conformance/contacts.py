"""Rows of the conformance suite about contacts, their status and custom fields."""

from tests.api.conformance.row import Row

NEW = "14155550177"
SAVED = {"id": int, "rev": int, "uuid": str}
CONTACT = {
    "id": "$contact",
    "phone": "14155550101",
    "first": "Maria",
    "is_opted_out": False,
    "tags.0.tag_id": "$tag",
}
STATUS = {
    "id": int, "phone": str, "unsubscribed": bool, "blocked": bool, "unsubscribed_contact": bool,
    "unsubscribed_admin": bool,
}  # fmt: skip

ROWS = [
    # -- create and update
    Row("Reference", "POST /v1/contact", {
        "phone": NEW, "first": "API", "last": "Contact", "display_name": "API Contact", "email": "help@example.com",
        "is_opted_out": False,
    }, SAVED, note="`is_opted_out: false` lifts nothing"),
    Row("Reference", "POST /v1/contact", {
        "phone": NEW, "first": "Jordan", "avatar": None, "email_suppressions": [], "tags": [{"tag_id": "$tag"}],
        "custom": {"$$field": "Premium"},
    }, SAVED, note="empty fields that are not offered count as absent"),
    Row("Reference", "POST /v1/contact", {"phone": NEW, "avatar": "https://example.com/ada.png"}, SAVED,
        strict="bad_data", ignored="avatar", note="avatars are not offered"),
    Row("Laravel", "POST /v1/contact", {"phone": "+14155550177", "first": "Ada", "last": ""}, SAVED,
        headers={"accept": "application/json"}, note="`+` before the number"),
    Row("Activepieces", "POST /v1/contact", {
        "phone": NEW, "first": "Ada", "tags": [], "is_opted_out": False,
    }, SAVED),
    Row("Ruby", "POST /v1/contact", {"phone": NEW, "tags": ["vip", {"tag_id": "$tag"}]}, SAVED, note="tags by name"),
    Row("Activepieces", "PUT /v1/contact/$contact?overwrite=true", {
        "phone": "14155550101", "first": "Mary", "is_opted_out": False,
    }, {"id": "$contact", "rev": int}),
    Row("MindCloud", "POST /v1/contact", {"phone": NEW, "first": "Ada", "assignee_id": 0, "id": 0}, SAVED,
        strict="bad_data", note="`0` for an ID that is left out"),
    Row("Skyvia", "POST /v1/contact", {"phone": NEW, "first": "Ada", "company": "Byron Ltd."}, SAVED,
        strict="bad_data", ignored="company", note="an unknown field is ignored, and named in a header"),
    Row("Ruby", "POST /v1/contact", {"phone": NEW, "opted_out": True}, refused="bad_data",
        note="an unknown field about consent is never ignored"),
    Row("Laravel", "PUT /v1/contact/$contact", {"phone": "14155550101", "first": "Mary"},
        {"id": "$contact", "rev": int}),
    Row("Skyvia", "PUT /v1/contact/$contact", {
        "id": "$contact", "uuid": "x", "rev": 1, "phone": "14155550101", "first": "Mary", "last": "Lopez",
        "display_name": "", "email": "", "assigned_user_id": None, "tags": [{"tag_id": "$tag", "name": "vip"}],
        "custom": {}, "is_opted_out": False, "status": "active", "unsubscribed_inboxes": [], "team_id": 1,
        "created": "2026-11-02T09:00:00Z", "updated": "2026-11-02T09:00:00Z",
    }, {"id": "$contact"}, strict="bad_data", note="what GET returned, sent back"),
    Row("Laravel", "DELETE /v1/contact/$contact", [], {"": "ok"},
        note="`[]` as the body of DELETE; opt-outs of the number stay"),
    # -- find
    Row("Laravel", "GET /v1/contact/$contact", [], CONTACT, note="`[]` as the body of GET"),
    Row("Reference", "GET /v1/contact/$contact", None, CONTACT),
    Row("Reference", "POST /v1/contact/get", {"phone": "14155550101"}, CONTACT),
    Row("Reference", "POST /v1/contact/get", {"id": "$$contact"}, CONTACT, strict="bad_data",
        note="the ID as a text"),
    Row("MindCloud", "POST /v1/contact/get", {"id": 0, "phone": "14155550101"}, CONTACT, strict="bad_data",
        note="`id: 0` counts as absent"),
    Row("Ruby", "POST /v1/contact/get/", {"phone": "+14155550101"}, CONTACT, note="a slash at the end"),
    # -- pages
    Row("Reference", "POST /v1/contacts", {"date": "2030-01-01T00:00:00Z"}, {"0.id": int, "0.updated": str}),
    Row("Laravel", "POST /v1/contacts", [], {"0.id": int}, strict="bad_data", note="PHP's empty array as the body"),
    Row("Skyvia", "POST /v1/contacts", {"limit": 100, "page": 0, "order": "updated_at", "ascending": True},
        {"0.id": int, "0.updated": str}, note="pages of its own size"),
    Row("Express", "POST /v1/contacts?limit=5", {}, {"0.id": int}, strict="bad_data", ignored="limit",
        note="an unknown parameter is ignored, and named in a header"),
    Row("Reference", "POST /v1/contacts/count", {}, {"count": 2}),
    Row("Skyvia", "POST /v1/contact-fields", {}, {"0.id": "$field", "0.name": str, "0.type": "text"}),
    Row("Laravel", "POST /v1/contact-fields", [], {"0.id": "$field"}),
    # -- status
    Row("Reference", "POST /v1/contact/status", {"phone": "14155550102"}, STATUS | {"unsubscribed": True}),
    Row("MindCloud", "POST /v1/contact/status", {"id": "$$contact", "phone": ""}, STATUS, strict="invalid_phone_number",
        note="both fields, one empty"),
    Row("Reference", "POST /v1/contact/set_status", {"phone": NEW, "status": "unsubscribed"}, {"": "success"}),
    Row("Laravel", "POST /v1/contact/set_status", {"id": "$contact", "status": "blocked"}, {"": "success"}),
    Row("Reference", "POST /v1/contact/set_status", {"phone": "14155550102", "status": "subscribed"}, {"": "success"},
        note="lifts what the team recorded; the person's own opt-out is refused with `contact_opted_out`"),
    Row("MindCloud", "POST /v1/contact/set_status", {"id": 0, "phone": NEW, "status": "active"}, {"": "success"},
        strict="bad_data"),
    Row("Ruby", "POST /v1/contact/set_status", {"phone": NEW, "status": "opted_out"}, refused="bad_data",
        note="a word that the API does not have"),
    # -- the second version
    Row("Reference", "POST /v2/contact", {
        "first": "Ada", "contact_channels": [{"channel_type": "phone", "channel_id": NEW}],
    }, SAVED),
    Row("Reference", "GET /v2/contact/$contact", None, {"id": "$contact", "contact_channels.0.channel_type": "phone"},
        note="by UUID, or by the ID of the first version"),
    Row("Reference", "PUT /v2/contact/$contact", {"last": "Byron"}, {"id": "$contact"}),
    Row("Reference", "DELETE /v2/contact/$contact", None),
    Row("Skyvia", "POST /v2/contacts/list", {
        "limit": 30, "page": 0, "date": "2030-01-01T00:00:00Z", "ascending": False,
    }, {"0.id": int}),
    Row("Reference", "POST /v2/contacts/search", {
        "contact_channels": [{"channel_type": "phone", "channel_ids": ["14155550101"]}],
    }),
    Row("Reference", "POST /v2/contacts", {"contacts": [
        {"first": "Ada", "avatar": None, "contact_channels": [{"channel_type": "phone", "channel_id": NEW}]},
        {"contact_id": "$$contact", "last": "Byron"},
        {"phone": "151"},
    ]}, {
        "contacts.0.first": "Ada", "contacts.1.id": "$contact", "failed_contacts.0.contact.phone": "151",
    }, note="with `contact_id` a contact is changed, without it created"),
    Row("Reference", "DELETE /v2/contacts", {
        "contact_channels": [{"channel_type": "id", "channel_ids": ["$$contact"]}],
    }, {"": "ok"}, note="all or none"),
    Row("Reference", "POST /v2/contact/$contact/channel", {"channel_type": "phone", "channel_id": "14155550101"},
        {"0.channel_type": "phone", "0.channel_id": "14155550101", "1.channel_type": "email"},
        note="another number than the contact's is `not_possible`: it has one"),
    Row("Reference", "PUT /v2/contact/$contact/channel", {"channel_type": "email", "channel_id": "m@example.com"},
        {"1.channel_id": "m@example.com"}),
    Row("Reference", "GET /v2/contact/$contact/channels", None, {"0.channel_id": "14155550101", "0.contact_id": str}),
    Row("Reference", "GET /v2/contact/$contact/channel/phone", None, {"channel_id": "14155550101", "team_id": int}),
    Row("Reference", "DELETE /v2/contact/$contact/channel/email", None, {"": "ok"}),
    Row("Reference", "GET /v2/contact/$contact/channel/facebook", None, refused="bad_data",
        note="channels other than phone and email are not offered"),
    Row("Ruby", "POST /v1/contact", {"phone": "14155550101", "first": "Mary"}, {"id": "$contact", "created": False},
        note="updates the contact with this number; a strict key fills in empty fields only"),
    # -- many
    Row("Laravel", "POST /v1/batch/contacts?overwrite=0", [{"phone": NEW, "first": "Ada"}], {"": "ok"},
        strict_reads={"0.id": int}, note="`overwrite=0`: PHP writes false so; a strict key gets a result for each"),
    Row("MindCloud", "POST /v1/batch/contacts?overwrite=true", [
        {"phone": NEW, "first": "Ada", "is_opted_out": True}, {"phone": "14155550178"},
    ], {"": "ok"}, strict_reads={"1.id": int}),
]  # fmt: skip
