"""Unfilled fields: a text with `{{ first_name }}` is refused on every path that would send it as it stands."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from contacts.contact.models import Contact
from kernel.tenancy import scope
from kernel.unfilled_fields import unfilled_fault
from messaging.compose import compose_text
from messaging.models import Message, MessageStatus
from messaging.outbound import claim
from tests.api.conftest import create_client
from tests.cast import MARIA, TOM, Cast

UNFILLED = "Hi {{ first_name }}, your bike is ready"
LATER = "2027-03-02T15:00:00Z"


@pytest.mark.parametrize(("text", "field"), [
    ("Hi {{ first_name }}", "{{ first_name }}"),
    ("Hi {{first_name|there}} and {{ x }}", "{{first_name|there}}"),
    ("Hi {{\nname\n}}", "{{ name }}"),
    ("{{}}", "{{}}"),
    ("{{ " + "x" * 100 + " }}", "{{ " + "x" * 57),
    ("Hi { { first_name } }", ""), ("Hi {first_name}", ""), ("{{ first_name", ""), ("}} {{", ""), ("", ""),
])  # fmt: skip
def test_unfilled_fault(text: str, field: str) -> None:
    fault = unfilled_fault(text)
    assert fault.startswith(f"{field} would be sent") if field else fault == ""


def outbound(cast: Cast) -> list[Message]:
    with scope(cast.northside.id):
        return list(Message.objects.filter(team=cast.northside, outbound=True).order_by("id"))


def test_the_api_refuses_them(cast: Cast) -> None:
    app, desk = create_client(cast.owner), cast.front_desk.id
    later = {"inbox_id": desk, "phone_number": MARIA, "execute_at": LATER}
    scheduled = app.post("schedule", {**later, "content": {"text": "Come in"}})["id"]
    for method, path, body, field in [
        ("POST", "message/send", {"inbox_id": desk, "phone_number": MARIA, "text": UNFILLED}, "text"),
        ("POST", "schedule", {**later, "content": {"text": UNFILLED}}, "content.text"),
        ("PUT", f"schedule/{scheduled}", {"content": {"text": UNFILLED}}, "content.text"),
    ]:
        answer = app.call(method, path, body)
        assert (answer.status_code, answer.json()["field"]) == (400, field)
        assert answer.json()["message"].startswith("{{ first_name }} would be sent as it stands.")
    assert not outbound(cast)
    app.post("message/send", {"inbox_id": desk, "phone_number": MARIA, "text": "Use { { first_name } } here"})
    note = {
        "inbox_id": desk,
        "phone_number": MARIA,
        "text": "Template {{ first_name }} is wrong",
        "private": True,
    }
    app.post("message/send", note)


def test_pages_refuse_them(cast: Cast, as_client: Callable[[Member], Client]) -> None:
    olivia, slug = as_client(cast.owner), cast.northside.slug
    pages: list[tuple[str, list[Any], dict[str, str]]] = [
        ("inbox_automatic_texts", [cast.front_desk.id], {"away_again_hours": "4", "away_text": UNFILLED}),
        (
            "inbox_automatic_texts",
            [cast.front_desk.id],
            {"away_again_hours": "4", "first_contact_text": UNFILLED},
        ),
        ("inbox_auto_replies", [cast.front_desk.id], {"help_reply": UNFILLED}),
        ("inbox_reply_wordings", [cast.front_desk.id, "es"], {"stop_reply": UNFILLED}),
        (
            "new_conversation",
            [],
            {"number": TOM, "inbox": str(cast.front_desk.id), "body": "Hi {{ frist_name }}"},
        ),
    ]
    for name, args, form in pages:
        page = olivia.post(reverse(name, args=[slug, *args]), form)
        assert page.status_code == 422, name
        assert (
            "would be sent as it stands" in page.content.decode()
            or "There is no field" in page.content.decode()
        )
    assert not outbound(cast)


def test_nothing_else_sends_them(cast: Cast) -> None:
    """Whatever composes or has queued such a text, it is refused, and says why."""
    with scope(cast.northside.id):
        Contact.objects.ensure(cast.front_desk, TOM, cast.tom.created_at, cast.tom.created_at)
        composed = compose_text(cast.front_desk, MARIA, UNFILLED, author=cast.member)
        queued = compose_text(cast.front_desk, TOM, "Hi", author=cast.member)
        Message.objects.filter(team=cast.northside, id=queued.id).update(body=UNFILLED)
    assert claim(cast.northside.id, queued.conversation_id) is None
    for message in (composed, queued):
        with scope(cast.northside.id):
            found = Message.objects.get(team=cast.northside, id=message.id)
        assert (found.status, found.reason) == (MessageStatus.REFUSED, "unfilled_field")
