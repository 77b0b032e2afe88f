"""Tests of the verbs of a card: a member is offered exactly what is not refused."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from kernel.tenancy import scope
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from optout.standing_panel import LiftOption, StandingPanel, build_panel
from optout.standing_verbs import verbs
from tests.cast import Cast

EXPECTED = {  # by state and how the opt-outs may be lifted; in the order of the card
    ("active", LiftOption.NOTHING): ["opt_out", "block", "consent_records"],
    ("opt_out", LiftOption.REASON): ["opt_out_lifting", "opt_in", "block"],
    ("opt_out", LiftOption.CONSENT): ["opt_in", "block"],
    ("opt_out", LiftOption.ASK): ["block"],
    ("opt_out", LiftOption.PERSON): ["opt_out", "block"],
    ("block", LiftOption.NOTHING): ["unblock", "opt_out"],
    **{("block", lift): ["unblock"] for lift in (LiftOption.REASON, LiftOption.CONSENT, LiftOption.ASK)},
    ("block", LiftOption.PERSON): ["unblock", "opt_out"],
}
RIGHT_OF = {"opt_out": "opt_out", "consent_records": "opt_out", "opt_out_lifting": "lift"}
RIGHT_OF |= {"block": "block", "unblock": "block"}


def panel(state: str, lift: LiftOption, rights: dict[str, bool]) -> SimpleNamespace:
    # Whether an opt-out from all inboxes is in force: a carrier's is from one inbox.
    of_all = lift not in (LiftOption.NOTHING, LiftOption.PERSON)
    return SimpleNamespace(
        may_opt_out_of_all=rights["opt_out"] and not of_all,
        active=state == "active",
        blocked=state == "block",
        lift=lift,
        standing=SimpleNamespace(opt_outs=() if lift == LiftOption.NOTHING else (1,)),
        may_record_consent=state != "block" and lift in (LiftOption.REASON, LiftOption.CONSENT),
        **{f"may_{right}": has for right, has in rights.items()},
    )


@pytest.mark.parametrize("case", EXPECTED, ids=str)
def test_each_standing_offers_these_verbs_to_whoever_has_the_rights(case: tuple[str, LiftOption]) -> None:
    for opt_out, block, lift in product((True, False), repeat=3):
        rights = {"opt_out": opt_out, "block": block, "lift": lift}
        offered = [verb.url_name for verb in verbs(panel(*case, rights))]
        assert offered == [name for name in EXPECTED[case] if rights.get(RIGHT_OF.get(name, ""), True)]


ROWS = {
    "our decision": Origin.MEMBER,
    "import": Origin.IMPORT,
    "API": Origin.API,
    "they asked": Origin.TOLD_MEMBER,
    "import, their word": Origin.TOLD_IMPORT,
    "API, their word": Origin.TOLD_API,
    "vendor": Origin.VENDOR_LIST,
}
SETS = [{row} for row in ROWS] + [{"our decision", "they asked"}, {"our decision", "import"}]
HOUR = timedelta(hours=1)


def lifting_data(cast: Cast) -> dict[str, dict[str, str]]:
    now = timezone.localtime(timezone.now(), ZoneInfo(cast.northside.time_zone))
    given = {"words": "text me", "source": "By phone", "obtained_at": now.strftime("%Y-%m-%dT%H:%M")}
    return {"opt_out_lifting": {"reason": "decision"}, "unblock": {"reason": "mistake"}, "opt_in": given}


@pytest.mark.parametrize("role", ["admin", "member"])
def test_a_lift_is_offered_if_and_only_if_it_is_done(
    cast: Cast, as_client: Callable[[Member], Client], role: str
) -> None:
    """What the card offers, the views do; what it does not offer, they refuse."""
    member: Member = getattr(cast, role)
    browser = as_client(member)
    for at, (rows, (name, data)) in enumerate(product(SETS, lifting_data(cast).items())):
        number = f"+1415555{1000 + at}"
        opt_out(cast, number, rows)
        offered = name in {verb.url_name for verb in card(member, number).verbs}
        browser.post(reverse(name, args=[cast.northside.slug, number]), data)
        assert card(member, number).active == offered, (sorted(rows), name)


def opt_out(cast: Cast, number: str, rows: set[str]) -> None:
    team_id = cast.northside.id
    with scope(team_id):
        for row in sorted(rows):
            by = Actor(ROWS[row], "Somebody", 999)
            consent.opt_out(team_id, number, by, reason="", happened_at=timezone.now() - HOUR)


def card(member: Member, number: str) -> StandingPanel:
    with scope(member.team_id):
        return build_panel(member, number, None)
