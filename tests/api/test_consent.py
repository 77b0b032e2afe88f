"""API calls on consent records and suppression lists: what is recorded, what is read, and that nothing is lifted."""

from typing import Any

import pytest
from django.utils import timezone

from api.models import KeyScope
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from optout.suppression_lists.models import SuppressedNumber, SuppressionList
from tests.api.conftest import ApiClient, create_client
from tests.cast import STRANGER, Cast
from tests.messaging.fake_twilio import new_sid

PHONE = STRANGER.removeprefix("+")
FORM = {
    "category": "marketing", "method": "form", "text": "Yes, offers", "source": "Website",
    "obtained_at": "2026-05-03T12:00:00Z",
}  # fmt: skip


@pytest.fixture
def crm(cast: Cast) -> ApiClient:
    return create_client(cast.owner, KeyScope.READ, KeyScope.WRITE, KeyScope.CONSENT)


def stop(cast: Cast) -> None:
    inbound.receive(cast.front_desk, InboundText(new_sid(), STRANGER, "STOP"))


def test_contacts_bring_consent_that_is_exported_with_its_evidence(cast: Cast, crm: ApiClient) -> None:
    made = crm.post("contact", {"phone": PHONE, "first": "Nina", "consent": FORM})
    for consent in (
        FORM,
        {"category": "informational", "text": "Reminders are fine"},
    ):  # the first is known already
        assert crm.call("PUT", f"contact/{made['id']}", {"consent": consent}).status_code == 200
    first = crm.get("consents?limit=1")
    assert first["more"] and [record["text"] for record in first["records"]] == ["Yes, offers"]
    (second,) = crm.get(f"consents?since={first['next']}")["records"]
    assert (second["method"], second["obtained_at"], second["recorded_by"]) == (
        "other",
        None,
        crm_name(first),
    )
    why = crm.get(f"contact/{PHONE}/why")
    assert why["consent"]["sentence"].startswith("Agreed to informational texts")
    stop(cast)
    refused = crm.get(f"contact/{PHONE}/why")
    assert (refused["may_text"], refused["consent"]) == (False, None), "the STOP took it back"
    crm.post("contact", {"phone": PHONE, "consent": {**FORM, "text": "Again"}})
    assert crm.get(f"contact/{PHONE}/why")["may_text"] is False, "a record lifts nothing"


def crm_name(page: dict[str, Any]) -> str:
    return str(page["records"][0]["recorded_by"])


def test_fresh_consent_says_to_which_texts(cast: Cast, crm: ApiClient) -> None:
    stop(cast)
    consent = {"text": "Offers again", "source": "By phone", "category": "marketing"}
    consent["obtained_at"] = timezone.now().isoformat()
    status = {"phone": PHONE, "status": "subscribed", "consent": consent}
    assert crm.post("contact/set_status", status) == "success"
    (record,) = crm.get("consents")["records"]
    assert (record["category"], record["text"]) == ("marketing", "Offers again")


def test_suppression_lists_are_read_and_explain(cast: Cast, crm: ApiClient) -> None:
    with scope(cast.northside.id):
        made = SuppressionList.objects.create(
            team=cast.northside, name="DNC", kind="do_not_call", dated="2026-11-25", numbers_count=1
        )
        SuppressedNumber.objects.create(team=cast.northside, list=made, number=STRANGER, run_id=1)
    (shown,) = crm.get("suppression-lists")
    assert (shown["name"], shown["kind"], shown["dated"], shown["numbers"]) == (
        "DNC",
        "do_not_call",
        "2026-11-25",
        1,
    )
    why = crm.get(f"contact/{PHONE}/why")
    assert why["may_text"] and why["suppression_lists"] == ["DNC"]
