"""Keywords of carriers: what each refuses after, takes back and replies to, for each carrier and number type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Carrier, Inbox, KeywordResponder
from accounts.number_types import NumberType
from optout.carrier_keywords import (
    KEYWORDS,
    is_opt_in_at_carrier,
    is_opt_out_at_carrier,
    network_replies,
    refuses_after_opt_out,
    replies_to,
)
from optout.reader.outcome import Outcome
from optout.reader.reading import read

WORDS = (
    "STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "UNSUB", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT",
    "START", "UNSTOP", "YES", "HELP", "INFO",
)  # fmt: skip
# For each carrier, in the order of WORDS: r = it refuses texts after it, t = it takes texts again, a = it answers it.
TABLE = {
    Carrier.TWILIO: "ra ra -  ra -  ra ra ra ra ra ta ta ta a a",
    Carrier.SIMULATOR: "ra ra -  ra -  ra ra ra ra ra ta ta ta a a",
    Carrier.TELNYX: "ra ra ra ra -  ra ra ra -  -  ta ta -  a a",
    Carrier.PLIVO: "r  -  r  -  r  r  r  r  -  -  t  t  -  a a",
    Carrier.BANDWIDTH: "- - - - - - - - - - t t - - -",
    Carrier.SINCH: "- - - - - - - - - - t t - - -",
    Carrier.VONAGE: "- - - - - - - - - - t t - - -",
}
NETWORK = "ra - - - - - - - - - ta ta - - -"  # of toll-free numbers, besides the carrier


def inbox(carrier: Carrier, number_type: NumberType = NumberType.LONG_CODE) -> Inbox:
    return Inbox(carrier=carrier, stated_number_type=number_type, number="+15105550100")


def facts(carrier: Carrier, word: str) -> str:
    refuses, takes = (act(inbox(carrier), word) for act in (is_opt_out_at_carrier, is_opt_in_at_carrier))
    return "r" * refuses + "t" * takes + "a" * replies_to(carrier, word) or "-"


@pytest.mark.parametrize("carrier", Carrier.values)
def test_what_each_carrier_does_with_each_word(carrier: Carrier) -> None:
    expected = dict(zip(WORDS, TABLE[carrier].split(), strict=True))
    for word, does in expected.items():
        for written in (word, word.lower(), word.title(), f" {word}\n"):
            assert facts(carrier, written) == does, written
        for other in (
            f"{word}.",
            f"please {word}",
            f"{word} {word}",
            f"“{word}”",
            f"{word}\u200b",
            word[:-1],
        ):
            assert facts(carrier, other) == "-", other


@pytest.mark.parametrize("carrier", Carrier.values)
def test_the_network_of_toll_free_numbers_acts_whatever_the_carrier_does(carrier: Carrier) -> None:
    """It refuses after STOP alone, and START takes both back; YES does not."""
    toll_free = inbox(carrier, NumberType.TOLL_FREE)
    for word, does, network in zip(WORDS, TABLE[carrier].split(), NETWORK.split(), strict=True):
        assert is_opt_out_at_carrier(toll_free, word) == ("r" in does + network), word
        assert is_opt_in_at_carrier(toll_free, word) == ("t" in does and "t" in network), word
        assert network_replies(toll_free, word) == ("a" in network), word
        assert not network_replies(inbox(carrier), word)


def test_who_refuses_although_its_replies_are_off() -> None:
    """Twilio stops refusing with them; Plivo and the network of toll-free numbers do not."""
    silent = [carrier for carrier in Carrier if refuses_after_opt_out(inbox(carrier))]
    assert silent == [Carrier.PLIVO]
    for carrier in Carrier:
        assert refuses_after_opt_out(inbox(carrier, NumberType.TOLL_FREE))
        assert refuses_after_opt_out(Inbox(carrier=carrier, keyword_responder=KeywordResponder.CARRIER))


@pytest.mark.parametrize("carrier", Carrier.values)
def test_each_word_of_a_carrier_is_a_request_to_us(carrier: Carrier) -> None:
    """What a carrier refuses texts after opts out here too."""
    keywords = KEYWORDS[carrier]
    assert {word for word in keywords.opt_out if read(word).outcome is not Outcome.OPT_OUT} == set()
    assert {word for word in keywords.opt_in | keywords.replies if not read(word).outcome.is_request} == set()


@given(st.text())
def test_no_text_raises_an_error(text: str) -> None:
    for carrier in Carrier:
        assert set(facts(carrier, text)) <= set("rta-")
