"""The sentences of the ledger: one row of the table for each kind of line."""

from datetime import UTC, datetime
from typing import Any

import pytest

from optout.models import Action, ConsentEvent, Origin, StandingState, Suppression, SuppressionKind
from optout.wording import describe_entry, describe_lifting

OUT, IN, BLOCKED, UNBLOCKED = Action.OPTED_OUT, Action.OPTED_IN, Action.BLOCKED, Action.UNBLOCKED
AT_DESK = {"inbox_id": 7, "inbox_name": "Front Desk"}
MAYA = {"actor_name": "Maya Chen"}
MADE, GONE = {"added": ["opt_out contact"]}, {"lifted": ["opt_out contact"]}
FRESH = {"words": "Yes, text me", "source": "By phone", "obtained_at": datetime(2026, 11, 1, tzinfo=UTC)}

SENTENCES: list[tuple[Action, Origin, dict[str, Any], str]] = [
    *(
        (
            action,
            origin,
            {**MAYA, "source": "carried over from +15105553344", "reason": "Number changed"},
            f"Maya Chen carried {what} over to this number (number changed)",
        )
        for action, what, origins in (
            (OUT, "an opt-out", list(Origin)),
            (BLOCKED, "a block", [Origin.MEMBER]),
        )
        for origin in origins
    ),
    (
        OUT,
        Origin.CONTACT,
        {**AT_DESK, **MADE, "words": "STOP"},
        "Contact opted out by texting STOP to Front Desk",
    ),
    (OUT, Origin.CONTACT, {**AT_DESK, "words": "STOP"}, "Contact texted STOP to Front Desk again"),
    (
        OUT,
        Origin.CONTACT,
        {**AT_DESK, **MADE, "words": " Stop.\nThank you "},
        "Contact opted out by texting “Stop. Thank you” to Front Desk",
    ),
    (
        OUT,
        Origin.CARRIER,
        {**AT_DESK, "added": ["opt_out carrier"]},
        "Reported by the carrier: this person opted out",
    ),
    (
        OUT,
        Origin.CARRIER,
        {**AT_DESK, "added": ["opt_out carrier 7"]},
        "Reported by the carrier: this person opted out of Front Desk alone",
    ),
    (OUT, Origin.VENDOR_LIST, {"source": "Old list"}, "Opted out before the move to Heymarket (old list)"),
    (
        OUT,
        Origin.MEMBER,
        {**MAYA, "reason": "They asked us"},
        "Maya Chen opted this contact out (they asked us)",
    ),
    (OUT, Origin.MEMBER, {"reason": "SMS form"}, "A team member opted this contact out (SMS form)"),
    (OUT, Origin.IMPORT, {"actor_name": "spring.csv"}, "An import (spring.csv) opted this contact out"),
    (
        OUT,
        Origin.IMPORT,
        {"actor_name": "Maya Chen (spring.csv)", "reason": "Opt Out column of spring.csv"},
        "An import (Maya Chen (spring.csv)) opted this contact out (Opt Out column of spring.csv)",
    ),
    (OUT, Origin.API, {"actor_name": "Zapier"}, "API key Zapier opted this contact out"),
    (
        IN,
        Origin.CONTACT,
        {**AT_DESK, **GONE, "words": "START"},
        "Contact opted back in by texting START to Front Desk",
    ),
    (IN, Origin.CONTACT, {**AT_DESK, "words": "START"}, "Contact opted in by texting START to Front Desk"),
    (
        IN,
        Origin.CONTACT,
        {**AT_DESK, **GONE, "words": "START", "after": StandingState.BLOCKED},
        "Contact opted back in by texting START to Front Desk; the number stays blocked",
    ),
    (
        IN,
        Origin.MEMBER,
        {**MAYA, **GONE, "reason": "It was a mistake"},
        "Maya Chen lifted the opt-out (it was a mistake)",
    ),
    (
        IN,
        Origin.MEMBER,
        {**MAYA, **GONE, **FRESH, "after": StandingState.OPTED_OUT},
        "Maya Chen opted this contact back in with fresh consent: “Yes, text me” (by phone); it stays opted out",
    ),
    (BLOCKED, Origin.MEMBER, {**MAYA, "after": StandingState.BLOCKED}, "Maya Chen blocked this number"),
    (UNBLOCKED, Origin.MEMBER, MAYA, "Maya Chen unblocked this number"),
    (
        UNBLOCKED,
        Origin.MEMBER,
        {**MAYA, "after": StandingState.OPTED_OUT},
        "Maya Chen unblocked this number; it stays opted out",
    ),
]


@pytest.mark.parametrize(("action", "origin", "rest", "words"), SENTENCES)
def test_a_line_of_the_ledger_reads(action: Action, origin: Origin, rest: dict[str, Any], words: str) -> None:
    event = ConsentEvent(**{"action": action, "origin": origin, "after": StandingState.ACTIVE, **rest})
    assert describe_entry(event) == words


def test_every_action_of_every_origin_has_a_sentence() -> None:
    for action in Action:
        for origin in Origin:
            event = ConsentEvent(action=action, origin=origin, words="STOP", after=StandingState.ACTIVE)
            assert describe_entry(event).strip()


WAYS_BACK = [
    (SuppressionKind.BLOCK, Origin.MEMBER, None, "Unblock"),
    (SuppressionKind.OPT_OUT, Origin.CARRIER, 7, "Only the person can lift this"),
    (SuppressionKind.OPT_OUT, Origin.CONTACT, None, "owner or admin records fresh consent"),
    (SuppressionKind.OPT_OUT, Origin.CARRIER, None, "owner or admin records fresh consent"),
    (SuppressionKind.OPT_OUT, Origin.VENDOR_LIST, None, "owner or admin records fresh consent"),
    (SuppressionKind.OPT_OUT, Origin.MEMBER, None, "lift it here, with a reason"),
    (SuppressionKind.OPT_OUT, Origin.IMPORT, None, "lift it here, with a reason"),
    (SuppressionKind.OPT_OUT, Origin.API, None, "lift it here, with a reason"),
]


@pytest.mark.parametrize(("kind", "origin", "inbox", "words"), WAYS_BACK)
def test_the_way_back(kind: SuppressionKind, origin: Origin, inbox: int | None, words: str) -> None:
    assert words in describe_lifting(Suppression(kind=kind, origin=origin, inbox_id=inbox))
