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
