"""Errors about consent: the refused text, who opted out, when and how, and what would lift it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.models import KeyScope
from api.refusals import LiftCode
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from messaging.models import Message
from optout import consent
from optout.consent_types import Actor
from optout.lifting_rules import CannotLift, FreshConsent, opt_outs_to_lift
from optout.models import PERSONS_OWN, ConsentEvent, Origin, Suppression, SuppressionKind
from optout.refusal_causes import lift_codes
from tests.api.conftest import ApiClient, create_client
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import new_sid

CONSENT = FreshConsent("Text me again", "call", datetime(2026, 11, 1, tzinfo=UTC))


@pytest.mark.parametrize("inbox_id", [None, 1])
@pytest.mark.parametrize("origin", list(Origin))
def test_the_codes_say_what_the_lifting_rules_allow(origin: Origin, inbox_id: int | None) -> None:
    row = Suppression(kind=SuppressionKind.OPT_OUT, origin=origin, inbox_id=inbox_id)
    codes = lift_codes(row)

    def lifts(given: FreshConsent | None) -> bool:
        try:
            by = Actor(Origin.API, "CRM")
            return bool(opt_outs_to_lift([row], by, "Status set by API", given, may_lift_persons=True))
        except CannotLift:
            return False

    assert LiftCode.PERSON_TEXTS_START in codes  # START lifts every opt-out
    assert (LiftCode.SET_SUBSCRIBED in codes) is lifts(None)
    assert (LiftCode.FRESH_CONSENT in codes) is (lifts(CONSENT) and origin in PERSONS_OWN)
    assert LiftCode.SET_UNBLOCKED not in codes


def test_no_text_lifts_a_block() -> None:
    assert lift_codes(Suppression(kind=SuppressionKind.BLOCK, origin=Origin.MEMBER)) == [
        LiftCode.SET_UNBLOCKED
    ]


def send(cast: Cast, app: ApiClient, number: str, **headers: str) -> Any:
    sent = {"inbox_id": cast.front_desk.id, "phone_number": number, "text": "Hello"}
    answer = app.call("POST", "message/send", sent, **headers)
    assert answer.status_code == 409, answer.json()
    return answer.json()


def test_a_refused_text_says_who_opted_out_and_what_would_lift_it(cast: Cast, crm: ApiClient) -> None:
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "STOP"))
    with scope(cast.northside.id):
        entry = ConsentEvent.objects.get(team=cast.northside, number=MARIA)
    key = {"Idempotency-Key": "1"}
    body = send(cast, crm, MARIA, **key)
    with scope(cast.northside.id):
        refused = Message.objects.get(team=cast.northside, number=MARIA, outbound=True, status="refused")
    assert body["error_code"] == "unsubscribed_number"
    assert body["message"] == (
        "This number has opted out. The person can text START. An owner or admin can also record fresh consent."
    )
    assert body["refusal"]["message_id"] == refused.id
    (cause,) = body["refusal"]["causes"]
    assert cause["sentence"] == "Contact opted out by texting STOP to Front Desk."
    assert (cause["event_id"], cause["persons_own"], cause["inbox_id"]) == (entry.id, True, None)
    assert cause["happened_at"] is not None and cause["kind"] == "opt_out"
    assert cause["lift"] == ["person_texts_start", "fresh_consent"]
    assert send(cast, crm, MARIA, **key)["refusal"] == body["refusal"]
    dry = send(cast, crm, MARIA, **{"X-Heymarket-Dry-Run": "true"})
    assert dry["dry_run"] is True and dry["refusal"]["causes"][0]["lift"] == cause["lift"]
    assert "message_id" not in dry["refusal"] and "event_id" not in dry["refusal"]["causes"][0]
    # The same where a text is scheduled, and where somebody tries to lift it.
    later = {
        "inbox_id": cast.front_desk.id, "phone_number": MARIA, "execute_at": "2027-03-02T15:00:00Z",
        "content": {"text": "Hello"},
    }  # fmt: skip
    assert crm.call("POST", "schedule", later).json()["refusal"] == {"message_id": None, "causes": [cause]}
    lifting = crm.call("POST", "contact/set_status", {"phone": MARIA, "status": "subscribed"})
    assert (lifting.json()["error_code"], lifting.json()["refusal"]) == (
        "contact_opted_out", {"message_id": None, "causes": [cause]},
    )  # fmt: skip


def test_other_causes(cast: Cast, crm: ApiClient) -> None:
    maya = Actor(Origin.MEMBER, "Maya Chen", cast.member.id)
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, TOM, maya, reason="We moved")
        consent.opt_out(cast.northside.id, STRANGER, maya, reason="We moved")
        consent.block(cast.northside.id, STRANGER, maya)
    (cause,) = send(cast, crm, TOM)["refusal"]["causes"]
    assert (cause["persons_own"], cause["lift"]) == (False, ["person_texts_start", "set_status_subscribed"])
    body = send(cast, crm, STRANGER)
    assert body["error_code"] == "blocked_number"
    assert [cause["kind"] for cause in body["refusal"]["causes"]] == ["block", "opt_out"]
    assert body["refusal"]["causes"][0]["lift"] == ["set_status_unblocked"]
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "wrong number"))
    held = send(cast, crm, MARIA)
    assert held["error_code"] == "held_for_review"
    assert [(cause["kind"], cause["lift"]) for cause in held["refusal"]["causes"]] == [
        ("held_for_review", ["member_decides"])
    ]


def test_a_key_that_may_only_send_reads_no_history(cast: Cast) -> None:
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "STOP"))
    body = send(cast, create_client(cast.owner, KeyScope.SEND), MARIA)
    (cause,) = body["refusal"]["causes"]
    assert (cause["sentence"], cause["event_id"], cause["happened_at"]) == ("", None, None)
    assert cause["lift"] == ["person_texts_start", "fresh_consent"]
