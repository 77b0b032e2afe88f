"""POST /v1/optouts/compare: each kind of difference, with its cause, in a few statements whatever the count."""

from typing import Any

import pytest

from api.models import KeyScope
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from optout import consent
from optout.consent_types import Actor
from optout.ledger import history
from tests.api.conftest import ApiClient, create_client
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import new_sid
from tests.statements import counted

PIA, LEO, ODD = "+14155550303", "+14155550304", "+15550001234567"


@pytest.fixture
def reader(cast: Cast) -> ApiClient:
    """An app whose key may only read."""
    return create_client(cast.owner, KeyScope.READ)


@pytest.fixture
def recorded(cast: Cast) -> Cast:
    """Tom opted out by text, Maria came back, Pia is blocked, the stranger is held, Billing's carrier refuses Leo."""
    for inbox, number, words in (
        (cast.front_desk, TOM, "STOP"), (cast.front_desk, MARIA, "STOP"), (cast.front_desk, MARIA, "START"),
        (cast.front_desk, STRANGER, "wrong number"), (cast.billing, LEO, "START"), (cast.billing, ODD, "STOP"),
    ):  # fmt: skip
        inbound.receive(inbox, InboundText(new_sid(), number, words))
    with scope(cast.northside.id):
        consent.block(cast.northside.id, PIA, Actor.of(cast.admin), reason="spam")
        opted_in = history(cast.northside.id, LEO)[0].recorded_at
        consent.apply_carrier_refusal(cast.billing, LEO, claimed_at=opted_in, message_id=3, reason="21610")
    return cast


def compare(reader: ApiClient, *numbers: tuple[str, str], **options: Any) -> list[Any]:
    sent = [{"phone": phone, "status": status} for phone, status in numbers]
    answer = reader.post("optouts/compare", {"numbers": sent, **options})
    return [(one["indexes"], one["kind"], one["status"], one["origin"]) for one in answer["differences"]]


A, U, B = "active", "unsubscribed", "blocked"
# What is sent, and the kind, the status here and the origin of its difference.
CASES: list[tuple[str, str, tuple[str, str | None, str | None] | None]] = [
    (TOM, A, ("only_here", U, "contact")),
    (TOM, U, None),
    (TOM, B, ("other_status", U, "contact")),
    (MARIA, A, None),
    (MARIA, U, ("only_there", A, "contact")),
    (MARIA, B, ("only_there", A, "contact")),
    (PIA, A, ("only_here", B, "member")),
    (PIA, U, ("other_status", B, "member")),
    (PIA, B, None),
    (STRANGER, A, ("held_for_review", A, "contact")),
    (STRANGER, U, ("only_there", A, None)),
    (LEO, A, ("some_inboxes", A, "carrier")),
    (LEO, U, ("only_there", A, "carrier")),
    ("14155550399", A, None),
    ("(415) 555-0399", U, ("only_there", A, None)),
    (ODD, A, ("only_here", U, "contact")),
    (ODD.removeprefix("+"), U, None),
    ("US:384387", A, None),
    ("384387", A, ("invalid_phone_number", None, None)),
    ("1234", A, ("invalid_phone_number", None, None)),
    ("call Ada", U, ("invalid_phone_number", None, None)),
    ("", U, ("invalid_phone_number", None, None)),
]


def test_each_kind_of_difference(recorded: Cast, reader: ApiClient, unchanged: None) -> None:
    for phone, status, expected in CASES:
        found = compare(reader, (phone, status))
        assert found == ([([0], *expected)] if expected else []), (phone, status)
    in_billing = {"inbox_id": recorded.billing.id}
    assert compare(reader, (LEO, A), **in_billing) == [([0], "only_here", U, "carrier")]
    assert compare(reader, (LEO, U), **in_billing) == []
    assert compare(reader, (LEO, A), inbox_id=recorded.front_desk.id) == []


def test_a_difference_has_its_cause_and_its_places(
    recorded: Cast, reader: ApiClient, unchanged: None
) -> None:
    sent = [
        {"phone": phone, "status": status}
        for phone, status in [("x", A), (TOM, A), (MARIA, A), ("1 415 555 0102", A), (MARIA, U), (LEO, A)]
    ]
    answer = reader.post("optouts/compare", {"numbers": sent})
    assert answer == reader.post("optouts/compare", {"numbers": sent}), "a second call finds the same"
    invalid, tom, maria, leo = answer["differences"]
    assert answer["compared"] == 3
    with scope(recorded.northside.id):
        stop, start = (history(recorded.northside.id, number)[0] for number in (TOM, MARIA))
    assert (invalid["phone"], invalid["indexes"], bool(invalid["sentence"])) == ("x", [0], True)
    assert tom == {
        "phone": TOM, "indexes": [1, 3], "kind": "only_here", "status": U, "inbox_ids": [],
        "sentence": "Contact opted out by texting STOP to Front Desk.", "origin": "contact", "event_id": stop.id,
        "since": stop.happened_at.isoformat().replace("+00:00", "Z"),
    }  # fmt: skip
    assert (maria["kind"], maria["indexes"], maria["event_id"]) == ("duplicate_phone", [2, 4], start.id)
    assert (leo["kind"], leo["inbox_ids"]) == ("some_inboxes", [recorded.billing.id])


def test_bad_lists_are_refused(cast: Cast, reader: ApiClient) -> None:
    one = {"phone": MARIA, "status": A}
    bodies: list[Any] = [
        {}, {"numbers": []}, {"numbers": [one] * 10_001}, {"numbers": [{"phone": MARIA}]},
        {"numbers": [{**one, "status": "gone"}]}, {"numbers": [{**one, "phone": 14155550101}]},
        {"numbers": [{**one, "phone": "1" * 201}]}, {"numbers": [{**one, "name": "Maria"}]},
    ]  # fmt: skip
    for body in bodies:
        assert reader.refused("POST", "optouts/compare", body) == (400, "bad_data")
    other = {"numbers": [one], "inbox_id": cast.shop.id}
    assert reader.refused("POST", "optouts/compare", other) == (404, "inbox_not_found")
    writer = create_client(cast.owner, KeyScope.WRITE)
    assert writer.refused("POST", "optouts/compare", {"numbers": [one]})[0] == 403


def test_another_teams_opt_outs_are_not_told(recorded: Cast, harbor_crm: ApiClient) -> None:
    assert compare(harbor_crm, (TOM, A), (PIA, A), (STRANGER, A)) == []


def test_ten_thousand_numbers_take_the_statements_of_one(
    recorded: Cast, reader: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost(numbers: list[tuple[str, str]]) -> tuple[int, list[Any]]:
        with counted(monkeypatch) as statements:
            found = compare(reader, *numbers)
        return len(statements), found

    cost([(MARIA, A)])
    single, _ = cost([(TOM, A)])
    many = [(f"1212{at:07d}", U if at % 2 else A) for at in range(5_550_000, 5_559_996)]
    count, found = cost([*many, (TOM, A), (MARIA, U), (STRANGER, A), (PIA, A)])
    assert count == single <= 10
    assert len(found) == len(many) // 2 + 4
    assert [kind for _, kind, _, _ in found[-4:]] == [
        "only_here",
        "only_there",
        "held_for_review",
        "only_here",
    ]
