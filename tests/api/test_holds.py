"""API calls about a number that is held for review: sends, `why`, and the feed."""

from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from optout import consent
from optout.consent_types import Actor
from tests.api.conftest import ApiClient
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import new_sid

PHONE = "14155550101"
WORDS = "STOP 12345"


def test_an_app_may_not_text_a_held_number(cast: Cast, crm: ApiClient) -> None:
    """Also if it names a member as the author. Once the person opts in, it may."""
    assert crm.get(f"contact/{PHONE}/why")["held_by"] == []
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, WORDS))
    body = {
        "inbox_id": cast.front_desk.id,
        "phone_number": PHONE,
        "text": "Sale!",
        "creator_id": cast.member.id,
    }
    refused = crm.call("POST", "message/send", body)
    assert (refused.status_code, refused.json()["error_code"]) == (409, "held_for_review")
    why = crm.get(f"contact/{PHONE}/why")
    assert (why["may_text"], why["status"], why["causes"]) == (False, "active", [])
    assert [entry["words"] for entry in why["held_by"]] == [WORDS]
    assert why["sentence"].startswith("No. Held for review: “STOP 12345” to Front Desk may be an opt-out")
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "START"))
    assert crm.get(f"contact/{PHONE}/why")["may_text"]
    assert crm.call("POST", "message/send", body).status_code == 200


def test_the_feed_has_holds_as_changes_of_their_own(cast: Cast, crm: ApiClient) -> None:
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, WORDS))
    with scope(cast.northside.id):
        consent.block(cast.northside.id, MARIA, Actor.of(cast.admin))
    changes = [change for change in crm.get("optouts")["changes"] if change["phone"] == PHONE]
    assert [(change["action"], change["changed"], change["after"]) for change in changes] == [
        ("held", False, "active"), ("blocked", True, "blocked"),
    ]  # fmt: skip
