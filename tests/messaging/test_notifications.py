"""Notifications: who is told of what, in which browsers, and by email if the conversation stays unopened."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import http_ece
import psycopg
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.memberships import remove_member, set_members_of_inbox
from accounts.models import Member
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.models import Conversation
from messaging.notifications import pushing
from messaging.notifications.models import (
    CHOSEN_EVENTS,
    NotificationSettings,
    PushSubscription,
    UnseenEvent,
)
from messaging.notifications.telling import send_unseen, tell
from messaging.scheduling.schedule import schedule
from messaging.scope_lookups import members_to_tell, members_with_unseen_events
from messaging.tasks import send_scheduled_texts, send_unseen_emails, tell_members
from messaging.teamwork.assignment import assign
from messaging.teamwork.notes import write_note
from optout.consent import opt_out
from optout.consent_types import Actor
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import new_sid
from tests.messaging.reviewed_texts import review_text

AsClient = Callable[[Member], Client]
TEAM = "northside-dental"
PAGE = reverse("notifications", args=[TEAM])


# -- a push service and a browser ------------------------------------------------------------------------------


@dataclass
class PushService:
    """A push service on a loopback port, and the keys of one browser."""

    status: int = 201
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"sixteen bytes ok"
    url: str = ""

    @property
    def form(self) -> dict[str, str]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "endpoint": f"{self.url}/push/1",
            "p256dh": pushing._base64url(point),
            "auth": pushing._base64url(self.auth),
        }

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(self.decrypt(body)) for _, _, body in self.received]

    def decrypt(self, body: bytes) -> bytes:
        plain: bytes = http_ece.decrypt(
            body, private_key=self.key, auth_secret=self.auth, version="aes128gcm"
        )
        return plain


@contextmanager
def serving(service: PushService) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.received.append(
                (self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            )
            self.send_response(service.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield
    server.shutdown()
    server.server_close()


@pytest.fixture
def push_service(settings: Any) -> Iterator[PushService]:
    settings.VAPID_PRIVATE_KEY = pushing.new_private_key()
    settings.VAPID_SUBJECT = "mailto:ops@northside.example"
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    service = PushService()
    with serving(service):
        yield service


# -- what happens ------------------------------------------------------------------------------------------------


def choose(browser: Client, **choices: Any) -> None:
    response = browser.post(PAGE, {"email_minutes": 15, **choices})
    assert response.status_code == 302


def subscribe(browser: Client, service: PushService) -> None:
    browser.post(reverse("push_subscriptions", args=[TEAM]), service.form)


def text(cast: Cast, body: str, number: str = MARIA) -> Conversation:
    receive(cast.front_desk, InboundText(new_sid(), number, body))
    with scope(cast.northside.id):
        return Conversation.objects.select_related("inbox__team").get(
            team=cast.northside, number=number, inbox=cast.front_desk
        )


def tell_all() -> None:
    """A round of the worker, a moment later."""
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        for found in members_to_tell(100):
            tell(found.team_id, found.id)


def browsers_of(member: Member) -> int:
    with scope(member.team_id):
        return PushSubscription.objects.filter(team_id=member.team_id, member_id=member.id).count()


# -- push ---------------------------------------------------------------------------------------------------------


def test_a_text_reaches_the_browser_encrypted(
    cast: Cast, as_client: AsClient, push_service: PushService
) -> None:
    text(cast, "Before the choice")
    maya = as_client(cast.member)
    choose(maya, push=["text"], sound=["text"], inboxes=[cast.front_desk.id])
    subscribe(maya, push_service)
    conversation = text(cast, "My tooth hurts")
    tell_all()
    tell_all()
    ((path, headers, body),) = push_service.received
    assert path == "/push/1"
    assert b"tooth" not in body and b"Maria" not in body
    assert headers["content-encoding"] == "aes128gcm" and headers["authorization"].startswith("vapid t=")
    assert push_service.messages == [
        {
            "title": "Maria Lopez",
            "body": "My tooth hurts",
            "tag": f"conversation-{conversation.id}",
            "url": reverse("conversation", args=[TEAM, conversation.id]),
            "silent": False,
        }
    ]


def test_each_event_is_told_to_whom_it_concerns(
    cast: Cast, as_client: AsClient, push_service: PushService
) -> None:
    maya = as_client(cast.member)
    choose(maya, push=["assigned", "mention", "opt_out"])
    subscribe(maya, push_service)
    conversation = text(cast, "please dont contact me any more")
    with scope(cast.northside.id):
        assign(conversation, cast.member, cast.owner)
        write_note(conversation, "@Maya Chen can you call her?", cast.owner)
        write_note(conversation, "@Amir Adams please", cast.owner)
    tell_all()
    told = sorted((message["title"], message["body"]) for message in push_service.messages)
    assert ("Olivia Owens mentioned you · Maria Lopez", "@Maya Chen can you call her?") in told
    assert [title for title, _ in told if "assigned" in title] == ["Olivia Owens assigned you Maria Lopez"]
    with scope(cast.northside.id):
        assign(conversation, None, cast.owner)
        assign(conversation, cast.member, cast.member)
    before = len(push_service.received)
    tell_all()
    assert len(push_service.received) == before, "one's own action is no news"


def test_a_possible_opt_out_is_told(cast: Cast, as_client: AsClient, push_service: PushService) -> None:
    olivia = as_client(cast.owner)
    choose(olivia, push=["opt_out"])
    subscribe(olivia, push_service)
    review_text(cast.front_desk, MARIA, "enough of this")
    tell_all()
    assert [message["title"] for message in push_service.messages] == ["Possible opt-out · Maria Lopez"]


def test_a_scheduled_text_that_is_not_sent_is_told_without_a_choice(
    cast: Cast, as_client: AsClient, push_service: PushService, owner: psycopg.Connection
) -> None:
    maya, conversation = as_client(cast.member), text(cast, "See you")
    subscribe(maya, push_service)
    maya.get(reverse("conversation", args=[TEAM, conversation.id]))
    with scope(cast.northside.id):
        tomorrow = timezone.now() + timedelta(days=1)
        schedule(conversation, "Are you coming?", tomorrow, cast.member, unless_answered=False)
        opt_out(cast.northside.id, MARIA, Actor.of(cast.admin), reason="They asked us")
    owner.execute("UPDATE messaging_scheduledtext SET send_at = now() - interval '1 second'")
    send_scheduled_texts()
    for _ in range(2):
        tell_members()
    (message,) = push_service.messages
    assert (message["title"], message["body"], message["silent"]) == (
        "Scheduled text to Maria Lopez not sent: This number has opted out.",
        "Are you coming?",
        True,
    )
    with scope(cast.northside.id):
        assert Conversation.objects.with_unread(cast.member).get(id=conversation.id).unread


def test_only_chosen_inboxes_and_choices_are_told(
    cast: Cast, as_client: AsClient, push_service: PushService
) -> None:
    olivia = as_client(cast.owner)
    choose(olivia, push=["text"], inboxes=[cast.billing.id])
    subscribe(olivia, push_service)
    text(cast, "Hello")
    tell_all()
    assert push_service.received == []
    choose(olivia)
    with scope(cast.northside.id):
        assert not NotificationSettings.objects.filter(team=cast.northside).exists()
    assert members_to_tell(10) == []


def test_nothing_is_sent_to_a_member_who_no_longer_sees_the_inbox(
    cast: Cast, as_client: AsClient, push_service: PushService
) -> None:
    maya = as_client(cast.member)
    choose(maya, push=["text"], email=["text"], inboxes=[cast.front_desk.id])
    subscribe(maya, push_service)
    text(cast, "Seen by Maya")
    with scope(cast.northside.id):
        set_members_of_inbox(cast.front_desk, [])
    tell_all()
    assert push_service.received == []


def test_a_removed_member_has_no_browsers(cast: Cast, as_client: AsClient, push_service: PushService) -> None:
    maya = as_client(cast.member)
    choose(maya, push=["text"], inboxes=[cast.front_desk.id])
    subscribe(maya, push_service)
    assert browsers_of(cast.member) == 1
    with scope(cast.northside.id):
        remove_member(cast.member, by=cast.owner)
    text(cast, "Hello")
    tell_all()
    assert (push_service.received, browsers_of(cast.member)) == ([], 0)


def test_a_browser_ends_with_its_session(cast: Cast, as_client: AsClient, push_service: PushService) -> None:
    maya = as_client(cast.member)
    choose(maya, push=["text"], inboxes=[cast.front_desk.id])
    subscribe(maya, push_service)
    maya.post(reverse("account_logout"))
    text(cast, "Hello")
    tell_all()
    assert (push_service.received, browsers_of(cast.member)) == ([], 0)


@pytest.mark.parametrize(("status", "kept"), [(404, 0), (410, 0), (403, 1), (500, 1), (201, 1)])
def test_a_browser_that_its_push_service_does_not_know_is_removed(
    cast: Cast, as_client: AsClient, push_service: PushService, status: int, kept: int
) -> None:
    maya = as_client(cast.member)
    choose(maya, push=["text"], inboxes=[cast.front_desk.id])
    subscribe(maya, push_service)
    push_service.status = status
    text(cast, "Hello")
    tell_all()
    assert len(push_service.received) == 1
    assert browsers_of(cast.member) == kept


@pytest.mark.parametrize("endpoint", ["http://10.0.0.1/push", "https://localhost/", "ftp://x", "push"])
def test_internal_push_services_are_refused(
    cast: Cast, as_client: AsClient, push_service: PushService, settings: Any, endpoint: str
) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    form = {**push_service.form, "endpoint": endpoint}
    as_client(cast.member).post(reverse("push_subscriptions", args=[TEAM]), form)
    assert browsers_of(cast.member) == 0


def test_an_address_that_becomes_internal_later_is_not_called(
    cast: Cast, as_client: AsClient, push_service: PushService, settings: Any
) -> None:
    maya = as_client(cast.member)
    choose(maya, push=["text"], inboxes=[cast.front_desk.id])
    subscribe(maya, push_service)
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    text(cast, "Hello")
    tell_all()
    assert push_service.received == []


def test_without_a_key_browsers_are_not_offered(cast: Cast, as_client: AsClient, settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    page = as_client(cast.member).get(PAGE).content.decode()
    assert "are not set up in this installation" in page and "data-push-key" not in page


def test_the_command_makes_a_key(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_vapid_key")
    name, _, key = capsys.readouterr().out.strip().partition("=")
    settings.VAPID_PRIVATE_KEY = key
    assert (name, len(key), len(pushing.public_key())) == ("VAPID_PRIVATE_KEY", 43, 87)


# -- email -------------------------------------------------------------------------------------------------------


def test_one_email_for_what_was_not_opened(cast: Cast, as_client: AsClient) -> None:
    maya = as_client(cast.member)
    choose(maya, email=["text", "assigned"], inboxes=[cast.front_desk.id], email_minutes=30)
    opened = text(cast, "Hello from Maria")
    waiting = text(cast, "Hello from Tom", TOM)
    with scope(cast.northside.id):
        assign(waiting, cast.member, cast.owner)
    tell_all()
    maya.get(reverse("conversation", args=[TEAM, opened.id]))
    with time_machine.travel(timezone.now() + timedelta(minutes=29)):
        send_unseen_emails()
    assert mail.outbox == []
    with scope(cast.northside.id):
        UnseenEvent.objects.filter(team=cast.northside).update(due_at=timezone.now())
    for _ in range(2):
        send_unseen_emails()
    (email,) = mail.outbox
    assert email.to == ["maya@northside.example"]
    assert email.subject == "2 things you have not seen · Northside Dental"
    assert "- Tom Becker\n- Olivia Owens assigned you Tom Becker" in email.body
    assert "Hello" not in email.body and "Maria" not in email.body


def test_no_email_to_a_member_who_no_longer_sees_the_inbox(cast: Cast, as_client: AsClient) -> None:
    choose(as_client(cast.member), email=["text"], inboxes=[cast.front_desk.id])
    text(cast, "Hello")
    tell_all()
    with scope(cast.northside.id):
        set_members_of_inbox(cast.front_desk, [])
    assert send_unseen(cast.northside.id, cast.member.id) is False
    assert (mail.outbox, members_with_unseen_events(10)) == ([], [])


# -- the page ------------------------------------------------------------------------------------------------------


def test_choices_are_shown_again(cast: Cast, as_client: AsClient) -> None:
    maya = as_client(cast.member)
    choose(maya, push=["mention"], email=["text"], inboxes=[cast.front_desk.id], email_minutes=60)
    form = maya.get(PAGE).context["form"]
    chosen = {(value, way) for value, _, ways in form.matrix for way, _, is_chosen in ways if is_chosen}
    assert chosen == {("mention", "push"), ("text", "email")}
    assert form["inboxes"].value() == [cast.front_desk.id]
    assert form["email_minutes"].value() == 60


def test_inboxes_that_a_member_does_not_see_cannot_be_chosen(cast: Cast, as_client: AsClient) -> None:
    refused = as_client(cast.member).post(PAGE, {"email_minutes": 15, "inboxes": [cast.billing.id]})
    assert refused.status_code == 422
    assert {event.value for event in CHOSEN_EVENTS} == {"assigned", "mention", "opt_out", "text"}
