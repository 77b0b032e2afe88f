"""Misreadings: only an opt-out in own words is lifted, alone, within a day, with a reason, and both entries stay."""

from datetime import timedelta
from typing import Any

import pytest

from kernel.tenancy import scope
from optout import consent, ledger_verification, misreadings
from optout.consent_types import Actor
from optout.ledger import history
from optout.lifting_rules import CannotLift
from optout.models import Action
from optout.number_locks import lock_number
from optout.number_state import fetch_number_state, standing
from optout.reader.outcome import Outcome
from tests.cast import MARIA, Cast

REASON = "understood as opt-out: “take me off”"


def texts(cast: Cast, message_id: int, reason: str = REASON) -> None:
    with scope(cast.northside.id):
        lock_number(cast.northside.id, MARIA)
        before = fetch_number_state(cast.northside.id, MARIA)
        consent.apply_keyword(
            cast.front_desk, MARIA, Outcome.OPT_OUT, before=before, now=before.now, at=before.now,
            words="take me off", message_id=message_id, carrier_answers=False, reason=reason,
        )  # fmt: skip


def lift(cast: Cast, message_id: int = 1, reason: str = "She meant the guest list") -> Any:
    with scope(cast.northside.id):
        return misreadings.lift_misread(cast.northside.id, MARIA, message_id, Actor.of(cast.admin), reason)


def may_text(cast: Cast) -> bool:
    with scope(cast.northside.id):
        return standing(cast.northside.id, MARIA).may_text


def test_a_misread_text_is_lifted_and_both_entries_stay(cast: Cast) -> None:
    texts(cast, 1)
    event = lift(cast)
    assert (event.action, event.origin, event.reason) == (
        "opted_in",
        "member",
        "misread: She meant the guest list",
    )
    assert may_text(cast) and not event.is_opt_in
    with scope(cast.northside.id):
        assert [entry.action for entry in history(cast.northside.id, MARIA)] == [
            Action.OPTED_IN,
            Action.OPTED_OUT,
        ]
        assert ledger_verification.verify(cast.northside.id).fault is None


def test_other_opt_outs_stay(cast: Cast) -> None:
    texts(cast, 1)
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, Actor.of(cast.admin), reason="Our decision")
    lift(cast)
    assert not may_text(cast)


@pytest.mark.parametrize("case", ["keyword", "no reason", "again", "late", "other text"])
def test_what_is_not_lifted(cast: Cast, case: str, monkeypatch: Any) -> None:
    texts(cast, 1, "" if case == "keyword" else REASON)
    if case == "again":
        texts(cast, 2, "")
    if case == "late":
        monkeypatch.setattr(misreadings, "MISREAD_WITHIN", timedelta(0))
    with pytest.raises(CannotLift):
        lift(cast, 9 if case == "other text" else 1, " " if case == "no reason" else "guest list")
    assert not may_text(cast)
