"""Links in a text: web addresses, email addresses and phone numbers, each with what it opens. Pure functions.

Only http, https, mailto and tel are ever linked, and each link opens what it shows: an address that hides another host
before an @ stays plain, and no invisible character is part of one.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, format_number

MAX_LINKED = 5_000  # characters of a text that are looked at
_LETTERS = r"[^\W_]"
_HOST = rf"(?:{_LETTERS}(?:(?:{_LETTERS}|-){{0,61}}{_LETTERS})?\.)+"
# Endings of web addresses that people write without https://.
_ENDINGS = (
    "com|org|net|edu|gov|io|co|us|uk|ca|de|fr|es|info|biz|app|dev|me|ly|shop|store|online|site|health|dental"
)
_FOUND = re.compile(
    rf"(?P<email>[\w.+-]{{1,64}}@{_HOST}{_LETTERS}{{2,63}})(?![\w@-])"
    rf"|(?<![\w@./-])(?P<url>(?:https?://[^\s<>\"]+|www\.{_HOST}[^\s<>\"]+|{_HOST}(?:{_ENDINGS})(?![\w-])(?:[/?#][^\s<>\"]*)?))",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"[\u0000-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_AFTER = ".,:;!?'\"…”’»*_"  # punctuation behind an address
_BRACKETS = {")": "(", "]": "[", "}": "{"}


class TextSpan(NamedTuple):
    """A part of a text, and the address that it opens; empty for plain words."""

    words: str
    url: str = ""

    @property
    def is_web(self) -> bool:
        return self.url.startswith("http")


def find_links(text: str, country: str) -> list[TextSpan]:
    """The text in parts. Local phone numbers are read as those of this country (ISO 3166)."""
    text, rest = text[:MAX_LINKED], text[MAX_LINKED:]
    spans, at = [], 0
    for match in _FOUND.finditer(text):
        words = _without_punctuation(match[0])
        if not (url := _address(words, is_email=match["email"] is not None)):
            continue
        spans += [*_with_numbers(text[at : match.start()], country), TextSpan(words, url)]
        at = match.start() + len(words)
    return [*spans, *_with_numbers(text[at:], country), *([TextSpan(rest)] if rest else [])]


def _without_punctuation(words: str) -> str:
    """An address without what follows it in a sentence; a bracket stays if it was opened in the address."""
    while words:
        last = words[-1]
        opened = _BRACKETS.get(last)
        if last in _AFTER or (opened and words.count(last) > words.count(opened)):
            words = words[:-1]
        else:
            break
    return words


def _address(words: str, *, is_email: bool) -> str:
    """The address that these words open; empty if they are not safe to open."""
    if _HIDDEN.search(words):
        return ""
    if is_email:
        return f"mailto:{words}"
    url = words if re.match("https?://", words, re.IGNORECASE) else f"https://{words}"
    authority = re.split(r"[/?#\\]", url.split("//", 1)[1], maxsplit=1)[0]
    return url if authority and "@" not in authority and "\\" not in url else ""


def _with_numbers(text: str, country: str) -> Iterator[TextSpan]:
    """Plain words, with the phone numbers in them."""
    at = 0
    if sum(character.isdigit() for character in text) >= 7:
        for match in PhoneNumberMatcher(text, country, leniency=Leniency.VALID):
            if match.start > at:
                yield TextSpan(text[at : match.start])
            yield TextSpan(match.raw_string, f"tel:{format_number(match.number, PhoneNumberFormat.E164)}")
            at = match.end
    if at < len(text):
        yield TextSpan(text[at:])
