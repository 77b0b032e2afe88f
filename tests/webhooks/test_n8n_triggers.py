"""Triggers of n8n: its node adds one for each inbox, gets the events of that inbox alone, and removes it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from api.models import KeyMode, KeyScope
from kernel.tenancy import scope
from messaging.compose import compose_text
from tests.api.conftest import ApiClient, create_client
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio
from tests.webhooks.receiver import Receiver, Reply, receiving
from webhooks import registration
from webhooks.models import Endpoint
from webhooks.n8n_triggers import NOT_OFFERED, TRIGGERS

Step = Callable[[], None]
URL = "https://n8n.example.com/webhook/7f0c/webhook"


class Workflow(Receiver):
    """A workflow's webhook: it takes any object."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[dict[str, Any]] = []

    def receive(self, headers: dict[str, str], raw: bytes) -> Reply:
        self.items.append(json.loads(raw))
        return Reply(200)


@pytest.fixture
def workflow(_public: None) -> Iterator[Workflow]:
    with receiving(Workflow()) as listening:
        yield listening


@pytest.fixture
def n8n(cast: Cast) -> ApiClient:
    return create_client(cast.owner, KeyScope.WEBHOOKS, name="n8n", mode=KeyMode.COMPATIBLE)


def add(
    n8n: ApiClient, workflow: Workflow, event: str, inbox_id: int | None = None, *, sample: bool = False
) -> str:
    """As the node does; the ID that it keeps."""
    body = {"event": event, "url": workflow.address, "send_sample": sample}
    id = n8n.post("/n8n/v1/triggers", body | ({"inbox_id": inbox_id} if inbox_id else {}))["id"]
    assert isinstance(id, str)
    return id


def test_a_workflow_gets_the_events_of_its_inbox(
    cast: Cast, n8n: ApiClient, workflow: Workflow, carrier: FakeTwilio, deliver_due: Step, work: Step
) -> None:
    ids = [add(n8n, workflow, event, cast.front_desk.id) for event in TRIGGERS]
    carrier.text(cast.billing, TOM, "To another inbox")
    carrier.text(cast.front_desk, STRANGER, "Is it ready?")
    carrier.text(cast.front_desk, STRANGER, "Hello?")
    with scope(cast.northside.id):
        compose_text(cast.front_desk, STRANGER, "Yes.", author=cast.member, by_hand=True)
        compose_text(cast.front_desk, MARIA, "Come in.", author=cast.member, by_hand=True)
        compose_text(cast.front_desk, TOM, "By a program.", author=None, author_name="API (CRM)")
    work()
    carrier.text(cast.front_desk, STRANGER, "STOP")
    create_client(cast.owner).post("contact/set_status", {"phone": MARIA, "status": "unsubscribed"})
    create_client(cast.owner).call("PUT", f"contact/{cast.tom.id}", {"first": "Thomas"})
    deliver_due()

    def of(event: str) -> list[tuple[Any, ...]]:
        found = [item for item in workflow.items if item["event"] == event]
        return sorted((item["phone_number"], item.get("text") or item.get("first")) for item in found)

    texts = [(STRANGER, "Hello?"), (STRANGER, "Is it ready?"), (STRANGER, "STOP")]
    assert of("incoming_message") == texts
    assert of("outgoing_message") == [(MARIA, "Come in."), (STRANGER, "Yes.")], "written by members"
    assert of("incoming_message_unsubscribe") == [(STRANGER, None)], "by the person"
    assert of("chat_started_inbound") == [(STRANGER, "Is it ready?")]
    assert of("chat_started_outbound") == [(MARIA, "Come in.")]
    assert of("contact_updated") == [(TOM, "Thomas"), (STRANGER, "")], "changed, and created; in any inbox"
    in_inbox = [item for item in workflow.items if item["event"] != "contact_updated"]
    assert {item["inbox_id"] for item in in_inbox} == {cast.front_desk.id}
    assert [row["id"] for row in n8n.get("/n8n/v1/triggers")] == ids
    for id in ids:
        n8n.call("DELETE", f"/n8n/v1/triggers/{id}")
    assert n8n.get("/n8n/v1/triggers") == []
    assert n8n.refused("DELETE", f"/n8n/v1/triggers/{ids[0]}") == (404, "webhook_not_found")


def test_a_sample_is_posted_at_once(
    cast: Cast, n8n: ApiClient, workflow: Workflow, deliver_due: Step
) -> None:
    for event in TRIGGERS:
        add(n8n, workflow, event, cast.front_desk.id, sample=True)
    deliver_due()
    assert sorted(item["event"] for item in workflow.items) == sorted(TRIGGERS)
    for item in workflow.items:
        assert item["sample"] is True and item["phone_number"].startswith("+") and "contact_id" not in item


def test_what_is_refused(
    cast: Cast, n8n: ApiClient, workflow: Workflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = {"event": "incoming_message", "url": workflow.address, "send_sample": False}
    address = "/n8n/v1/triggers"
    assert n8n.refused("POST", address, {**new, "event": NOT_OFFERED}) == (409, "not_possible")
    assert n8n.refused("POST", address, {**new, "inbox_id": cast.shop.id}) == (404, "inbox_not_found")
    assert n8n.refused("POST", address, {**new, "url": "https://user@n8n.example.com/"}) == (400, "bad_data")
    dry = n8n.post(address, new, **{"X-Heymarket-Dry-Run": "true"})
    assert dry["response"]["event"] == "incoming_message" and n8n.get(address) == []
    webhook = n8n.post("webhooks", {"name": "CRM", "url": workflow.address, "events": ["message_received"]})
    assert n8n.refused("DELETE", f"{address}/{webhook['id']}") == (404, "webhook_not_found"), "no trigger"
    monkeypatch.setattr(registration, "MAX_TRIGGERS", 1)
    id = n8n.post(address, new)["id"]
    assert n8n.refused("POST", address, new) == (409, "not_possible")
    assert create_client(cast.owner, KeyScope.READ).refused("GET", address) == (403, "denied")
    harbor = create_client(cast.outsider)
    assert harbor.get(address) == [] and harbor.refused("DELETE", f"{address}/{id}") == (
        404,
        "webhook_not_found",
    )


def test_the_page_leaves_the_event_to_the_workflow(
    cast: Cast, n8n: ApiClient, workflow: Workflow, as_client: Callable[[Member], Client]
) -> None:
    id = int(add(n8n, workflow, "incoming_message", cast.front_desk.id))
    browser, address = as_client(cast.admin), reverse("edit_endpoint", args=[cast.northside.slug, id])
    page = browser.get(address).content.decode()
    assert "A workflow of n8n added this trigger" in page and "Standard Webhooks" not in page
    form = {"name": "Orders", "url": workflow.address, "events": ["audit_recorded"], "format": "heymarket"}
    browser.post(address, form)
    with scope(cast.northside.id):
        saved = Endpoint.objects.get(id=id)
    assert (saved.name, saved.events, saved.format) == ("Orders", ["message_received"], "n8n")
