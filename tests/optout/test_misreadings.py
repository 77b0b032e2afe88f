"""Misreadings: which automatic opt-outs may be marked as misread, and what the pages say about them."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from optout.misreadings import MISREAD, misread_opt_out
from optout.models import Action, ConsentEvent, Origin, Suppression, SuppressionKind
from optout.wording import describe_entry

NOW = timezone.now()
WHY = "understood as opt-out: “take me off”"
MISREAD_TEXT, OTHER_TEXT = 7, 8


def entry(
    id: int, message_id: int | None = MISREAD_TEXT, reason: str = WHY, **columns: object
) -> ConsentEvent:
    recorded_at = NOW - timedelta(hours=1)
    values = {
        "action": Action.OPTED_OUT,
        "origin": Origin.CONTACT,
        "recorded_at": recorded_at,
        "words": "take me off",
    }
    return ConsentEvent(id=id, message_id=message_id, reason=reason, **values | columns)


def opt_out(event_id: int, origin: Origin = Origin.CONTACT) -> Suppression:
    return Suppression(kind=SuppressionKind.OPT_OUT, origin=origin, event_id=event_id)


@dataclass(frozen=True)
class MisreadingCase:
    name: str
    opt_outs: list[Suppression]
    history: list[ConsentEvent]  # newest first
    allowed: bool


CASES = [
    MisreadingCase("the opt-out of the text", [opt_out(1)], [entry(1)], True),
    MisreadingCase(
        "beside one that a member recorded", [opt_out(2, Origin.MEMBER), opt_out(1)], [entry(1)], True
    ),
    MisreadingCase("lifted already", [], [entry(1)], False),
    MisreadingCase("a keyword, which has no reason", [opt_out(1)], [entry(1, reason="")], False),
    MisreadingCase(
        "a day ago", [opt_out(1)], [entry(1, recorded_at=NOW - timedelta(hours=24, seconds=1))], False
    ),
    MisreadingCase("a STOP since", [opt_out(1)], [entry(2, OTHER_TEXT, reason=""), entry(1)], False),
    MisreadingCase("another text since", [opt_out(1)], [entry(2, OTHER_TEXT), entry(1)], False),
    MisreadingCase("opted out again after an opt-in", [opt_out(3)], [entry(3, OTHER_TEXT), entry(1)], False),
    MisreadingCase(
        "recorded by a member", [opt_out(1, Origin.TOLD_MEMBER)], [entry(1, origin=Origin.TOLD_MEMBER)], False
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_may_be_marked_as_misread(case: MisreadingCase) -> None:
    found = misread_opt_out(case.opt_outs, case.history, MISREAD_TEXT, NOW)
    assert (found is not None) == case.allowed
    if found:
        assert found.origin == Origin.CONTACT


def test_the_sentence_of_an_opt_out_in_own_words_says_why() -> None:
    event = entry(1, words="please take me off", added=["opt_out contact"], inbox_name="Front Desk")
    assert describe_entry(event) == (
        "Contact opted out by texting “please take me off” to Front Desk (understood as opt-out: “take me off”)"
    )


def test_the_sentence_of_a_misreading_gives_the_reason() -> None:
    event = entry(
        2, reason=f"{MISREAD}They meant the waiting list.", action=Action.OPTED_IN, origin=Origin.MEMBER,
        actor_name="Olivia Owens",
    )  # fmt: skip
    assert describe_entry(event) == (
        "Olivia Owens marked the text that opted out as misread (they meant the waiting list)"
    )
