"""Signatures: lines that a phone or a mail program adds under the words of a person, and a name behind a dash."""

import re

_ADDED_BY_PROGRAMS = re.compile(
    r"sent (?:from|via|using|with) .*|get outlook for .*|sent from outlook.*|envoyé (?:de|depuis|à partir de) .*"
    r"|enviado (?:desde|do|de) .*|von mein\w* .* gesendet|gesendet (?:von|mit) .*|verzonden (?:vanaf|met|via) .*"
    r"|verstuurd (?:vanaf|met) .*|inviato (?:da|dal) .*",
    re.IGNORECASE,
)
# A line of two hyphens introduces a signature (RFC 3676, section 4.3).
_SEPARATOR = re.compile(r"--\s*")
# The longest name behind a dash, with the dash, in characters.
_LONGEST_NAME = 60
_NAME_BEHIND_DASH = re.compile(r"\s[-–—~]+\s*(?P<name>[^\s–—~-]\S*(?: \S+){0,2})$")
_NO_NAMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    " september october november december today tomorrow tonight i it we you he she they no not by the my me".split()
)


def without_signature(body: str) -> str:
    """The text without a signature at its end."""
    lines = body.splitlines()
    for at, line in enumerate(lines[1:], 1):
        if _SEPARATOR.fullmatch(line):
            lines = lines[:at]
            break
    while len(lines) > 1 and (not lines[-1].strip() or _ADDED_BY_PROGRAMS.fullmatch(lines[-1].strip())):
        lines.pop()
    return _without_name("\n".join(lines))


def _without_name(text: str) -> str:
    match = _NAME_BEHIND_DASH.search(text[-_LONGEST_NAME:])
    if not match or not _is_name(match["name"]):
        return text
    return text[: len(text) - len(text[-_LONGEST_NAME:]) + match.start()]


def _is_name(text: str) -> bool:
    """Whether each word begins with a capital, as in "Pat" or "Dr. Lee-Kim", and none is a day or a common word."""
    words = text.split()
    return all(
        word[0].isupper() and re.fullmatch(r"[^\W\d_][^\W\d_.'’-]*[.'’-]?(?:[^\W\d_]+\.?)?", word) is not None
        for word in words
    ) and not any(word.casefold().strip(".") in _NO_NAMES for word in words)
