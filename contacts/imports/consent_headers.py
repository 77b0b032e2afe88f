"""Consent headers: the names of columns that say who opted out, in the files of other systems. Pure."""

import re
from collections.abc import Iterable

from contacts.imports.consent_words import is_status

OPT_OUT, OPT_IN = "opt_out", "opt_in"  # in an opt-in column "no" is an opt-out
ASK = "?"  # the column may be an opt-out column: a person has to say what it is

# What remains of a header without the words that do not change its meaning.
_OPT_OUT = frozenset(
    "optout optouts optedout optsout unsubscribed unsubscribe unsubscription unsub unsubbed dnc dnt donot donotcontact "
    "dont suppressed suppress consentrevoked revokedconsent consentwithdrawn abgemeldet abmeldung abbestellt".split()
)
_OPT_IN = frozenset(
    "optin optins optedin optsin subscribed subscribe subscription subscriber accepts accept consent consents "
    "consented consentgiven angemeldet".split()
)
_FILLERS = frozenset(
    "has is was are be been sms mms text texts texting txt message messages messaging msg mobile phone cell marketing "
    "promotional of from to for the a all at on date datetime time timestamp utc am flag status type customer contact "
    "contacts user person yn".split()
)
_SQUASHED = re.compile(
    r"^(?:has|is|sms|mms|text|messaging|user|customer|contact)+(?=[ous]|do|dn|accept|consent)"
)
# These are about something else than texts, or may be.
_OTHER_CHANNELS = frozenset(
    "email emails mail mails newsletter call calls calling fax post push whatsapp voice".split()
)
_LOOKS_LIKE = re.compile(
    r"\b(?:opt|opts|opted|dnc|dnt|stop|stopped|stops|blocked)\b|opt(?:ed|s)?[ ]?(?:out|in)\b"
    r"|unsub|suppress|subscri|consent|blacklist|blocklist|do ?not\b|donot|\bdont\b|\bdon t\b|abgemeldet|abmeldung"
)
# A column about whether somebody may be texted, in words that do not say which value means what.
_TEXTING = frozenset("sms mms text texts texting message messages messaging marketing promotional".split())
_PERMISSION = frozenset(
    "ok okay allowed allow permission permitted preference preferences pref agreed enabled may".split()
)
_YES_OR_NO = re.compile(r"\((?:[yjt1]/?[nf0]|yes/?no|true/?false|ja/?nein|x)\)", re.IGNORECASE)
_CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def consent_field(title: str, samples: Iterable[str] = ()) -> str:
    """What the column of this header is: OPT_OUT, OPT_IN, ASK, or "" for a column about something else.

    A column "Status" is one only if its sample cells have words of consent; otherwise a person has to say.
    """
    words = _words(title)
    core = "".join(word for word in words if word not in _FILLERS)
    core = core if core in _OPT_OUT | _OPT_IN else _SQUASHED.sub("", core)
    found = OPT_OUT if core in _OPT_OUT else OPT_IN if core in _OPT_IN else ""
    if found:
        return ASK if _OTHER_CHANNELS & set(words) else found
    if core in {"", "stop"} and {"status", "stop"} & set(words):
        return OPT_OUT if any(is_status(sample) for sample in samples) else ASK
    asks = _LOOKS_LIKE.search(" ".join(words)) or (_TEXTING & set(words) and _PERMISSION & set(words))
    return ASK if asks else ""


def _words(title: str) -> list[str]:
    text = _CAMEL_CASE.sub(" ", _YES_OR_NO.sub(" ", title))
    return re.findall(r"[^\W_]+", text.casefold())
