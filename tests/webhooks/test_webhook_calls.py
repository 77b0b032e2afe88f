"""The API calls that manage webhooks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from accounts.audit.models import AuditEntry
from api.models import KeyMode, KeyScope
from kernel.tenancy import scope
from tests.api.conftest import ApiClient, create_client
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio
from tests.webhooks.conftest import reload_endpoint
from tests.webhooks.receiver import Receiver
from webhooks.models import Endpoint
from webhooks.registration import MAX_ENDPOINTS

Step = Callable[[], None]
EVENTS = ["target_opt_out", "message_received"]


@pytest.fixture
def app(cast: Cast) -> ApiClient:
    return create_client(cast.owner, KeyScope.WEBHOOKS, name="Installer")


@pytest.fixture
def harbor(cast: Cast) -> ApiClient:
    return create_client(cast.outsider, name="Harbor CRM")


def audit(cast: Cast) -> list[tuple[str, str, str]]:
    with scope(cast.northside.id):
        rows = AuditEntry.objects.filter(team=cast.northside, target_type="endpoint").order_by("id")
        return [(row.action, row.actor_kind, row.actor_name) for row in rows]


def test_a_program_installs_its_webhook(
    cast: Cast,
    app: ApiClient,
    receiver: Receiver,
    carrier: FakeTwilio,
    deliver_due: Step,
    owner: psycopg.Connection,
) -> None:
    """It creates one, tests it, gets events, asks for them again, replaces the secret and leaves."""
    new = {"name": "CRM", "url": receiver.address, "events": [*EVENTS, EVENTS[0]]}
    created = app.post("webhooks", new, **{"Idempotency-Key": "install-1"})
    assert app.post("webhooks", new, **{"Idempotency-Key": "install-1"}) == created
    assert created["secret"].startswith("whsec_") and created["events"] == EVENTS
    receiver.secret = created.pop("secret")
    assert app.get("webhooks") == [created]
    stored = owner.execute("SELECT content FROM api_storedresponse").fetchall()
    assert receiver.secret not in str(stored)

    address = f"webhooks/{created['id']}"
    assert app.post(f"{address}/test") == {"queued": 1}
    began = timezone.now()
    carrier.text(cast.front_desk, MARIA, "STOP")
    deliver_due()
    assert receiver.types == ["message_received", "target_opt_out", "test"]
    assert receiver.accepted[2].event["data"] == {"message": "A test of CRM, sent by Installer."}
    assert app.post(f"{address}/replay", {"since": began.isoformat()}) == {"queued": 2}
    later = (began + timedelta(hours=1)).isoformat()
    assert app.post(f"{address}/replay", {"since": later}) == {"queued": 0}
    rotated = app.post(f"{address}/rotate")
    deliver_due()
    assert [len(webhook.signatures) for webhook in receiver.accepted[-2:]] == [2, 2], (
        "the old one is valid, too"
    )
    receiver.secret = rotated["secret"]
    app.post(f"{address}/test")
    deliver_due()
    assert len(receiver.accepted) == 6
    for _ in range(2):
        off = app.post(f"{address}/deactivate")
        assert (off["active"], off["trouble"]) == (False, "Turned off by Installer.")
    carrier.text(cast.front_desk, MARIA, "START")
    assert app.refused("POST", f"{address}/test") == (409, "not_possible")
    for _ in range(2):
        on = app.post(f"{address}/activate")
        assert (on["active"], on["trouble"]) == (True, "")
    carrier.text(cast.front_desk, MARIA, "Hello")
    deliver_due()
    assert receiver.types[6:] == ["message_received"], "nothing of what happened while it was off"
    assert app.call("DELETE", address).json() == "ok" and app.get("webhooks") == []
    by_key = ("api_key", "Installer")
    assert audit(cast) == [
        ("endpoint_added", *by_key), ("secret_created", *by_key), ("endpoint_turned_off", *by_key),
        ("endpoint_turned_on", *by_key), ("endpoint_deleted", *by_key),
    ]  # fmt: skip


def test_what_is_refused(
    cast: Cast,
    app: ApiClient,
    harbor: ApiClient,
    receiver: Receiver,
    crm: Endpoint,
    dns: dict[str, str],
    settings: Any,
) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    url = "https://crm.example.com/hook"
    new = {"name": "Shop", "url": url, "events": EVENTS}
    for change, field in (
        ({"url": "http://crm.example.com/hook"}, "url"), ({"url": "https://internal.example.com/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"), ({"url": "x"}, "url"), ({"events": []}, "events"),
        ({"events": ["test"]}, "events"), ({"events": ["message_recieved"]}, "events"), ({"name": ""}, "name"),
        ({"format": "old"}, "format"), ({"token": "12345678"}, "token"),
        ({"format": "heymarket", "token": "short"}, "token"),
    ):  # fmt: skip
        answer = app.call("POST", "webhooks", new | change)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "bad_data"), change
        assert answer.json()["field"].startswith(field), change
    misspelt = app.call("POST", "webhooks", new | {"events": ["message_recieved"]}).json()["message"]
    assert misspelt.startswith("There is no event “message_recieved”. Send some of: target_opt_out, ")
    with scope(cast.northside.id):
        crm.update(active=False, deactivation_reason="Turned off by Amir Adams.")
    assert app.get("webhooks")[0]["trouble"] == "Turned off by Amir Adams."
    for action, body in (("test", None), ("replay", {"since": timezone.now().isoformat()})):
        assert app.refused("POST", f"webhooks/{crm.id}/{action}", body) == (409, "not_possible")
        assert app.refused("POST", f"webhooks/{crm.id + 1}/{action}", body) == (404, "webhook_not_found")
        assert harbor.refused("POST", f"webhooks/{crm.id}/{action}", body) == (404, "webhook_not_found")
    for action in ("activate", "deactivate"):
        assert harbor.refused("POST", f"webhooks/{crm.id}/{action}") == (404, "webhook_not_found")
    assert harbor.refused("DELETE", f"webhooks/{crm.id}") == (404, "webhook_not_found")
    reader = create_client(cast.owner, KeyScope.READ, KeyScope.WRITE, KeyScope.SEND, KeyScope.CONSENT)
    assert reader.refused("GET", "webhooks") == (403, "denied")
    with scope(cast.northside.id):
        for n in range(MAX_ENDPOINTS - 1):
            Endpoint(team=cast.northside, name=f"{n}", url=url, events=EVENTS).save()
    assert app.refused("POST", "webhooks", new) == (409, "not_possible")


def test_the_old_format_and_dry_runs(cast: Cast, receiver: Receiver) -> None:
    app = create_client(cast.owner, KeyScope.WEBHOOKS, mode=KeyMode.COMPATIBLE)
    new = {"name": "CRM", "url": receiver.address, "events": EVENTS, "format": "heymarket"}
    dry = app.post("webhooks", new, **{"X-Heymarket-Dry-Run": "true"})
    assert dry["response"]["secret"] is None and app.get("webhooks") == []
    theirs = app.post("webhooks", {**new, "token": "theirs-12345"})
    assert (theirs["secret"], theirs["format"]) == (None, "heymarket")
    with scope(cast.northside.id):
        endpoint = Endpoint.objects.get(id=theirs["id"])
    assert endpoint.token == "theirs-12345"
    rotated = app.post(f"webhooks/{endpoint.id}/rotate")["secret"]
    assert reload_endpoint(endpoint).token == rotated
    app.call("DELETE", f"webhooks/{endpoint.id}", **{"X-Heymarket-Dry-Run": "true"})
    assert [webhook["id"] for webhook in app.get("webhooks")] == [endpoint.id]
