"""Consent words: what a cell of an opt-out or opt-in column says. Pure.

The words are those that carriers, shops, newsletters and CRMs export, in English and German.
"""

import re

from kernel.spreadsheets.cells import NO, YES, unescape_formula

_MARKS = {"x", "✓", "✔", "☑", "✅", "on", "ja", "j"}  # a ticked box
_UNMARKED = {"☐", "off", "nein", "✗", "✘", "❌"}
_EMPTY = {"", "-", "–", "—", "n/a", "na", "none", "null", "nil", "nan", "[]", "{}"}
# These mean the same in both kinds of column. Words without spaces and punctuation.
OPTED_OUT = frozenset(
    "unsubscribed unsubscribe unsub optedout optout optouts dnc dnt donottext donotcontact donotsms donotmessage "
    "stop stopped stopall suppressed blocked blacklisted blocklisted revoked withdrawn abgemeldet abbestellt".split()
)
NOT_OPTED_OUT = frozenset(
    "subscribed subscribe resubscribed active optedin optin start unstop consented granted confirmed help "
    "angemeldet aktiv".split()
)
DATE_LIKE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|[a-z]{3,9}\.? \d{1,2},? \d{4}|\d [a-z]{3,9} \d{4}|(?<!\S)\d{10}(?:\d{3})?(?!\S)",
    re.IGNORECASE,
)
_NO_DATE = re.compile(
    r"0{1,4}[-/.]0{1,2}[-/.]0{1,4}(?:[T ][0:.]*)?"
)  # how databases write that there is no date
_ONE_OR_NONE = re.compile(r"([01])[.,]0+")  # 1.0, as a program writes a number


class UnclearConsent(ValueError):
    """A cell that may mean an opt-out, or not."""


def says_opted_out(cell: str, *, opt_in: bool = False) -> bool | None:
    """Whether the cell says that the person opted out; None if it says nothing. Raises UnclearConsent.

    `opt_in`: the column says who may be texted, so that "no" is an opt-out and "yes" is none. A date in an opt-out
    column means that the person opted out then.
    """
    text = unescape_formula(cell.strip()).strip().casefold()
    if text in _EMPTY or _NO_DATE.fullmatch(text):
        return None
    word = re.sub(r"[\W_]+", "", text)
    if word in OPTED_OUT:
        return True
    if word in NOT_OPTED_OUT:
        return False
    if whole := _ONE_OR_NONE.fullmatch(text):
        text = whole[1]
    if text in YES or text in _MARKS or DATE_LIKE.search(text):
        return not opt_in
    if text in NO or text in _UNMARKED:
        return opt_in
    raise UnclearConsent(cell)


def is_status(cell: str) -> bool:
    """Whether the cell is a word that says by itself who may be texted, such as Unsubscribed or Active."""
    return re.sub(r"[\W_]+", "", cell.casefold()) in OPTED_OUT | NOT_OPTED_OUT
