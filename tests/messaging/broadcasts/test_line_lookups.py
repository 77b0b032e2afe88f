"""Lookups of line types: asked for on the review, answered in the background, kept; landlines get no broadcast."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Inbox, Member
from contacts.lists.models import ContactList
from kernel.tenancy import scope
from messaging import tasks
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import Broadcast
from messaging.carriers.base import SendError
from messaging.carriers.registry import adapter_for
from messaging.erasure import erase_messages
from messaging.line_types import lookups
from messaging.line_types.kinds import LineKind
from messaging.line_types.models import LineType
from messaging.scope_lookups import inboxes_with_lookups
from messaging.simulator.adapter import SimulatorAdapter
from tests.cast import Cast
from tests.messaging.broadcasts.conftest import recipients
from tests.messaging.fake_twilio import FakeTwilio

LANDLINE, MOBILE, BRITISH, TEXTED_US = "+14155551001", "+14155551002", "+447400123456", "+14155551003"
PEOPLE = [LANDLINE, MOBILE, BRITISH, TEXTED_US, "US:911"]
type MakeList = Callable[..., ContactList]
type MakeBroadcast = Callable[..., Broadcast]


@pytest.fixture
def look_up(cast: Cast) -> Callable[[], None]:
    """One round of the sweep."""

    def round_of_sweep() -> None:
        for inbox in inboxes_with_lookups(10):
            tasks.look_up_line_types(inbox.team_id, inbox.id)

    return round_of_sweep


def turn_on(cast: Cast) -> None:
    with scope(cast.northside.id):
        Inbox.objects.filter(team=cast.northside, id=cast.front_desk.id).update(line_lookups=True)
    cast.front_desk.line_lookups = True


def kinds(cast: Cast) -> dict[str, str]:
    with scope(cast.northside.id):
        return dict(LineType.objects.filter(team=cast.northside).values_list("number", "kind"))


def test_landlines_are_looked_up_at_the_review_and_left_out(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    as_client: Callable[[Member], Client],
    look_up: Callable[[], None],
    send: Callable[[Broadcast], Broadcast],
) -> None:
    carrier.line_types = {LANDLINE: "landline", TEXTED_US: "landline", BRITISH: "fixedVoip"}
    carrier.text(cast.front_desk, TEXTED_US, "Hello")
    draft = make_broadcast(make_list(PEOPLE))
    admin = as_client(cast.admin)
    args = [cast.northside.slug, draft.id]
    review = reverse("broadcast_review", args=args)
    assert "Landlines" not in admin.get(review).content.decode(), "off by default"

    turn_on(cast)
    page = admin.get(review).content.decode()
    assert "Look up 3 numbers" in page and "Your carrier charges for each lookup." in page
    assert carrier.looked_up == [], "looking at the page costs nothing"
    ask = reverse("broadcast_line_lookups", args=args)
    assert as_client(cast.member).post(ask).status_code == 403
    assert admin.post(ask).status_code == 302
    page = admin.get(review).content.decode()
    assert "The carrier is being asked about 3 numbers." in page and "Look up" not in page
    assert "Send to 4 people" in page, "it blocks nothing"

    look_up()
    assert sorted(carrier.looked_up) == sorted([LANDLINE, MOBILE, BRITISH]), "not who has texted us"
    assert kinds(cast) == {LANDLINE: "landline", MOBILE: "other", BRITISH: "other"}
    page = admin.get(review).content.decode()
    assert "All 3 numbers were looked up." in page and "Send to 3 people" in page
    group = admin.get(reverse("broadcast_left_out", args=[*args, "landline"])).content.decode()
    assert "(415) 555-1001" in group and "(415) 555-1002" not in group
    export = reverse("export_broadcast_left_out", args=[*args, "landline"])
    exported = b"".join(admin.get(export)).decode()  # type: ignore[call-overload]
    assert LANDLINE[2:5] in exported and MOBILE not in exported

    admin.post(ask)
    look_up()
    assert len(carrier.looked_up) == 3, "no number is paid for twice"
    assert recipients(send(draft)) == {
        LANDLINE: LeftOut.LANDLINE, MOBILE: "texted", BRITISH: "texted", TEXTED_US: "texted",
        "US:911": LeftOut.NOT_TEXTABLE,
    }  # fmt: skip
    with scope(cast.northside.id):
        erase_messages(cast.northside.id, [LANDLINE])
    assert LANDLINE not in kinds(cast)


@pytest.mark.parametrize(
    ("answer", "kind", "asks_others"),
    [
        ("landline", LineKind.LANDLINE, True),
        ("mobile", LineKind.OTHER, True),
        ("nonFixedVoip", LineKind.OTHER, True),
        ("unknown", LineKind.UNKNOWN, True),
        ((200, {"line_type_intelligence": {"type": None, "error_code": 60601}}), LineKind.UNKNOWN, True),
        ((200, {"line_type_intelligence": None}), LineKind.UNKNOWN, True),
        ((200, b"no JSON"), LineKind.UNKNOWN, False),
        ((404, {"code": 20404, "message": "not found", "status": 404}), LineKind.UNKNOWN, False),
        ((429, {"code": 20429, "message": "Too many requests", "status": 429}), LineKind.UNKNOWN, False),
        ((503, {"code": 20503, "message": "unavailable", "status": 503}), LineKind.UNKNOWN, False),
    ],
)
def test_what_the_carrier_answers(
    cast: Cast, carrier: FakeTwilio, answer: Any, kind: LineKind, asks_others: bool
) -> None:
    turn_on(cast)
    carrier.line_types[LANDLINE] = answer
    wait_for(cast, LANDLINE, MOBILE)
    lookups.look_up_batch(cast.northside.id, cast.front_desk.id)
    assert kinds(cast) == {LANDLINE: kind, MOBILE: LineKind.OTHER if asks_others else LineKind.WAITING}


def wait_for(cast: Cast, *numbers: str) -> None:
    with scope(cast.northside.id):
        for number in numbers:
            LineType.objects.create(
                team=cast.northside, inbox=cast.front_desk, number=number, due_at=timezone.now()
            )


def test_refused_credentials_end_the_lookups_of_the_inbox(cast: Cast, carrier: FakeTwilio) -> None:
    turn_on(cast)
    carrier.token = "another"
    wait_for(cast, LANDLINE, MOBILE)
    lookups.look_up_batch(cast.northside.id, cast.front_desk.id)
    assert set(kinds(cast).values()) == {LineKind.UNKNOWN}
    assert inboxes_with_lookups(10) == []


def test_an_inbox_that_was_switched_off_asks_nobody(
    cast: Cast, carrier: FakeTwilio, look_up: Callable[[], None]
) -> None:
    wait_for(cast, LANDLINE)
    look_up()
    assert carrier.looked_up == [] and kinds(cast) == {LANDLINE: LineKind.UNKNOWN}


def test_results_are_asked_for_again_after_a_year(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    as_client: Callable[[Member], Client],
    look_up: Callable[[], None],
    owner: psycopg.Connection,
) -> None:
    turn_on(cast)
    draft = make_broadcast(make_list([LANDLINE]))
    ask = reverse("broadcast_line_lookups", args=[cast.northside.slug, draft.id])
    admin = as_client(cast.admin)
    carrier.line_types[LANDLINE] = "landline"
    admin.post(ask)
    look_up()
    owner.execute("UPDATE messaging_linetype SET looked_up_at = now() - %s", [timedelta(days=366)])
    carrier.line_types[LANDLINE] = "mobile"
    admin.post(ask)
    assert kinds(cast) == {LANDLINE: "landline"}, "until there is another answer"
    look_up()
    assert kinds(cast) == {LANDLINE: "other"} and carrier.looked_up == [LANDLINE] * 2


def test_the_simulator_says_that_numbers_ending_in_90_to_99_are_landlines(cast: Cast) -> None:
    simulator = SimulatorAdapter()
    for ending, kind in (("90", LineKind.LANDLINE), ("99", LineKind.LANDLINE), ("89", LineKind.OTHER)):
        assert simulator.line_kind(cast.front_desk, f"+141555510{ending}") == kind


def test_an_inbox_without_token_looks_nothing_up(cast: Cast) -> None:
    cast.front_desk.auth_tokens = []
    with pytest.raises(SendError):
        adapter_for(cast.front_desk).line_kind(cast.front_desk, MOBILE)
