"""Routed statements: what runs once per text, page or call names its team in every relation of every statement."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Inbox, Member
from heymarket.webhook_answers import answer_webhooks, made
from tests.api.conftest import create_client
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import MESSAGES, FakeTwilio, signed_environ, text_fields
from tests.routing import unrouted, unrouted_of
from tests.statements import counted

TABLE = [
    ("SELECT FROM contacts_contact WHERE team_id = 3 AND id = $1", []),
    ("SELECT FROM contacts_contact WHERE id = $1", ["contacts_contact"]),
    ("SELECT FROM contacts_contact WHERE team_id = $team OR id = $id", ["contacts_contact"]),
    ("SELECT FROM contacts_contact WHERE team_id IN (3)", []),
    ("SELECT FROM contacts_contact WHERE team_id IN (3, 4)", ["contacts_contact"]),
    ("SELECT FROM contacts_contact c JOIN contacts_tagging t ON t.team_id = c.team_id WHERE c.team_id = 3", []),
    ("SELECT FROM contacts_contact c LEFT JOIN contacts_tagging t ON t.contact_id = c.id WHERE c.team_id = 3",
     ["contacts_tagging"]),
    ("SELECT FROM contacts_contact c WHERE c.team_id = 3 AND EXISTS (SELECT FROM optout_suppression s"
     " WHERE s.team_id = c.team_id)", ["optout_suppression"]),
    ("SELECT FROM contacts_contact c WHERE team_id = 3 AND id IN (SELECT contact_id FROM contacts_tagging"
     " WHERE team_id = 3)", []),
    ("WITH c AS (SELECT FROM contacts_contact WHERE team_id = 3) SELECT FROM c", []),
    ("SELECT FROM contacts_contact WHERE team_id = 3 UNION ALL SELECT FROM contacts_contact", ["contacts_contact"]),
    ("UPDATE contacts_contact SET note = '' WHERE id = %s", ["contacts_contact"]),
    ("UPDATE contacts_contact c SET note = '' FROM contacts_tagging t WHERE c.team_id = %s AND t.team_id = c.team_id",
     []),
    ("DELETE FROM contacts_tagging t USING contacts_contact c WHERE c.team_id = 3", ["contacts_tagging"]),
    ("INSERT INTO contacts_tag (team_id, name) VALUES (3, $1)", []),
    ("INSERT INTO contacts_tag (team_id, name) VALUES ((SELECT 3), $1)", ["contacts_tag"]),
    ("INSERT INTO contacts_tag (team_id, name) SELECT team_id, name FROM contacts_contactlist",
     ["contacts_contactlist"]),
    ("SELECT FROM accounts_team; SET LOCAL heymarket.team = '3'", []),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "relations"), TABLE)
def test_the_relations_without_a_team_are_found(statement: str, relations: list[str]) -> None:
    assert unrouted(statement) == relations


def text_together(inbox: Inbox, bodies: dict[str, str]) -> None:
    """Texts of these numbers whose webhooks wait at the same time."""
    webhooks = [signed_environ(inbox, MESSAGES, text_fields(inbox, *pair)) for pair in bodies.items()]
    (answers,) = answer_webhooks(webhooks)
    assert {made(answer).status_code for answer in answers.values()} == {200}


def test_texts_pages_and_calls_name_their_team_everywhere(
    cast: Cast,
    carrier: FakeTwilio,
    work: Callable[[], None],
    as_client: Callable[[Member], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk, crm, phone = as_client(cast.admin), create_client(cast.owner), STRANGER.removeprefix("+")
    contacts = reverse("contacts", args=["northside-dental"])
    send = {"inbox_id": cast.front_desk.id, "phone_number": phone, "text": "Hello"}
    operations: list[Callable[[], object]] = [
        lambda: carrier.text(cast.front_desk, STRANGER, "Are you open on Sunday?"),
        lambda: text_together(
            cast.front_desk, dict.fromkeys(("+14155550171", "+14155550172"), "Are you open?")
        ),
        lambda: carrier.text(cast.front_desk, MARIA, "wrong number"),
        lambda: carrier.text(cast.front_desk, TOM, "STOP"),
        work,  # the confirmation
        lambda: carrier.text(cast.front_desk, TOM, "START"),
        lambda: carrier.text(cast.front_desk, MARIA, "HELP"),
        lambda: crm.post("message/send", send),
        work,
        lambda: crm.post("contact/status", {"phone": phone}),
        lambda: crm.post("contact/set_status", {"phone": phone, "status": "unsubscribed"}),
        lambda: crm.get(f"messages?phoneNumber={phone}&inboxID={cast.front_desk.id}"),
        lambda: desk.get(contacts),
        lambda: desk.get(f"{contacts}?q=maria"),
        lambda: desk.get(f"{contacts}?standing=opted_out"),
        lambda: desk.get(reverse("contact", args=["northside-dental", cast.maria.number])),
        lambda: desk.get(reverse("inboxes", args=["northside-dental"])),
    ]
    with counted(monkeypatch) as statements:
        for operation in operations:
            operation()
    assert len(statements) > 100
    assert len(carrier.sent) >= 3
    assert unrouted_of(statements) == {}
