"""Tests of the wording of ledger entries and of how suppressions can be lifted: one row for each kind."""

from datetime import UTC, datetime
from typing import Any

import pytest

from optout.models import Action, ConsentEvent, Origin, StandingState, Suppression, SuppressionKind
from optout.wording import describe_entry, describe_lifting

OUT, IN, BLOCKED, UNBLOCKED = Action.OPTED_OUT, Action.OPTED_IN, Action.BLOCKED, Action.UNBLOCKED
AT_DESK = {"inbox_id": 7, "inbox_name": "Front Desk"}
MAYA = {"actor_name": "Maya Chen"}
ADDED, LIFTED = {"added": ["opt_out contact"]}, {"lifted": ["opt_out contact"]}
FRESH = {"words": "Text me", "source": "By phone", "obtained_at": datetime(2026, 11, 1, tzinfo=UTC)}

SENTENCES: list[tuple[Action, Origin, dict[str, Any], str]] = [
    *(
        (
            action,
            origin,
            {**MAYA, "source": "copied from +15105553344", "reason": "Number changed"},
            f"Maya Chen copied {what} to this number (number changed)",
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
        {**AT_DESK, **ADDED, "words": "STOP"},
        "Contact opted out by texting STOP to Front Desk",
    ),
    (OUT, Origin.CONTACT, {**AT_DESK, "words": "STOP"}, "Contact texted STOP to Front Desk again"),
    (
        OUT,
        Origin.CONTACT,
        {**AT_DESK, **ADDED, "words": " Stop.\nThank you "},
        "Contact opted out by texting “Stop. Thank you” to Front Desk",
    ),
    (
        OUT,
        Origin.CARRIER,
        {**AT_DESK, "added": ["opt_out carrier"]},
        "The carrier reported that this person opted out",
    ),
    (
        OUT,
        Origin.CARRIER,
        {**AT_DESK, "added": ["opt_out carrier 7"]},
        "The carrier reported that this person opted out of Front Desk only",
    ),
    (OUT, Origin.VENDOR_LIST, {"source": "Old list"}, "Opted out at a former vendor (Old list)"),
    (
        OUT,
        Origin.MEMBER,
        {**MAYA, "reason": "They asked us"},
        "Maya Chen opted this contact out (they asked us)",
    ),
    (OUT, Origin.MEMBER, {"reason": "SMS form"}, "A team member opted this contact out (SMS form)"),
    (OUT, Origin.MEMBER, {"reason": "Textbell"}, "A team member opted this contact out (Textbell)"),
    (OUT, Origin.IMPORT, {"actor_name": ""}, "An import opted this contact out"),
    (
        OUT,
        Origin.IMPORT,
        {"actor_name": "Maya Chen (spring.csv)", "reason": "Opt Out column of spring.csv"},
        "An import by Maya Chen (spring.csv) opted this contact out (Opt Out column of spring.csv)",
    ),
    (OUT, Origin.API, {"actor_name": "Zapier"}, "API key Zapier opted this contact out"),
    (
        OUT,
        Origin.TOLD_MEMBER,
        {**MAYA, "reason": "They asked us"},
        "Maya Chen recorded that this person opted out (they asked us)",
    ),
    (
        OUT,
        Origin.TOLD_IMPORT,
        {"actor_name": "Maya Chen (crm.csv)", "words": "no more texts", "source": "HasOptedOutOfSMS"},
        "An import by Maya Chen (crm.csv) recorded that this person opted out: “no more texts” (HasOptedOutOfSMS)",
    ),
    (
        OUT,
        Origin.TOLD_API,
        {"actor_name": "CRM", "words": "STOP", "source": "Web form"},
        "API key CRM recorded that this person opted out: STOP (Web form)",
    ),
    (
        IN,
        Origin.CONTACT,
        {**AT_DESK, **LIFTED, "words": "START"},
        "Contact opted back in by texting START to Front Desk",
    ),
    (IN, Origin.CONTACT, {**AT_DESK, "words": "START"}, "Contact opted in by texting START to Front Desk"),
    (
        IN,
        Origin.CONTACT,
        {**AT_DESK, **LIFTED, "words": "START", "after": StandingState.BLOCKED},
        "Contact opted back in by texting START to Front Desk; the number stays blocked",
    ),
    (
        IN,
        Origin.MEMBER,
        {**MAYA, **LIFTED, "reason": "It was a mistake"},
        "Maya Chen lifted the opt-out (it was a mistake)",
    ),
    (
        IN,
        Origin.MEMBER,
        {**MAYA, **LIFTED, "reason": "retracted as a mistake", "after": StandingState.OPTED_OUT},
        "Maya Chen retracted the opt-out as a mistake; the number stays opted out",
    ),
    (
        IN,
        Origin.MEMBER,
        {**MAYA, **LIFTED, **FRESH, "after": StandingState.OPTED_OUT},
        "Maya Chen opted this contact back in with fresh consent: “Text me” (By phone); the number stays opted out",
    ),
    (BLOCKED, Origin.MEMBER, {**MAYA, "after": StandingState.BLOCKED}, "Maya Chen blocked this number"),
    (BLOCKED, Origin.MEMBER, {**MAYA, "reason": "Spam"}, "Maya Chen blocked this number (spam)"),
    (UNBLOCKED, Origin.MEMBER, MAYA, "Maya Chen unblocked this number"),
    (
        UNBLOCKED,
        Origin.MEMBER,
        {**MAYA, "after": StandingState.OPTED_OUT},
        "Maya Chen unblocked this number; the number stays opted out",
    ),
    (
        Action.HELD,
        Origin.CONTACT,
        {**AT_DESK, "words": "wrong number", "reason": "Wrong number"},
        "Held for review: “wrong number” to Front Desk may be an opt-out (wrong number)",
    ),
    (
        Action.RELEASED,
        Origin.MEMBER,
        {**MAYA, "words": "wrong number"},
        "Maya Chen decided that “wrong number” is not an opt-out",
    ),
]


@pytest.mark.parametrize(("action", "origin", "columns", "sentence"), SENTENCES)
def test_a_ledger_entry_has_this_sentence(
    action: Action, origin: Origin, columns: dict[str, Any], sentence: str
) -> None:
    event = ConsentEvent(**{"action": action, "origin": origin, "after": StandingState.ACTIVE, **columns})
    assert describe_entry(event) == sentence


def test_every_action_of_every_origin_has_a_sentence() -> None:
    for action in Action:
        for origin in Origin:
            event = ConsentEvent(action=action, origin=origin, words="STOP", after=StandingState.ACTIVE)
            assert describe_entry(event).strip()


LIFTING = [
    (SuppressionKind.BLOCK, Origin.MEMBER, None, "Unblock"),
    (SuppressionKind.OPT_OUT, Origin.CARRIER, 7, "Only the person can lift this"),
    (SuppressionKind.OPT_OUT, Origin.CONTACT, None, "owner or admin can also record fresh consent"),
    (SuppressionKind.OPT_OUT, Origin.CARRIER, None, "owner or admin can also record fresh consent"),
    (SuppressionKind.OPT_OUT, Origin.VENDOR_LIST, None, "owner or admin can also record fresh consent"),
    (SuppressionKind.OPT_OUT, Origin.MEMBER, None, "team member can also lift it with a reason"),
    (SuppressionKind.OPT_OUT, Origin.IMPORT, None, "team member can also lift it with a reason"),
    (SuppressionKind.OPT_OUT, Origin.API, None, "team member can also lift it with a reason"),
]


@pytest.mark.parametrize(("kind", "origin", "inbox", "words"), LIFTING)
def test_a_suppression_says_how_it_can_be_lifted(
    kind: SuppressionKind, origin: Origin, inbox: int | None, words: str
) -> None:
    assert words in describe_lifting(Suppression(kind=kind, origin=origin, inbox_id=inbox))
