"""Statements of an opt-out that is in force: each newer one is a ledger entry, and older consent does not lift it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.tenancy import scope
from optout import consent
from optout.bulk_consent import block_many, opt_out_many
from optout.consent_types import Actor, StatedOptOut
from optout.ledger import history
from optout.lifting_rules import CannotLift, FreshConsent
from optout.models import ConsentEvent, Origin
from tests.cast import MARIA, Cast

NOON = timezone.now().replace(microsecond=0) - timedelta(days=9)
HOUR = timedelta(hours=1)
KEY = Actor(Origin.API, "CRM key", 9)
VENDOR = Actor(Origin.VENDOR_LIST, "Olivia Owens", 1)

State = Callable[..., list[ConsentEvent]]


def state_one(
    team_id: int, actor: Actor, at: datetime | None = None, source: str = "", words: str = ""
) -> list[ConsentEvent]:
    event = consent.opt_out(team_id, MARIA, actor, reason="", happened_at=at, source=source, words=words)
    return [event] if event else []


def state_many(
    team_id: int, actor: Actor, at: datetime | None = None, source: str = "", words: str = ""
) -> list[ConsentEvent]:
    return opt_out_many(team_id, [StatedOptOut(MARIA, at, source, words)], actor, reason="")


# After a first statement by the key at noon, from "list": is the second one an entry?
SECOND: dict[str, tuple[Actor, datetime | None, str, bool]] = {
    "the same again": (KEY, NOON, "list", False),
    "an older one": (KEY, NOON - HOUR, "list", False),
    "an older one from elsewhere": (KEY, NOON - HOUR, "other list", False),
    "a newer one": (KEY, NOON + HOUR, "list", True),
    "an undated one": (KEY, None, "list", True),
    "at the same time from elsewhere": (KEY, NOON, "other list", True),
    "at the same time by another key": (Actor(Origin.API, "Shop key", 10), NOON, "list", True),
    "at the same time by a key of the same name": (Actor(Origin.API, "CRM key", 11), NOON, "list", True),
    "another origin": (VENDOR, NOON - HOUR, "list", True),
    "the person's word": (KEY.recording_the_persons_word(), NOON - HOUR, "list", True),
}


@pytest.mark.parametrize("state", [state_one, state_many])
@pytest.mark.parametrize("second", SECOND)
def test_each_newer_statement_is_an_entry(cast: Cast, second: str, state: State) -> None:
    actor, at, source, is_entry = SECOND[second]
    with scope(cast.northside.id):
        (first,) = state(cast.northside.id, KEY, NOON, "list")
        entries = state(cast.northside.id, actor, at, source)
        assert [entry.changed for entry in entries] == [actor.origin != KEY.origin] * is_entry
        assert history(cast.northside.id, MARIA) == [*entries, first]
        assert not at or state(cast.northside.id, actor, at, source) == [], "sending it again adds nothing"


@pytest.mark.parametrize("state", [state_one, state_many])
@pytest.mark.parametrize("actor", [KEY, VENDOR, KEY.recording_the_persons_word()], ids=lambda by: by.origin)
def test_consent_between_two_statements_does_not_lift(cast: Cast, actor: Actor, state: State) -> None:
    with scope(cast.northside.id):
        state(cast.northside.id, actor, NOON)
        state(cast.northside.id, actor, NOON + 2 * HOUR)
        with pytest.raises(CannotLift, match="older than the opt-out"):
            lift(cast, NOON + HOUR)
        assert lift(cast, NOON + 3 * HOUR)


def lift(cast: Cast, obtained_at: datetime) -> ConsentEvent | None:
    fresh = FreshConsent("text me again", "at the desk", obtained_at)
    return consent.lift(cast.northside.id, MARIA, KEY, consent=fresh, may_lift_persons=True)


def test_what_is_stated_is_in_the_entry(cast: Cast) -> None:
    by = KEY.recording_the_persons_word()
    with scope(cast.northside.id):
        (event,) = state_one(cast.northside.id, by, NOON, "Web form", "no more texts")
        recorded: Any = event.origin, event.happened_at, event.source, event.words, event.actor_name
        assert recorded == (Origin.TOLD_API, NOON, "Web form", "no more texts", "CRM key")
        assert event.added == ["opt_out told_api"]


def test_an_opt_out_that_was_lifted_is_new_again(cast: Cast) -> None:
    with scope(cast.northside.id):
        state_one(cast.northside.id, KEY, NOON, "list")
        assert consent.lift(cast.northside.id, MARIA, KEY, reason="a mistake")
        (again,) = state_one(cast.northside.id, KEY, NOON, "list")
        assert again.changed


def test_a_repeated_block_is_an_entry(cast: Cast) -> None:
    with scope(cast.northside.id):
        assert consent.block(cast.northside.id, MARIA, KEY)
        again = consent.block(cast.northside.id, MARIA, KEY, reason="rude again")
        assert again and not again.changed and again.reason == "rude again"
        (in_bulk,) = block_many(cast.northside.id, [MARIA], KEY)
        assert not in_bulk.changed
