"""Fixtures of webhook tests: a receiver, an endpoint, the worker, and the stored rows."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from accounts import scope_lookups
from accounts.models import Team
from kernel.tenancy import scope
from tests.cast import Cast
from tests.webhooks.receiver import Receiver, receiving
from webhooks import delivery
from webhooks.models import SUBSCRIBABLE_TYPES, Attempt, Delivery, Endpoint, EventType, WebhookEvent
from webhooks.scope_lookups import endpoints_due
from webhooks.turns import Turns

# The answer of DNS.
DNS_RECORDS = {
    "crm.example": "93.184.215.16",
    "crm.example.com": "93.184.215.14",
    "six.example.com": "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    "xn--mnchen-3ya.example": "93.184.215.15",
    "internal.example.com": "10.1.2.3",
    "loop.example.com": "127.0.0.1",
    "metadata.example.com": "169.254.169.254",
    "mapped.example.com": "::ffff:10.1.2.3",
}


# Those that accompany others: each change of an endpoint is in the audit log, and a text may begin a conversation.
ACCOMPANYING = (EventType.AUDIT_RECORDED, EventType.CHAT_STARTED, EventType.CONTACT_UPDATED)
EVENTS = [kind for kind in SUBSCRIBABLE_TYPES if kind not in ACCOMPANYING]


@pytest.fixture(autouse=True)
def _no_endpoint_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker has just started."""
    monkeypatch.setattr(delivery, "turns", Turns())


@pytest.fixture
def receiver(_public: None) -> Iterator[Receiver]:
    with receiving(Receiver()) as listening:
        yield listening
        assert listening.errors == []


@pytest.fixture
def _public(settings: Any) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    settings.WEBHOOKS_ALLOW_LOOPBACK = True


@pytest.fixture
def crm(cast: Cast, receiver: Receiver) -> Endpoint:
    """Northside's CRM, which wants all events."""
    return create_endpoint(cast.northside, receiver)


def create_endpoint(team: Team, receiver: Receiver, name: str = "CRM", **columns: Any) -> Endpoint:
    endpoint = Endpoint(team=team, name=name, url=receiver.address, events=EVENTS)
    for column, value in columns.items():
        setattr(endpoint, column, value)
    receiver.secret = endpoint.rotate_secret()
    with scope(team.id):
        endpoint.save()
    return endpoint


@pytest.fixture
def deliver_due() -> Callable[[], None]:
    """Deliver all that the sweep finds due, until nothing changes."""

    def rounds() -> None:
        while endpoints := endpoints_due(timezone.now(), 100):
            before = states()
            for endpoint in endpoints:
                delivery.deliver(endpoint.team_id, endpoint.id)
            if states() == before:
                return

    def states() -> list[Any]:
        rows: list[Any] = []
        for team_id in scope_lookups.team_ids_by_slug().values():
            with scope(team_id):
                rows += (
                    Delivery.objects.filter(team_id=team_id)
                    .order_by("id")
                    .values_list("state", "attempt_count")
                )
        return rows

    return rounds


@pytest.fixture
def skip_waits(owner: psycopg.Connection) -> Callable[[], None]:
    """Make all waiting deliveries due, end all pauses and let all claims lapse."""

    def skip() -> None:
        owner.execute("UPDATE webhooks_delivery SET due_at = now() WHERE due_at IS NOT NULL")
        owner.execute("UPDATE webhooks_endpoint SET paused_until = NULL")

    return skip


@pytest.fixture
def deliveries(cast: Cast) -> Callable[..., list[Delivery]]:
    """Northside's deliveries, oldest first."""

    def read(**lookups: Any) -> list[Delivery]:
        with scope(cast.northside.id):
            rows = Delivery.objects.filter(team_id=cast.northside.id, **lookups)
            return list(rows.select_related("event", "endpoint").order_by("id"))

    return read


@pytest.fixture
def events(cast: Cast) -> Callable[..., list[WebhookEvent]]:
    def read(**lookups: Any) -> list[WebhookEvent]:
        with scope(cast.northside.id):
            return list(WebhookEvent.objects.filter(team_id=cast.northside.id, **lookups).order_by("id"))

    return read


@pytest.fixture
def attempts(cast: Cast) -> Callable[[Delivery], list[Attempt]]:
    def read(delivery: Delivery) -> list[Attempt]:
        with scope(cast.northside.id):
            return list(Attempt.objects.filter(team=cast.northside, delivery_id=delivery.id).order_by("id"))

    return read


def reload_endpoint(endpoint: Endpoint) -> Endpoint:
    with scope(endpoint.team_id):
        return Endpoint.objects.get(team_id=endpoint.team_id, id=endpoint.id)


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """DNS records for the duration of a test."""
    records, look_up = dict(DNS_RECORDS), socket.getaddrinfo

    def resolve(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        if isinstance(host, str) and not host.endswith((".example.com", ".example")):
            return _numeric(look_up, host, port)
        if host not in records and host.lower() not in records:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return _numeric(look_up, records[host.lower()], port)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return records


def _numeric(look_up: Any, host: str, port: Any) -> Any:
    """Avoids the guard against network access; a numeric address needs no query."""
    if host == "localhost":
        host = "127.0.0.1"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return [(family, socket.SOCK_STREAM, 6, "", (host, port or 0))]
