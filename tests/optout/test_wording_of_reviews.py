"""Sentences about opt-outs in own words, as the history and the thread show them."""

from optout.models import Action, ConsentEvent, Origin
from optout.wording import describe_entry

WORDS = "please take me off"


def test_an_opt_out_in_own_words_says_why() -> None:
    event = ConsentEvent(
        action=Action.OPTED_OUT, origin=Origin.CONTACT, words=WORDS, added=["opt_out contact"], inbox_name="Front Desk",
        reason="understood as opt-out: “take me off”, asks to be removed",
    )  # fmt: skip
    assert describe_entry(event) == (
        "Contact opted out by texting “please take me off” to Front Desk"
        " (understood as opt-out: “take me off”, asks to be removed)"
    )


def test_a_misreading_gives_the_reason() -> None:
    event = ConsentEvent(
        action=Action.OPTED_IN, origin=Origin.MEMBER, words=WORDS, lifted=["opt_out contact"],
        reason="misread: They meant the waiting list.", actor_name="Olivia Owens",
    )  # fmt: skip
    assert describe_entry(event) == (
        "Olivia Owens marked the text that opted out as misread (they meant the waiting list)"
    )
