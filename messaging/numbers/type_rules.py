"""What the type of an inbox's number means: who answers keywords, what a first text says, which limits apply. Pure.

Sources: help.twilio.com, articles 360058144374 (toll-free keywords), 223134027 (keywords of long codes), 223181348 and
360057082693 (alphanumeric senders), 115002943027 (rates); twilio.com/docs/api/errors; twilio.com/docs/rcs; CTIA Short
Code Monitoring Handbook.
"""

from dataclasses import dataclass

from accounts.models import Inbox, KeywordResponder
from accounts.number_types import NumberType
from kernel.phone_numbers import country_of

NORTH_AMERICA = ("US", "CA")


@dataclass(frozen=True)
class TypeRules:
    """The rules of one type, in sentences."""

    stop: str
    start: str
    help: str
    first_text: str
    limits: tuple[str, ...]


def rules_of(inbox: Inbox) -> TypeRules:
    """The rules of an inbox's type, with who answers keywords as the inbox is set."""
    return _RULES[inbox.number_type](inbox, _usual_answer(inbox))


def needs_registration(inbox: Inbox) -> bool:
    """Whether US networks want a 10DLC registration of its number."""
    return inbox.number_type == NumberType.LONG_CODE and country_of(inbox.number) == "US"


def _usual_answer(inbox: Inbox) -> str:
    if inbox.keyword_responder == KeywordResponder.WE:
        return "Heymarket."
    return f"{inbox.get_carrier_display()}, to its own keywords; Heymarket to all others."


def _long_code(inbox: Inbox, answer: str) -> TypeRules:
    limits = ["One segment a second by default. Faster texts wait at the carrier."]
    if country_of(inbox.number) == "US":
        limits = [
            "US networks refuse texts of a number without an approved 10DLC campaign (code 30034).",
            "One segment a second by default; a campaign may send more, as its trust score says.",
            "T-Mobile limits what a brand sends in a day (code 30023).",
        ]
    first = "The name of your business, and how to stop: “Reply STOP to opt out.”"
    return TypeRules(answer, answer, answer, first, tuple(limits))


def _toll_free(inbox: Inbox, answer: str) -> TypeRules:
    return TypeRules(
        stop="The network, always and in its own words, so Heymarket sends no second confirmation. "
        f"Other words for opting out: {answer}",
        start="The network, to START and UNSTOP. YES lifts nothing here, because the network ignores it.",
        help=answer,
        first_text="The name of your business, and how to stop: “Reply STOP to opt out.”",
        limits=(
            "Texts to the United States and Canada are refused until the number is verified (code 30032).",
            "Three segments a second by default.",
            "Code 30004 may mean that the person texted STOP and the network blocks your texts.",
        ),
    )


def _short_code(inbox: Inbox, answer: str) -> TypeRules:
    return TypeRules(
        stop=answer,
        start=answer,
        help=f"{answer} HELP is answered also to people who opted out, as carriers demand.",
        first_text="The name of your program, how often you text, “Msg & data rates may apply”, and “Reply HELP "
        "for help, STOP to cancel”.",
        limits=(
            "A hundred segments a second by default.",
            "It reaches phones of its own country only.",
            "Networks approve what the code is used for, and may refuse other texts.",
        ),
    )


def _alphanumeric(inbox: Inbox, answer: str) -> TypeRules:
    nobody = "Nobody. People cannot reply to a name, so no STOP, START or HELP can arrive here."
    return TypeRules(
        stop=nobody,
        start=nobody,
        help=nobody,
        first_text="How people can opt out without replying: a link, an email address, or another number of yours "
        "to text STOP to. Record what they say with “Opt out…” at their number.",
        limits=(
            "No replies. Use another inbox for conversations.",
            "It reaches no phones in the United States and Canada.",
            "Many countries want the name registered first, and refuse its texts otherwise (code 30018).",
            "Ten segments a second by default.",
        ),
    )


def _rcs_agent(inbox: Inbox, answer: str) -> TypeRules:
    return TypeRules(
        stop=f"{answer} It stops SMS, MMS and RCS alike.",
        start=answer,
        help=answer,
        first_text="How to stop: “Reply STOP to opt out.” Your name and logo stand above the text.",
        limits=(
            "It reaches phones with RCS only; there is no fallback to SMS from this inbox.",
            "Networks approve the agent before it reaches all of their phones.",
        ),
    )


_RULES = {
    NumberType.LONG_CODE: _long_code,
    NumberType.TOLL_FREE: _toll_free,
    NumberType.SHORT_CODE: _short_code,
    NumberType.ALPHANUMERIC: _alphanumeric,
    NumberType.RCS_AGENT: _rcs_agent,
}
