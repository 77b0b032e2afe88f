"""Redaction: what a log may say of an exception, and of the words of a library.

Messages of exceptions quote what they could not read, which may be a person's words, number or password. So a log has
the type of an exception, where it was raised and, of its words, the first line without quotations, numbers, addresses
and paths. Of the types that mostly tell a value (WITHHELD) it has no words.
"""

import re
import traceback
from collections.abc import Iterator

import psycopg
from django.core.exceptions import ValidationError

WITHHELD = (ValueError, LookupError, AssertionError, ValidationError)
# Python's own errors about names in the code, which they quote.
OF_CODE = (ImportError, AttributeError, NameError)
# Our packages: their lines are written for the log. Lines of libraries may say anything.
OURS = frozenset({
    "heymarket", "demo", "portability", "reports", "messaging", "contacts", "optout", "webhooks", "api", "accounts",
    "kernel",
})  # fmt: skip
MOST_WORDS = 300  # characters

_NUMBER = re.compile(r"(\+|%2B)\d{6,15}", re.IGNORECASE)
_EMAIL = re.compile(r"\S+@\S+")
_RULES = (
    (re.compile(r"""['"“‘«].*['"”’»]"""), "“…”"),
    (re.compile(r"""(^|[\s(=:\[])['"‘«].*$"""), r"\1…"),  # a quotation that was cut off
    (re.compile(r"\b([a-z+]+)://(?:[^\s/@]*@)?([\w.-]+)\S*", re.IGNORECASE), r"\1://\2"),
    (re.compile(r"(?<=\s)/\S+"), "/…"),
    (_EMAIL, "…"),
)
# Digits with what people write between them; an ID of a task or a request has such digits, too, and stays.
_DIGITS = re.compile(
    r"\b([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b|(?:\+|%2B)?\d[\d ().-]{5,}\d", re.IGNORECASE
)


def is_ours(module: str) -> bool:
    """Whether a module, or a logger named after it, is of the product."""
    return module.partition(".")[0] in OURS


def without_addresses(line: str) -> str:
    """A line of ours without phone numbers and email addresses, should one be in it: the last safeguard."""
    return _EMAIL.sub("…", _NUMBER.sub("+…", line))


def redact(words: str) -> str:
    """The first line of a library's words, without quotations, numbers, addresses and paths."""
    line = words.strip().partition("\n")[0]
    for pattern, instead in _RULES:
        line = pattern.sub(instead, line)
    return _DIGITS.sub(lambda found: found[1] or "…", line)[:MOST_WORDS]


def describe_exception(error: BaseException) -> str:
    """The type of an exception and what may be said of its words."""
    module, kind = type(error).__module__, type(error).__qualname__
    kind = kind if module == "builtins" or is_ours(module) else f"{module}.{kind}"
    return f"{kind}: {words}" if (words := _words(error)) else kind


def format_exception(error: BaseException) -> str:
    """A traceback with all exceptions of the chain, the first one first. It has code, and no values."""
    parts = []
    for link in _chain(error):
        frames = "".join(traceback.format_tb(link.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{frames}{describe_exception(link)}")
    return "\n\nand then\n\n".join(reversed(parts))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _words(error: BaseException) -> str:
    database_error = error if isinstance(error, psycopg.Error) else error.__cause__
    if isinstance(database_error, psycopg.Error):
        return _words_of_database(database_error)
    if isinstance(error, OF_CODE):
        return without_addresses(str(error).partition("\n")[0])
    return "" if isinstance(error, WITHHELD) else redact(str(error))


def _words_of_database(error: psycopg.Error) -> str:
    """PostgreSQL's sentence without its DETAIL, which has the row's values; and the names of the schema."""
    names = (error.diag.table_name, error.diag.column_name, error.diag.constraint_name)
    sentence = redact(error.diag.message_primary or str(error))
    return " ".join(word for word in (error.sqlstate, sentence, *names) if word)
