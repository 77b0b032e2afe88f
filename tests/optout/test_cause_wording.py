"""Tests of the wording of causes: the headline names the true cause, and what it leaves out stands below it."""

from typing import Any

import pytest

from optout.cause_wording import details, headline, words
from optout.models import ConsentEvent, Origin, Suppression, SuppressionKind

OUT, BLOCK = SuppressionKind.OPT_OUT, SuppressionKind.BLOCK
MAYA, DESK = {"actor_id": 7, "actor_name": "Maya Chen"}, {"inbox_id": 3, "inbox_name": "Front Desk"}
ASKED = {**MAYA, "reason": "They asked us", "source": "Told to the team"}
LONG = "please take me off of your list, I have asked you for that three times now"

# The suppression, its entry, the headline, the words and the details.
CAUSES: list[tuple[SuppressionKind, Origin, dict[str, Any], str, str, list[str]]] = [
    (OUT, Origin.CONTACT, {**DESK, "words": "STOP"}, "They texted STOP", "", ["To Front Desk"]),
    (OUT, Origin.CONTACT, {**DESK, "words": "Stop pls"}, "They texted “Stop pls”", "", ["To Front Desk"]),
    (
        OUT,
        Origin.CONTACT,
        {**DESK, "words": LONG, "reason": "understood as opt-out: “take me off”"},
        "They opted out by text",
        LONG,
        ["To Front Desk", "Understood as opt-out: “take me off”"],
    ),
    (OUT, Origin.CONTACT, {}, "They opted out by text", "", []),  # erased
    (OUT, Origin.CARRIER, {}, "The carrier reported that they opted out", "", []),
    (OUT, Origin.VENDOR_LIST, {"source": "Textbell"}, "They opted out at a former vendor", "", ["Textbell"]),
    (OUT, Origin.TOLD_MEMBER, ASKED, "They asked us not to text them", "", ["Recorded by Maya Chen"]),
    (
        OUT,
        Origin.TOLD_MEMBER,
        {**MAYA, "reason": "They wrote it in a text", "source": "A text to the team"},
        "They wrote that they want no texts",
        "",
        ["Recorded by Maya Chen"],
    ),
    (
        OUT,
        Origin.TOLD_MEMBER,
        {
            **MAYA,
            **DESK,
            "message_id": 9,
            "words": "no more",
            "reason": "judged",
            "source": "Text to Front Desk",
        },
        "They wrote that they want no texts",
        "no more",
        ["Recorded by Maya Chen", "To Front Desk", "Judged"],
    ),
    (
        OUT,
        Origin.TOLD_IMPORT,
        {"actor_name": "Maya (crm.csv)", "words": "never again", "source": "HasOptedOut"},
        "They asked us not to text them",
        "never again",
        ["Recorded by an import by Maya (crm.csv)", "HasOptedOut"],
    ),
    (
        OUT,
        Origin.TOLD_API,
        {"actor_name": "CRM"},
        "They asked us not to text them",
        "",
        ["Recorded by API key CRM"],
    ),
    (
        OUT,
        Origin.MEMBER,
        {**MAYA, "reason": "Our decision"},
        "Maya Chen decided not to text this number",
        "",
        [],
    ),
    (OUT, Origin.IMPORT, {"actor_name": "Ann"}, "An import by Ann opted this number out", "", []),
    (OUT, Origin.API, {"actor_name": "CRM"}, "API key CRM opted this number out", "", []),
    (BLOCK, Origin.MEMBER, {**MAYA, "reason": "Spam"}, "Maya Chen blocked this number", "", ["Spam"]),
    (BLOCK, Origin.API, {"actor_name": "CRM"}, "API key CRM blocked this number", "", []),
    *(
        (
            kind,
            origin,
            {**MAYA, "source": "copied from +15105550100", "reason": "Merged"},
            f"Maya Chen copied {what} to this number",
            "",
            ["Merged"],
        )
        for kind, origin, what in (
            (OUT, Origin.CONTACT, "an opt-out"),
            (OUT, Origin.MEMBER, "an opt-out"),
            (BLOCK, Origin.MEMBER, "a block"),
        )
    ),
]


@pytest.mark.parametrize(("kind", "origin", "columns", "says", "quoted", "more"), CAUSES)
def test_a_cause_is_told_in_these_words(
    kind: SuppressionKind, origin: Origin, columns: dict[str, Any], says: str, quoted: str, more: list[str]
) -> None:
    row, event = Suppression(kind=kind, origin=origin), ConsentEvent(origin=origin, **columns)
    assert (headline(row, event, 8), words(row, event)) == (says, quoted)
    assert details(row, event, 8) == [*more, "In all inboxes"]


@pytest.mark.parametrize(
    ("kind", "origin", "says"),
    [
        (OUT, Origin.MEMBER, "You decided not to text this number"),
        (BLOCK, Origin.MEMBER, "You blocked this number"),
        (OUT, Origin.TOLD_MEMBER, "They asked us not to text them"),
        (OUT, Origin.API, "API key Maya Chen opted this number out"),  # of the same ID as the member
    ],
)
def test_a_member_reads_you_of_the_own_changes(kind: SuppressionKind, origin: Origin, says: str) -> None:
    row, event = Suppression(kind=kind, origin=origin), ConsentEvent(origin=origin, **ASKED)
    assert headline(row, event, 7) == says
    assert ("Recorded by you" in details(row, event, 7)) == (origin == Origin.TOLD_MEMBER)


def test_a_carriers_opt_out_of_one_inbox_names_the_inbox() -> None:
    row = Suppression(kind=OUT, origin=Origin.CARRIER, inbox_id=3)
    event = ConsentEvent(origin=Origin.CARRIER, **DESK)
    assert details(row, event, 8) == ["In Front Desk only"]


def test_every_origin_has_a_headline_that_blames_the_person_for_nothing_of_ours() -> None:
    for origin in Origin:
        says = headline(Suppression(kind=OUT, origin=origin), ConsentEvent(origin=origin, words="x"), None)
        is_ours = origin in (Origin.MEMBER, Origin.IMPORT, Origin.API)
        assert is_ours != (" they " in f" {says.lower()} "), says
