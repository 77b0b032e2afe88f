"""API calls about a person's data: its export and its erasure, for keys that have the scope."""

import json
from typing import Any

from accounts.audit.actions import AuditAction
from accounts.audit.models import AuditEntry
from api.models import KeyScope
from contacts.contact.models import Contact
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from messaging.models import Message
from tests.api.conftest import ApiClient, create_client
from tests.cast import MARIA, STRANGER, Cast
from tests.messaging.fake_twilio import new_sid

PHONE = {"phone": MARIA.removeprefix("+")}


def entries(cast: Cast, *actions: AuditAction) -> list[Any]:
    with scope(cast.northside.id):
        rows = AuditEntry.objects.filter(team=cast.northside, action__in=actions).order_by("id")
        return [(row.action, row.actor_name, row.details) for row in rows]


def test_a_person_is_exported_and_erased(cast: Cast, crm: ApiClient, harbor_crm: ApiClient) -> None:
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "My knee hurts"))
    inbound.receive(cast.billing, InboundText(new_sid(), MARIA, "STOP"))
    exported = crm.post("person/export", PHONE)
    assert {text["body"] for text in exported["data"]["texts"]} >= {"My knee hurts", "STOP"}
    assert exported["data"]["about"]["made_by"] == "API (CRM)"
    assert (exported["data"]["contact"][0]["first_name"], exported["files"]) == ("Maria", {})
    started, ended = entries(cast, AuditAction.EXPORT_STARTED, AuditAction.EXPORT_ENDED)
    assert (started[1], ended[1], ended[2]["complete"]) == ("CRM", "CRM", True)
    assert ended[2]["rows"] > 5 and MARIA not in json.dumps([started, ended])

    dry = crm.post("person/erase", PHONE, **{"X-Heymarket-Dry-Run": "true"})["response"]
    with scope(cast.northside.id):
        assert Message.objects.filter(number=MARIA).exists(), "a dry run erases nothing"
    erased = crm.post("person/erase", PHONE)
    assert erased == dry
    assert (erased["contacts"], erased["may_text"]) == (1, False) and erased["texts"] >= 2
    with scope(cast.northside.id):
        assert not Contact.objects.filter(number=MARIA).exists()
        assert not Message.objects.exclude(body="").exists()
    ((_, by, details),) = entries(cast, AuditAction.PERSON_ERASED)
    assert (by, details["texts"]) == ("CRM", erased["texts"])
    assert crm.get(f"contact/{PHONE['phone']}/why")["may_text"] is False, "the opt-out stays"
    with scope(cast.harbor.id):
        assert Contact.objects.filter(number=MARIA).exists(), "the other team's contact stays"


def test_only_a_key_with_the_scope_may_and_an_unknown_number_is_told(cast: Cast, crm: ApiClient) -> None:
    others = create_client(cast.owner, *(value for value in KeyScope if value != KeyScope.PERSONAL_DATA))
    for call in ("export", "erase"):
        assert others.refused("POST", f"person/{call}", PHONE) == (403, "denied")
        unknown = crm.refused("POST", f"person/{call}", {"phone": STRANGER})
        assert unknown == (404, "contact_not_found")
    assert entries(cast, AuditAction.EXPORT_STARTED, AuditAction.PERSON_ERASED) == []
