"""English grammar of opt-outs in a person's own words: what asks to stop, and what may ask to stop.

Each rule is a pattern over the words of one sentence, in small letters and without apostrophes ("dont").
"""

import re
from typing import NamedTuple

_ME = r"(?:me|us|here|(?:to )?(?:this|my) (?:number|phone|cell|line|mobile))"
_SENDING = (
    r"(?:texting|messaging|msging|txting|contacting|spamming|bothering|bugging|sending|emailing|smsing|harassing"
    r"|writing|reaching out|blowing up)"
)
_SEND = r"(?:text|message|msg|txt|contact|spam|bother|bug|sms|write|send)"
_TEXTS = (
    r"(?:texts?|txts?|messages?|msgs?|sms|spam|text messages?|notifications?|alerts?|promos?|ads?|marketing)"
)
_NOT = r"(?:do not|dont|dnt|don t|never)"
_LIST = r"(?:list|lists|database|system|records|contacts|distribution|roster|book|files?)"
_DETAILS = r"(?:my|this|our) (?:number|name|phone|info|information|contact)"


class Phrase(NamedTuple):
    """A phrase that asks to stop, or may ask to stop; `name` says what it is in plain words."""

    name: str
    pattern: re.Pattern[str]


def _phrase(name: str, *patterns: str) -> Phrase:
    return Phrase(name, re.compile(rf"\b(?:{'|'.join(patterns)})\b"))


OPT_OUTS = [
    _phrase(
        "asks to stop texting",
        r"(?:stop|quit|cease|end|discontinue) (?:all |the |these |with |your |any |this ){0,3}"
        rf"(?:{_SENDING}|{_TEXTS})",
    ),
    _phrase(
        "asks not to text",
        rf"{_NOT} (?:ever |again |you )?{_SEND} (?:to )?{_ME}",
        rf"{_NOT} (?:ever )?(?:text|message|contact|txt|msg)(?: (?:again|anymore|any more|ever))?$",
    ),
    _phrase("asks for no more texts", rf"no more (?:of )?(?:these |the |your )?{_TEXTS}"),
    _phrase(
        "asks to be removed",
        rf"(?:remove|take|delete|drop|scratch|get) (?:me|us|{_DETAILS}) (?:off|from|out)",
        rf"(?:remove|delete|lose|forget|erase) (?:me|{_DETAILS})",
        r"^(?:please )?(?:remove|take me off|delete)(?: please| pls| now)?$",
        rf"off (?:of )?(?:your|the|this) (?:\w+ )?{_LIST}",
    ),
    _phrase(
        "wants no texts",
        r"(?:dont|do not|no longer|never) (?:want|wish|like|need|care)(?: to)? (?:\w+ ){0,3}"
        rf"(?:{_TEXTS}|texted|contacted|messaged|hear from you)",
    ),
    _phrase(
        "opts out",
        r"opt(?:ed|ing)? (?:me |us )?out",
        r"unsub(?:scribed?)?",
        r"(?:revoke|withdraw) (?:my )?consent",
        r"(?:do not|dont) consent",
    ),
    _phrase("asks to be left alone", r"leave (?:me|us) (?:the \w+ )?(?:alone|be)", r"cease and desist"),
    _phrase(
        "asks to stop",
        r"^(?:please |just |ok |hey |now ){0,3}(?:stop|quit)"
        r"(?: it| this| that| already| now| please| immediately){0,3}$",
    ),
]
POSSIBLE_OPT_OUTS = [
    _phrase(
        "wrong number",
        r"wrong (?:number|person|phone|guy|girl)",
        r"not (?:my|his|her) number",
        r"number (?:has )?changed",
    ),
    _phrase("is not interested", r"(?:not|no longer|never|wasnt) interested", r"no interest"),
    _phrase(
        "asks where the number is from",
        r"(?:how did you|where did you|who) (?:get|got|gave you) (?:my|this) number",
        r"(?:didnt|did not|never) (?:sign up|subscribe|ask for)",
    ),
    _phrase(
        "blocks or reports",
        r"(?:im|i am|i will|ill|gonna) (?:block|report|sue)\w*",
        r"^block(?:ed|s)?$",
        r"attorney general",
    ),
    _phrase(
        "asks to go away",
        r"^exit$",
        r"go away",
        r"fuck off",
        r"f off",
        r"piss off",
        r"get lost",
        r"^spam$",
        r"do not disturb",
        r"^enough$",
    ),
    _phrase("asks for another way", r"only (?:email|call)", r"email (?:me )?only", r"(?:dont|do not) call"),
]
# A sentence with these words is about something else: somebody else stops, or the person asks not to stop.
_DENIALS = re.compile(
    r"\b(?:dont|do not|never|cant|cannot|couldnt|didnt|wont|not) (?:want (?:you )?to |wanna )?"
    r"(?:stop|quit|end|cease|unsubscribe|opt|remove|delete)\b"
    r"|\b(?:he|she|they|it|we|you) (?:will |to |should |finally |just )?(?:stop|quit|end)(?:s|ped|ted|ed)?\b"
    r"|\bif i (?:reply|text|send|say|unsubscribe|opt)\b|\bhow (?:do|can) i\b|\bwhat happens\b"
)


def opt_out_in(sentence: str) -> str:
    """What the sentence asks for, in plain words, if it asks to stop. Empty otherwise."""
    return "" if _DENIALS.search(sentence) else _first(OPT_OUTS, sentence)


def possible_opt_out_in(sentence: str) -> str:
    """What the sentence says, in plain words, if it may ask to stop. Empty otherwise."""
    return _first(POSSIBLE_OPT_OUTS, sentence)


def _first(phrases: list[Phrase], sentence: str) -> str:
    return next((phrase.name for phrase in phrases if phrase.pattern.search(sentence)), "")
