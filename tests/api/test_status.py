"""API calls on consent: every status on every standing, fresh consent, and the explanation."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from api.models import KeyScope
from contacts.contact import number_changes
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from tests.api.conftest import ApiClient, create_client
from tests.cast import MARIA, STRANGER, Cast
from tests.messaging.fake_twilio import new_sid

MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)
PHONE = STRANGER.removeprefix("+")


def stop(cast: Cast, number: str = STRANGER, words: str = "STOP") -> None:
    inbound.receive(cast.front_desk, InboundText(new_sid(), number, words))


def opted_out(cast: Cast) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, STRANGER, MAYA, reason="They asked us.")


def blocked(cast: Cast) -> None:
    with scope(cast.northside.id):
        consent.block(cast.northside.id, STRANGER, MAYA)


# -- every status on every standing ------------------------------------------------------------------------------

GIVEN: dict[str, tuple[Callable[[Cast], Any], ...]] = {
    "active": (),
    "ours": (opted_out,),
    "theirs": (stop,),
    "block": (blocked,),
    "ours and block": (opted_out, blocked),
    "theirs and block": (stop, blocked),
}
# The standing after each status, as (the person's opt-out, ours, block). None: refused and unchanged.
NOTHING = (False, False, False)
TABLE: dict[str, dict[str, tuple[bool, bool, bool] | None]] = {
    "active": {
        "subscribed": NOTHING, "unsubscribed": (False, True, False), "active": NOTHING,
        "blocked": (False, False, True), "unblocked": NOTHING,
    },
    "ours": {
        "subscribed": NOTHING, "unsubscribed": (False, True, False), "active": NOTHING,
        "blocked": (False, True, True), "unblocked": (False, True, False),
    },
    "theirs": {
        "subscribed": None, "unsubscribed": (True, True, False), "active": None,
        "blocked": (True, False, True), "unblocked": (True, False, False),
    },
    "block": {
        "subscribed": (False, False, True), "unsubscribed": (False, True, True), "active": NOTHING,
        "blocked": (False, False, True), "unblocked": NOTHING,
    },
    "ours and block": {
        "subscribed": (False, False, True), "unsubscribed": (False, True, True), "active": NOTHING,
        "blocked": (False, True, True), "unblocked": (False, True, False),
    },
    "theirs and block": {
        "subscribed": None, "unsubscribed": (True, True, True), "active": None,
        "blocked": (True, False, True), "unblocked": (True, False, False),
    },
}  # fmt: skip


def standing(crm: ApiClient) -> tuple[bool, bool, bool]:
    status = crm.post("contact/status", {"phone": PHONE})
    assert status["unsubscribed"] == (status["unsubscribed_contact"] or status["unsubscribed_admin"])
    return status["unsubscribed_contact"], status["unsubscribed_admin"], status["blocked"]


@pytest.mark.parametrize("given", TABLE)
def test_every_status_on_a_standing(cast: Cast, crm: ApiClient, given: str) -> None:
    for status, expected in TABLE[given].items():
        with scope(cast.northside.id):
            consent.unblock(cast.northside.id, STRANGER, MAYA)
        inbound.receive(cast.front_desk, InboundText(new_sid(), STRANGER, "START"))
        for step in GIVEN[given]:
            step(cast)
        before = standing(crm)
        answer = crm.call("POST", "contact/set_status", {"phone": PHONE, "status": status})
        if expected is None:
            assert (answer.status_code, answer.json()["error_code"]) == (409, "contact_opted_out"), status
            assert standing(crm) == before, status
        else:
            assert (answer.status_code, answer.json()) == (200, "success"), status
            assert standing(crm) == expected, status


def test_a_repeated_opt_out_is_a_newer_statement(cast: Cast, crm: ApiClient) -> None:
    """Consent that was given between the two does not lift it."""
    crm.post("contact/set_status", {"phone": PHONE, "status": "unsubscribed"})
    between = timezone.now().isoformat()
    crm.post("contact/set_status", {"phone": PHONE, "status": "unsubscribed"})
    assert [change["changed"] for change in crm.get("optouts")["changes"]] == [True, False]
    assert crm.refused("POST", "contact/set_status", record(obtained_at=between)) == (
        409,
        "contact_opted_out",
    )
    assert crm.post("contact/set_status", record()) == "success"


@pytest.mark.parametrize("status", ["subscribed", "active", "unblocked"])
def test_a_repeated_status_that_lifts_nothing_adds_no_ledger_entry(crm: ApiClient, status: str) -> None:
    for _ in range(3):
        crm.post("contact/set_status", {"phone": PHONE, "status": status})
    assert crm.get("optouts")["changes"] == []


# -- the person's word -------------------------------------------------------------------------------------------


def told(**change: Any) -> dict[str, Any]:
    word = {"source": "Web form", "words": "no more texts", "said_at": "2026-11-01T10:00:00Z"}
    return {"phone": PHONE, "status": "unsubscribed"} | word | change


def test_the_persons_word_is_the_persons_own_opt_out(cast: Cast, crm: ApiClient) -> None:
    assert crm.post("contact/set_status", told()) == "success"
    assert standing(crm) == (True, False, False)
    (change,) = crm.get("optouts")["changes"]
    recorded = {name: change[name] for name in ("initiated_by", "words", "source", "happened_at", "sentence")}
    assert recorded == {
        "initiated_by": {"origin": "told_api", "name": "CRM", "id": crm.key.id},
        "words": "no more texts", "source": "Web form", "happened_at": "2026-11-01T10:00:00Z",
        "sentence": "API key CRM recorded that this person opted out: “no more texts” (Web form)",
    }  # fmt: skip
    assert crm.refused("POST", "contact/set_status", {"phone": PHONE, "status": "subscribed"}) == (
        409,
        "contact_opted_out",
    )
    assert crm.post("contact/set_status", record()) == "success"
    assert standing(crm) == NOTHING


def test_the_same_word_sent_again_adds_nothing_and_a_newer_one_is_an_entry(crm: ApiClient) -> None:
    for said_at in ("2026-11-01T10:00:00Z", "2026-11-01T10:00:00Z", "2026-11-02T10:00:00Z"):
        crm.post("contact/set_status", told(said_at=said_at))
    assert [change["changed"] for change in crm.get("optouts")["changes"]] == [True, False]


def test_a_word_from_before_an_opt_in_is_refused(cast: Cast, crm: ApiClient) -> None:
    stop(cast, words="START")
    assert crm.refused("POST", "contact/set_status", told()) == (400, "bad_data")
    assert standing(crm) == NOTHING
    assert crm.post("contact/set_status", told(said_at=None)) == "success", "said now"
    assert standing(crm) == (True, False, False)


@pytest.mark.parametrize("name", ["source", "words", "said_at"])
def test_any_part_of_a_word_makes_the_opt_out_the_persons_own(crm: ApiClient, name: str) -> None:
    body = {"phone": PHONE, "status": "unsubscribed", name: told()[name]}
    assert crm.post("contact/set_status", body) == "success"
    assert standing(crm) == (True, False, False)


@pytest.mark.parametrize("change", [{"said_at": "yesterday"}, {"source": "x" * 201}])
def test_a_word_that_cannot_be_stored_is_refused(crm: ApiClient, change: dict[str, Any]) -> None:
    assert crm.refused("POST", "contact/set_status", told(**change)) == (400, "bad_data")
    assert standing(crm) == NOTHING


@pytest.mark.parametrize("status", ["subscribed", "unblocked"])
def test_other_statuses_ignore_a_word(crm: ApiClient, status: str) -> None:
    assert crm.post("contact/set_status", told(status=status)) == "success"
    assert standing(crm) == NOTHING


def test_a_contact_is_named_by_its_id_or_its_number(cast: Cast, crm: ApiClient) -> None:
    assert crm.post("contact/status", {"phone": "+14155550101"})["id"] == cast.maria.id
    crm.post("contact/set_status", {"id": cast.maria.id, "status": "unsubscribed"})
    status = crm.post("contact/status", {"id": cast.maria.id})
    assert (status["phone"], status["unsubscribed"]) == ("14155550101", True)
    assert crm.post("contact/status", {"phone": PHONE})["id"] is None, "a number without a contact"


def test_a_carriers_opt_out_of_one_inbox_is_shown_and_not_lifted(cast: Cast, crm: ApiClient) -> None:
    stop(cast)
    stop(cast, words="START")
    with scope(cast.northside.id):
        consent.apply_carrier_refusal(
            cast.front_desk, STRANGER, claimed_at=timezone.now() + timedelta(1), message_id=1, reason="21610"
        )
    status = crm.post("contact/status", {"phone": PHONE})
    assert (status["unsubscribed"], status["unsubscribed_inboxes"]) == (False, [cast.front_desk.id])
    refused = crm.call("POST", "contact/set_status", {"phone": PHONE, "status": "subscribed"})
    assert "until the person texts START" in refused.json()["message"]
    all_inboxes = crm.get(f"contact/{PHONE}/why")
    assert (all_inboxes["may_text"], all_inboxes["decided_by"]["words"]) == (True, "START")
    front_desk = crm.get(f"contact/{PHONE}/why?inbox_id={cast.front_desk.id}")
    assert (front_desk["may_text"], front_desk["decided_by"]["initiated_by"]["origin"]) == (False, "carrier")
    assert crm.get(f"contact/{PHONE}/why?inbox_id={cast.billing.id}")["decided_by"]["words"] == "START"


# -- fresh consent -----------------------------------------------------------------------------------------------


def record(**change: Any) -> dict[str, Any]:
    consent = {"text": "Yes, text me again", "obtained_at": timezone.now().isoformat(), "source": "Web form"}
    return {"phone": PHONE, "status": "subscribed", "consent": consent | change}


def test_fresh_consent_lifts_a_persons_own_opt_out_and_is_in_the_ledger(cast: Cast, crm: ApiClient) -> None:
    stop(cast)
    assert crm.post("contact/set_status", record()) == "success"
    newest = crm.get("optouts")["changes"][-1]
    recorded = {name: newest[name] for name in ("action", "words", "source", "initiated_by")}
    assert recorded == {
        "action": "opted_in", "words": "Yes, text me again", "source": "Web form",
        "initiated_by": {"origin": "api", "name": "CRM", "id": crm.key.id},
    }  # fmt: skip
    assert newest["sentence"].startswith("API key CRM opted this contact back in with fresh consent")


@pytest.mark.parametrize("given", GIVEN)
def test_fresh_consent_needs_its_scope_whatever_the_standing(cast: Cast, given: str) -> None:
    """It counts as an opt-in, which weakens later carrier refusals and vendor lists."""
    plain = create_client(cast.owner, KeyScope.READ, KeyScope.WRITE)
    for step in GIVEN[given]:
        step(cast)
    entries = plain.get("optouts")["changes"]
    assert plain.refused("POST", "contact/set_status", record()) == (403, "denied")
    assert plain.get("optouts")["changes"] == entries


@pytest.mark.parametrize("status", ["unsubscribed", "blocked", "unblocked"])
def test_fresh_consent_is_accepted_only_when_subscribing(crm: ApiClient, status: str) -> None:
    assert crm.refused("POST", "contact/set_status", {**record(), "status": status}) == (400, "bad_data")


def test_a_contact_whose_number_changes_concurrently_is_opted_out_under_the_new_number(
    cast: Cast, crm: ApiClient, elsewhere: Any, waits_for_lock: Any
) -> None:
    """The call names Maria by ID and waits for the lock of her old number."""
    with scope(cast.northside.id):
        number_changes.change_number(cast.maria, STRANGER, by=MAYA)
        waiting = elsewhere(crm.post, "contact/set_status", {"id": cast.maria.id, "status": "unsubscribed"})
        waits_for_lock()
    assert waiting.result(10) == "success"
    assert not crm.get(f"contact/{PHONE}/why")["may_text"]
    assert crm.get("contact/14155550101/why")["may_text"], "her old number"


@pytest.mark.parametrize("change", [
    {"obtained_at": "2026-01-01T00:00:00Z"}, {"obtained_at": "2099-01-01T00:00:00Z"}, {"text": "   "}, {"source": " "},
])  # fmt: skip
def test_invalid_fresh_consent_lifts_nothing(cast: Cast, crm: ApiClient, change: dict[str, str]) -> None:
    stop(cast)
    assert crm.refused("POST", "contact/set_status", record(**change)) == (409, "contact_opted_out")
    assert not crm.get(f"contact/{PHONE}/why")["may_text"]


def test_active_unblocks_and_subscribes_or_does_neither(cast: Cast, crm: ApiClient) -> None:
    stop(cast)
    blocked(cast)
    entries = len(crm.get("optouts")["changes"])
    assert crm.refused("POST", "contact/set_status", {"phone": PHONE, "status": "active"}) == (
        409,
        "contact_opted_out",
    )
    assert standing(crm) == (True, False, True)
    assert len(crm.get("optouts")["changes"]) == entries
    assert crm.post("contact/set_status", {**record(), "status": "active"}) == "success"
    assert standing(crm) == NOTHING


# -- the explanation ---------------------------------------------------------------------------------------------


def test_an_unknown_number_may_be_texted(crm: ApiClient) -> None:
    answer = crm.get(f"contact/{PHONE}/why")
    assert answer.pop("sending_hours").keys() == {"clock", "open", "held_until", "reason"}
    assert answer == {
        "phone": PHONE, "may_text": True, "status": "active", "decided_by": None, "pending_opt_in": "", "causes": [],
        "held_by": [], "consent": None, "suppression_lists": [], "awaits_double_opt_in": False,
        "sentence": "Yes. Nothing has ever been recorded against it.",
    }  # fmt: skip


def test_the_explanation_has_the_strongest_cause_its_words_and_how_to_lift_it(
    cast: Cast, crm: ApiClient
) -> None:
    stop(cast, MARIA, "Stop. Thank you")
    why = crm.get("contact/14155550101/why")
    (cause,) = why["causes"]
    assert (cause["event"]["words"], cause["event"]["inbox_name"]) == ("Stop. Thank you", "Front Desk")
    assert cause["persons_own"] and "text START" in cause["lifted_by"]
    assert why["decided_by"] == cause["event"]
    with scope(cast.northside.id):
        consent.block(cast.northside.id, MARIA, MAYA)
    why = crm.get("contact/14155550101/why")
    assert (why["status"], [cause["kind"] for cause in why["causes"]]) == ("blocked", ["block", "opt_out"])
    assert why["sentence"] == "No. Maya Chen blocked this number."


def test_the_explanation_is_about_the_standing_not_the_newest_entry(cast: Cast, crm: ApiClient) -> None:
    stop(cast)
    blocked(cast)
    crm.post("contact/set_status", {"phone": PHONE, "status": "unblocked"})
    why = crm.get(f"contact/{PHONE}/why")
    assert (why["may_text"], why["decided_by"]["action"]) == (False, "opted_out")
    assert why["sentence"] == "No. Contact opted out by texting STOP to Front Desk."


def test_a_number_in_a_response_is_accepted_in_a_request(cast: Cast, crm: ApiClient) -> None:
    """Carriers can deliver texts from numbers that are not assigned."""
    stop(cast, "+15550001234")
    (entry,) = crm.get("optouts")["changes"]
    assert entry["phone"] == "15550001234"
    assert not crm.get(f"contact/{entry['phone']}/why")["may_text"]
    assert crm.post("contact/status", {"phone": entry["phone"]})["unsubscribed_contact"]
    assert crm.refused("POST", "contact/status", {"phone": "15550009999"}) == (422, "invalid_phone_number")


def test_the_explanation_of_an_opt_in(cast: Cast, crm: ApiClient) -> None:
    stop(cast)
    stop(cast, words="START")
    why = crm.get(f"contact/{PHONE}/why")
    assert why["sentence"] == "Yes. Contact opted back in by texting START to Front Desk."
    stop(cast, words="START")
    assert crm.get(f"contact/{PHONE}/why")["decided_by"] == why["decided_by"], (
        "a second START changed nothing"
    )
