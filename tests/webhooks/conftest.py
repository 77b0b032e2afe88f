"""What the stories of webhooks share: a system that is told, and the worker's round."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from accounts import scope_lookups
from accounts.models import Team
from kernel.tenancy import scope
from tests.cast import Cast
from tests.webhooks.receiver import Receiver, receiving
from webhooks import delivery
from webhooks.models import SUBSCRIBABLE_TYPES, Attempt, Delivery, Endpoint, WebhookEvent
from webhooks.scope_lookups import endpoints_due

# What DNS says.
DNS_RECORDS = {
    "crm.example": "93.184.215.16",
    "crm.example.com": "93.184.215.14",
    "six.example.com": "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    "xn--mnchen-3ya.example": "93.184.215.15",
    "intern.example.com": "10.1.2.3",
    "loop.example.com": "127.0.0.1",
    "metadata.example.com": "169.254.169.254",
    "mapped.example.com": "::ffff:10.1.2.3",
}


@pytest.fixture
def receiver(_public: None) -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening
        assert listening.faults == []


@pytest.fixture
def _public(settings: Any) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    settings.WEBHOOKS_ALLOW_LOOPBACK = True


@pytest.fixture
def crm(cast: Cast, receiver: Receiver) -> Endpoint:
    """Northside's CRM, which wants to be told of everything."""
    return create_endpoint(cast.northside, receiver)


def create_endpoint(team: Team, receiver: Receiver, name: str = "CRM", **columns: Any) -> Endpoint:
    endpoint = Endpoint(team=team, name=name, url=receiver.address, events=list(SUBSCRIBABLE_TYPES))
    for column, value in columns.items():
        setattr(endpoint, column, value)
    receiver.secret = endpoint.rotate_secret()
    with scope(team.id):
        endpoint.save()
    return endpoint


@pytest.fixture
def tell() -> Callable[[], None]:
    """Rounds of the worker, as the sweep finds what is due, until nothing is."""

    def rounds() -> None:
        from django.utils import timezone

        while found := endpoints_due(timezone.now(), 100):
            before = count()
            for endpoint in found:
                delivery.deliver(endpoint.team_id, endpoint.id)
            if count() == before:
                return

    def count() -> list[Any]:
        states: list[Any] = []
        for team_id in scope_lookups.team_ids_by_slug().values():
            with scope(team_id):
                states += (
                    Delivery.objects.filter(team_id=team_id)
                    .order_by("id")
                    .values_list("state", "attempt_count")
                )
        return states

    return rounds


@pytest.fixture
def hurry(owner: psycopg.Connection) -> Callable[[], None]:
    """The waits are over: whatever waits is due, nobody rests, and claims have lapsed."""

    def over() -> None:
        owner.execute("UPDATE webhooks_delivery SET due_at = now() WHERE due_at IS NOT NULL")
        owner.execute("UPDATE webhooks_endpoint SET paused_until = NULL")

    return over


@pytest.fixture
def deliveries(cast: Cast) -> Callable[..., list[Delivery]]:
    """Northside's, oldest first."""

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
def tries(cast: Cast) -> Callable[[Delivery], list[Attempt]]:
    def read(delivery: Delivery) -> list[Attempt]:
        with scope(cast.northside.id):
            return list(Attempt.objects.filter(team=cast.northside, delivery_id=delivery.id).order_by("id"))

    return read


def reload_endpoint(endpoint: Endpoint) -> Endpoint:
    with scope(endpoint.team_id):
        return Endpoint.objects.get(team_id=endpoint.team_id, id=endpoint.id)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """DNS for the duration of a test."""
    known, look_up = dict(DNS_RECORDS), socket.getaddrinfo

    def answer(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        if isinstance(host, str) and not host.endswith((".example.com", ".example")):
            return _numeric(look_up, host, port)
        if host not in known and host.lower() not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return _numeric(look_up, known[host.lower()], port)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return known


def _numeric(look_up: Any, host: str, port: Any) -> Any:
    """Without the guard against the network: an address in figures reaches nobody."""
    if host == "localhost":
        host = "127.0.0.1"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return [(family, socket.SOCK_STREAM, 6, "", (host, port or 0))]
