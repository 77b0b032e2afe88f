"""Requests as apps of the Heymarket API send them: what a compatible key may send, and what no key may."""

import base64
from typing import Any

import pytest

from api import tolerance
from api.models import KeyMode
from kernel.tenancy import scope
from messaging.models import Message
from optout.number_state import standing
from tests.api.calls import TeamIds
from tests.api.conftest import ApiClient, create_client
from tests.cast import MARIA, Cast


@pytest.fixture
def old_app(cast: Cast) -> ApiClient:
    """An app with a compatible key."""
    return create_client(cast.owner, name="Old app", mode=KeyMode.COMPATIBLE)


# -- what may be ignored -----------------------------------------------------------------------------------------

IGNORED = (
    "nickname", "company", "created", "updated", "uuid", "rev", "team_id", "source", "externalId",
    "address", "birthday", "notes", "owner", "locale", "is_typing", "assigned_user_id",
)  # fmt: skip
NEVER_IGNORED = (
    "targets", "recipients", "to", "cc", "bcc", "phones", "numbers", "phone2", "phone_type", "list_ids",
    "media_url", "mediaUrls", "attachments", "files", "text_body", "message", "content", "template_id",
    "TemplateVariables", "schedule", "sendAt", "send_at", "delay", "when", "is_optedout", "isOptedOut",
    "opt_out", "optOut", "opt-in", "unsubscribed", "subscribed", "unsubscribed_inboxes", "dnd", "consent",
    "consented", "blocked", "isBlocked", "suppressed", "status_in_crm", "mute", "gallery", "survey_id",
    "add_phone", "removeEmails", "members", "emails",
    "private", "exclude", "broadcast", "email_suppressions", "unless_answered", "photo",
)  # fmt: skip


@pytest.mark.parametrize(("names", "ignored"), [(IGNORED, True), (NEVER_IGNORED, False)])
def test_a_field_about_content_recipients_or_consent_is_never_ignored(
    names: tuple[str, ...], ignored: bool
) -> None:
    assert {name: tolerance.may_be_ignored(name) for name in names} == dict.fromkeys(names, ignored)


# -- fields ------------------------------------------------------------------------------------------------------


def send_of(team_ids: TeamIds, **more: Any) -> dict[str, Any]:
    return {"inbox_id": team_ids.inbox, "phone_number": MARIA, "text": "Your bike is ready.", **more}


def test_unknown_fields_are_ignored_and_named_for_a_compatible_key_only(
    old_app: ApiClient, crm: ApiClient, team_ids: TeamIds
) -> None:
    body = {"phone": "14155550177", "nickname": "Ada", "tags": [{"tag_id": team_ids.tag, "colour": "red"}]}
    answer = old_app.call("POST", "contact?limit=5&limt=5", body)
    assert answer.status_code == 200, answer.json()
    assert set(answer["X-Heymarket-Ignored"].split(", ")) == {"nickname", "colour", "limit", "limt"}
    assert "X-Heymarket-Ignored" not in old_app.call("GET", "team")
    assert crm.refused("POST", "contact", body) == (400, "bad_data")
    assert crm.refused("GET", "team?limt=5") == (400, "bad_data")
    answer = old_app.call("POST", "contact", {"phone": "14155550178", "\r\nSet-Cookie: a\N{SNOWMAN}": 1})
    assert answer["X-Heymarket-Ignored"].isascii() and "\n" not in answer["X-Heymarket-Ignored"]


def test_a_field_that_would_change_the_text_the_recipient_or_consent_is_refused(
    cast: Cast, old_app: ApiClient, crm: ApiClient, team_ids: TeamIds
) -> None:
    for app in (old_app, crm):
        for name, value in {
            "targets": [MARIA],
            "isOptedOut": True,
            "mediaUrl": "https://x.example/a.png",
        }.items():
            assert app.refused("POST", "message/send", send_of(team_ids, **{name: value})) == (
                400,
                "bad_data",
            )
        assert app.refused("POST", "contact", {"phone": "14155550177", "opted_out": True}) == (
            400,
            "bad_data",
        )
    with scope(cast.northside.id):
        assert not Message.objects.filter(team=cast.northside, outbound=True).exists()


def test_fields_without_a_value_count_as_absent(
    old_app: ApiClient, crm: ApiClient, team_ids: TeamIds
) -> None:
    empty: dict[str, Any] = {
        "media_url": None,
        "private": False,
        "targets": [],
        "avatar": None,
        "gallery": {},
        "survey_id": "",
    }
    for app in (old_app, crm):
        answer = app.call("POST", "message/send", send_of(team_ids, **empty))
        assert answer.status_code == 200 and "X-Heymarket-Ignored" not in answer, answer.json()
    assert old_app.call("POST", "message/send", send_of(team_ids, is_optedout=None)).status_code == 200
    assert crm.refused("POST", "message/send", send_of(team_ids, is_optedout=None)) == (400, "bad_data")


def test_ids_as_texts_and_without_a_value(old_app: ApiClient, crm: ApiClient, team_ids: TeamIds) -> None:
    body = {
        "inbox_id": str(team_ids.inbox),
        "chat_id": str(team_ids.conversation),
        "text": "Hello",
        "creator_id": 0,
    }
    assert old_app.call("POST", "message/send", body).status_code == 200
    assert crm.refused("POST", "message/send", body) == (400, "bad_data")
    assert old_app.post("contact/get", {"id": 0, "phone": MARIA})["id"] == team_ids.contact
    assert crm.refused("POST", "contact/get", {"id": 0, "phone": MARIA}) == (400, "bad_data")
    for wrong in ("1.5", "x", "-1", " 1"):
        assert old_app.refused("POST", "contact/get", {"id": wrong}) == (400, "bad_data")


def test_an_empty_text_beside_what_is_sent_counts_as_absent(
    cast: Cast, old_app: ApiClient, crm: ApiClient, team_ids: TeamIds
) -> None:
    bodies = [
        ("POST", "message/send", send_of(team_ids, media_url="")),
        ("POST", "message/send", send_of(team_ids, text="", template_id=team_ids.template)),
        ("PUT", f"list/{team_ids.contact_list}", {"add_phone": MARIA, "remove_phone": ""}),
    ]
    for method, path, body in bodies:
        answer = old_app.call(method, path, body)
        assert answer.status_code == 200, answer.json()
        assert "X-Heymarket-Ignored" not in answer
        assert crm.refused(method, path, body)[0] in (400, 422)
    assert old_app.refused("POST", "message/send", send_of(team_ids, text="", media_url="")) == (
        400,
        "bad_data",
    )


def test_an_empty_array_is_an_empty_body(old_app: ApiClient, crm: ApiClient) -> None:
    raw = {"authorization": f"Bearer {old_app.secret}"}
    answer = old_app.client.generic("POST", "/v1/contacts", "[]", "application/json", headers=raw)
    assert answer.status_code == 200
    raw = {"authorization": f"Bearer {crm.secret}"}
    answer = crm.client.generic("POST", "/v1/contacts", "[]", "application/json", headers=raw)
    assert answer.status_code == 400


def test_what_get_returned_may_be_put(cast: Cast, old_app: ApiClient, team_ids: TeamIds) -> None:
    found = old_app.get(f"contact/{team_ids.contact}")
    saved = old_app.call("PUT", f"contact/{team_ids.contact}", {**found, "first": "Mary"})
    assert saved.status_code == 200, saved.json()
    again = old_app.get(f"contact/{team_ids.contact}")
    differing = {name for name in found if found[name] != again[name]}
    assert differing == {"first", "rev", "updated"}
    with scope(cast.northside.id):
        assert standing(cast.northside.id, MARIA).state == "active"
    changed = {"unsubscribed_inboxes": [team_ids.inbox]}
    assert old_app.refused("PUT", f"contact/{team_ids.contact}", changed) == (409, "not_possible")


@pytest.mark.parametrize("kind", ["template", "list", "schedule"])
def test_what_get_returned_may_be_put_in_every_resource(
    crm: ApiClient, old_app: ApiClient, team_ids: TeamIds, kind: str
) -> None:
    path = f"{kind}/{getattr(team_ids, 'contact_list' if kind == 'list' else kind)}"
    found = old_app.get(path)
    assert old_app.call("PUT", path, found).status_code == 200
    again = old_app.get(path)
    assert {name for name in found if found[name] != again[name]} <= {"rev", "updated"}


def test_a_schedule_that_get_returned_is_not_sent_to_somebody_else(
    old_app: ApiClient, crm: ApiClient, team_ids: TeamIds
) -> None:
    path = f"schedule/{team_ids.schedule}"
    for change in (
        {"target": "14155550177"}, {"execute": "2027-03-01T15:00:00Z"}, {"conversation_id": team_ids.conversation + 1},
    ):  # fmt: skip
        for app in (old_app, crm):
            assert app.refused("PUT", path, change) == (409, "not_possible"), change
    assert crm.call("PUT", path, {"unless_answered": True}).json()["unless_answered"] is True


# -- contacts ----------------------------------------------------------------------------------------------------


def test_a_known_number_is_updated_by_a_compatible_key_and_filled_in_by_a_strict_one(
    cast: Cast, old_app: ApiClient, crm: ApiClient
) -> None:
    contact = {"phone": MARIA, "first": "Mary", "email": "mary@example.com", "tags": ["vip"]}
    assert crm.post("contact", contact)["created"] is False
    found = crm.get(f"contact/{cast.maria.id}")
    assert (found["first"], found["email"]) == ("Maria", "mary@example.com")
    crm.post("contact/set_status", {"phone": MARIA, "status": "unsubscribed"})
    updated = {**contact, "tags": ["new"], "is_opted_out": False, "status": "active"}
    assert old_app.post("contact", updated)["created"] is False
    found = crm.get(f"contact/{cast.maria.id}")
    assert (found["first"], found["last"], [tag["name"] for tag in found["tags"]]) == (
        "Mary",
        "Lopez",
        ["new"],
    )
    assert found["is_opted_out"] is True, "nothing lifts an opt-out by the way"


def test_a_batch_answers_in_the_form_of_the_mode(
    old_app: ApiClient, crm: ApiClient, team_ids: TeamIds
) -> None:
    good = {"phone": "14155550177", "first": "Ada", "avatar": None}
    assert (
        old_app.post("batch/contacts", [{**good, "company": "Acme", "tags": [{"tag_id": str(team_ids.tag)}]}])
        == "ok"
    )
    answer = old_app.call(
        "POST", "batch/contacts", [{**good, "company": "Acme"}, {"phone": "151", "first": "Bob"}]
    )
    (failed,) = answer.json()
    assert (failed["index"], failed["phone"], failed["error"]["error_code"]) == (
        1,
        "151",
        "invalid_phone_number",
    )
    assert answer["X-Heymarket-Ignored"] == "company"
    (never_ignored,) = old_app.post("batch/contacts", [{**good, "isOptedOut": True}])
    assert never_ignored["error"]["error_code"] == "bad_data"
    saved, refused = crm.post("batch/contacts", [good, {**good, "company": "Acme"}])
    assert (saved["phone"], saved["created"], saved["error"]) == ("14155550177", False, None)
    assert refused["error"]["error_code"] == "bad_data"


# -- the key, and the request ------------------------------------------------------------------------------------


def test_the_older_forms_of_the_key_are_compatible(crm: ApiClient) -> None:
    basic = base64.b64encode(f"{crm.secret}:".encode()).decode()
    for headers in ({"authorization": f"Basic {basic}"}, {"x-heymarket-api-key": crm.secret}):
        answer = crm.client.get("/v1/team?limt=5", headers=headers)
        assert (answer.status_code, answer["X-Heymarket-Ignored"]) == (200, "limt")
    for headers in (
        {"authorization": "Basic ###"},
        {"authorization": "Basic YTpi"},
        {"x-heymarket-api-key": "x"},
        {"authorization": "Bearer x", "x-heymarket-api-key": crm.secret},
    ):
        assert crm.client.get("/v1/team", headers=headers).json()["error_code"] == "invalid_api_key"


def test_a_trailing_slash_head_and_options(crm: ApiClient) -> None:
    headers = {"authorization": f"Bearer {crm.secret}"}
    assert crm.client.get("/v1/team/", headers=headers).json() == crm.get("team")
    head = crm.client.head("/v1/team", headers=headers)
    assert (head.status_code, head.content) == (200, b"") and int(head["Content-Length"]) > 0
    options = crm.client.options("/v1/contact/1")
    assert (options.status_code, set(options["Allow"].split(", "))) == (204, {"GET", "PUT", "DELETE"})
    assert crm.client.options("/v1/nothing").status_code == 404
