"""POST /v1/why: up to 1,000 numbers with every reason, in a few statements whatever their number."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
import time_machine

from accounts.models import Inbox, Team
from api.models import KeyScope
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from optout import consent
from optout.consent_records.models import ConsentCategory, ConsentMethod
from optout.consent_records.recording import StatedConsent, record_consent
from optout.consent_types import Actor
from optout.double_opt_in.models import DoubleOptIn
from optout.suppression_lists.models import SuppressedNumber, SuppressionList
from tests.api.conftest import ApiClient, create_client
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import new_sid

NOON = datetime(2026, 11, 25, 20, tzinfo=UTC)  # a Wednesday, in California
NIGHT = datetime(2026, 11, 26, 8, tzinfo=UTC)


@pytest.fixture
def crm(cast: Cast) -> ApiClient:
    return create_client(cast.owner, KeyScope.READ)


def plain(number: str) -> str:
    return number.removeprefix("+")


def codes(crm: ApiClient, *numbers: str, **options: Any) -> list[list[str]]:
    found = crm.post(
        "why", {"phones": [number if len(number) < 9 else plain(number) for number in numbers], **options}
    )
    assert all(one["may_text"] is not bool(one["reasons"]) for one in found)
    return [[reason["code"] for reason in one["reasons"]] for one in found]


def test_every_reason_of_each_number(cast: Cast, crm: ApiClient) -> None:
    team = cast.northside
    with time_machine.travel(NOON):
        inbound.receive(cast.front_desk, InboundText(new_sid(), TOM, "STOP"))
        inbound.receive(cast.front_desk, InboundText(new_sid(), STRANGER, "wrong number"))
        with scope(team.id):
            consent.block(team.id, TOM, Actor.of(cast.admin))
            made = SuppressionList.objects.create(
                team=team, name="DNC", kind="do_not_call", dated=NOON.date()
            )
            SuppressedNumber.objects.create(team=team, list=made, number=MARIA, run_id=1)
            Inbox.objects.filter(team=team, id=cast.front_desk.id).update(double_opt_in=True)
            DoubleOptIn.objects.create(team=team, inbox=cast.front_desk, number=MARIA, asked_at=NOON)
            Team.objects.filter(id=team.id).update(marketing_needs_consent=True, sending_hours={})
            stated = StatedConsent(ConsentCategory.INFORMATIONAL, ConsentMethod.FORM, "Yes", "", NOON)
            record_consent(team.id, MARIA, stated, Actor.of(cast.admin))
        asked = (MARIA, TOM, STRANGER, "+19005550123", "+1234", MARIA)
        found = codes(crm, *asked, inbox_id=cast.front_desk.id)
        assert found[0] == found[5] == ["suppressed", "no_consent", "unconfirmed"]
        assert found[1:5] == [
            ["blocked", "opted_out", "no_consent"], ["held_for_review", "no_consent"],
            ["not_textable", "no_consent"], ["invalid_phone_number"],
        ]  # fmt: skip
        first = crm.post("why", {"phones": [plain(MARIA), plain(TOM)], "category": "informational"})
        assert [(one["may_text"], one["status"], one["consent"]) for one in first] == [
            (True, "active", "informational"), (False, "blocked", None),
        ]  # fmt: skip
        assert "STOP to Front Desk" in first[1]["reasons"][1]["sentence"]
    with time_machine.travel(NIGHT):
        (night,) = crm.post("why", {"phones": [plain(MARIA)], "category": "informational"})
    assert codes(crm, "(650) 1", "n/a", "", plain(MARIA))[:3] == [["invalid_phone_number"]] * 3
    (reason,) = night["reasons"]
    assert reason["code"] == "sending_hours" and reason["until"] > "2026-11-26T12"
    assert crm.refused("POST", "why", {"phones": []})[0] == 400
    assert crm.refused("POST", "why", {"phones": [plain(MARIA)] * 1001})[0] == 400


def test_the_statements_do_not_grow_with_the_numbers(
    cast: Cast, crm: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    count, execute = [0], psycopg.Cursor.execute

    def counted(cursor: Any, *args: Any, **options: Any) -> Any:
        count[0] += 1
        return execute(cursor, *args, **options)

    def cost(numbers: list[str]) -> int:
        count[0] = 0
        crm.post("why", {"phones": numbers})
        return count[0]

    for number in (MARIA, TOM):
        inbound.receive(cast.front_desk, InboundText(new_sid(), number, "STOP"))
    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    cost([plain(MARIA)])
    one = cost([plain(MARIA)])
    assert cost([plain(TOM), *(str(12125550000 + at) for at in range(999))]) == one <= 16
