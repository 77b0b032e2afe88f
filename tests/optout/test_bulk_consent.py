"""Tests of bulk consent: each of many numbers is treated exactly as optout.consent treats a single number."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations
from typing import Any

import pytest
from django.db import connection

from kernel.tenancy import scope
from optout import consent, ledger_verification
from optout.bulk_consent import (
    block_many,
    copy_suppressions,
    lift_ours_many,
    numbers_opted_in_since,
    opt_out_many,
    unblock_many,
)
from optout.consent_types import Actor, StatedOptOut
from optout.lifting_rules import CannotLift
from optout.models import ConsentEvent, Origin, Suppression, SuppressionKind
from optout.number_locks import MAX_LOCKED_NUMBERS
from optout.number_state import fetch_number_state, standing, standing_across_inboxes, standings
from optout.reader.outcome import Outcome
from tests.cast import MARIA, TOM, Cast

MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)
FILE = Actor(Origin.IMPORT, "Maya Chen (people.csv)", 7)
VENDOR = Actor(Origin.VENDOR_LIST, "Maya Chen", 7)
NOW = datetime.now(UTC)

# Kind and origin of each suppression that a number can have, and whether it applies to one inbox only.
ROWS: list[tuple[SuppressionKind, Origin, bool]] = [
    (SuppressionKind.OPT_OUT, Origin.CONTACT, False),
    (SuppressionKind.OPT_OUT, Origin.CARRIER, False),
    (SuppressionKind.OPT_OUT, Origin.CARRIER, True),
    (SuppressionKind.OPT_OUT, Origin.VENDOR_LIST, False),
    (SuppressionKind.OPT_OUT, Origin.MEMBER, False),
    (SuppressionKind.OPT_OUT, Origin.IMPORT, False),
    (SuppressionKind.OPT_OUT, Origin.API, False),
    (SuppressionKind.BLOCK, Origin.MEMBER, False),
]
# Every set of up to three suppressions, and all at once.
SETS = [*chain.from_iterable(combinations(ROWS, size) for size in range(4)), tuple(ROWS)]

ChangeMany = Callable[[int, list[str]], list[ConsentEvent]]
ChangeOne = Callable[[int, str], ConsentEvent | None]


def lift_or_leave(team_id: int, number: str) -> ConsentEvent | None:
    try:
        return consent.lift(team_id, number, MAYA, reason="mistake")
    except CannotLift:
        return None


CHANGES: dict[str, tuple[ChangeMany, ChangeOne]] = {
    "opt out": (
        lambda team, numbers: opt_out_many(team, numbers, MAYA, reason="asked us"),
        lambda team, number: consent.opt_out(team, number, MAYA, reason="asked us"),
    ),
    "import": (
        lambda team, numbers: opt_out_many(team, numbers, FILE, reason="Opt Out column"),
        lambda team, number: consent.opt_out(team, number, FILE, reason="Opt Out column"),
    ),
    "block": (
        lambda team, numbers: block_many(team, numbers, MAYA, reason="spam"),
        lambda team, number: consent.block(team, number, MAYA, reason="spam"),
    ),
    "unblock": (
        lambda team, numbers: unblock_many(team, numbers, MAYA, reason="mistake"),
        lambda team, number: consent.unblock(team, number, MAYA, reason="mistake"),
    ),
    "lift ours": (
        lambda team, numbers: lift_ours_many(team, numbers, MAYA, reason="mistake"),
        lift_or_leave,
    ),
}


def number_of(set_number: int, group: int) -> str:
    return f"+1415{group}{set_number:06d}"


def suppress(cast: Cast, group: int) -> list[str]:
    """A number for each set, with those suppressions."""
    Suppression.objects.bulk_create(
        Suppression(
            team=cast.northside, number=number_of(index, group), kind=kind, origin=origin,
            inbox=cast.billing if in_one_inbox else None, event_id=1, created_at=NOW,
        )
        for index, rows in enumerate(SETS) for kind, origin, in_one_inbox in rows
    )  # fmt: skip
    return [number_of(index, group) for index in range(len(SETS))]


def outcome_of(team_id: int, numbers: list[str]) -> dict[str, Any]:
    """Suppressions and entry of each number, without the values that differ: ID, times, hash and number."""
    found = standings(team_id, numbers)
    entries = {
        event.number: [
            getattr(event, name)
            for name in ("position", "action", "origin", "before", "after", "added", "lifted", "actor_id",
                         "actor_name", "reason", "source", "words", "inbox_id", "previous_hash")
        ]
        for event in ConsentEvent.objects.filter(team_id=team_id, number__in=numbers)
    }  # fmt: skip
    return {
        number[6:]: (
            sorted(row.name for row in found[number].rows) if number in found else [],
            entries.get(number),
        )
        for number in numbers
    }


@pytest.mark.parametrize("change", CHANGES)
def test_many_numbers_are_treated_as_each_would_be(cast: Cast, change: str) -> None:
    many, one = CHANGES[change]
    team = cast.northside.id
    with scope(team):
        in_bulk, singly = suppress(cast, 1), suppress(cast, 2)
        written = many(team, in_bulk)
        events = [event for number in singly if (event := one(team, number))]
        assert outcome_of(team, in_bulk) == outcome_of(team, singly)
        assert len(written) == len(events) > 0
        assert all(event.hash == event.digest() for event in written)


def test_a_number_counts_once_by_its_newest_time(cast: Cast) -> None:
    early, late = NOW - timedelta(days=9), NOW - timedelta(days=2)
    with scope(cast.northside.id):
        opt_outs = [
            StatedOptOut(MARIA, late, "Old vendor"),
            StatedOptOut(MARIA, early),
            StatedOptOut(TOM),
            StatedOptOut(TOM, late),
        ]
        maria, tom = opt_out_many(cast.northside.id, opt_outs, VENDOR, reason="vendor list")
        assert (maria.happened_at, maria.source) == (late, "Old vendor")
        assert tom.happened_at == tom.recorded_at
        (again,) = opt_out_many(cast.northside.id, opt_outs, VENDOR, reason="vendor list")
        assert again.number == TOM and not again.changed, "without a time it is stated now"
        assert standing(cast.northside.id, MARIA).persons_own


def test_an_opt_out_before_an_opt_in_is_not_recorded(cast: Cast) -> None:
    with scope(cast.northside.id):
        before = fetch_number_state(cast.northside.id, MARIA)
        opt_in = consent.apply_keyword(
            cast.front_desk, MARIA, Outcome.OPT_IN, before=before, now=before.now, at=before.now, words="START",
            message_id=1, carrier_answers=False,
        ).event  # fmt: skip
        assert opt_in
        older = [
            StatedOptOut(MARIA, opt_in.happened_at - timedelta(days=1)),
            StatedOptOut(TOM, opt_in.happened_at),
        ]
        assert numbers_opted_in_since(cast.northside.id, older) == {MARIA}
        assert [event.number for event in opt_out_many(cast.northside.id, older, VENDOR, reason="")] == [TOM]
        same = [StatedOptOut(MARIA, opt_in.happened_at)]
        assert len(opt_out_many(cast.northside.id, same, VENDOR, reason="")) == 1, "in doubt nobody is texted"


def test_more_numbers_than_a_transaction_may_lock_are_refused(cast: Cast) -> None:
    numbers = [f"+1415{n:07d}" for n in range(MAX_LOCKED_NUMBERS + 1)]
    with scope(cast.northside.id):
        with pytest.raises(ValueError, match="at most 500"):
            opt_out_many(cast.northside.id, numbers, MAYA, reason="x")
        assert len(opt_out_many(cast.northside.id, numbers[1:], MAYA, reason="x")) == MAX_LOCKED_NUMBERS


def test_batches_in_opposite_order_wait_for_each_other_and_the_ledger_is_intact(cast: Cast) -> None:
    team, numbers = cast.northside.id, [f"+1415{n:07d}" for n in range(200)]
    failures: list[Exception] = []

    def work(order: list[str], actor: Actor) -> None:
        try:
            for _ in range(3):
                with scope(team):
                    opt_out_many(team, order, actor, reason="asked us")
                with scope(team):
                    lift_ours_many(team, order, actor, reason="mistake")
        except Exception as failure:  # noqa: BLE001
            failures.append(failure)
        finally:
            connection.close()

    workers = [
        threading.Thread(target=work, args=(numbers, MAYA)),
        threading.Thread(target=work, args=(numbers[::-1], FILE)),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert not failures
    with scope(team):
        verification = ledger_verification.verify(team)
        assert verification.fault is None
        assert verification.numbers == 200


def test_a_copied_opt_out_keeps_its_origin(cast: Cast) -> None:
    """The person's own opt-out stays the person's own, and the old number keeps its suppressions."""
    team = cast.northside.id
    with scope(team):
        opt_out_many(team, [MARIA], VENDOR, reason="vendor list")
        consent.block(team, MARIA, MAYA)
        consent.apply_carrier_refusal(cast.billing, MARIA, claimed_at=NOW, message_id=3, reason="21610")
        events = copy_suppressions(team, MARIA, TOM, MAYA, reason="Number changed")
        assert {(event.actor_name, event.source) for event in events} == {
            ("Maya Chen", f"copied from {MARIA}")
        }
        names = [{row.name for row in standing_across_inboxes(team, number).rows} for number in (MARIA, TOM)]
        assert names[0] == names[1] == {"opt_out vendor_list", "block member"}
        with pytest.raises(CannotLift):
            consent.lift(team, TOM, MAYA, reason="mistake")
        assert copy_suppressions(team, MARIA, TOM, MAYA, reason="again") == []
        assert ledger_verification.verify(team).fault is None
