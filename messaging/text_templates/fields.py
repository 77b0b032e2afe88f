"""Fields of a template: `{{ first_name | there }}` is replaced by a value, or else by its fallback. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from kernel.unfilled_fields import FIELD, has_fields
from kernel.visible_text import has_visible_characters

_BEGINS = "{{"


@dataclass(frozen=True)
class FilledText:
    """A text with its fields filled. Fields with a problem stay as they are written; each problem is a sentence."""

    text: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Field:
    """A field as it is written."""

    written: str
    name: str
    fallback: str | None  # None if it has none; an empty one leaves the field out

    @classmethod
    def read(cls, match: re.Match[str]) -> "_Field":
        name, bar, fallback = match[1].partition("|")
        return cls(match[0], field_name(name), fallback.strip() if bar else None)


def field_name(typed: str) -> str:
    """A field's name as it is compared: "First name" and "first-name" are first_name."""
    return re.sub(r"[\s-]+", "_", typed.strip().lower())


def required_fields(text: str) -> list[str]:
    """The names of the fields without a fallback, each once: whoever has no value for one of them cannot be texted."""
    fields = (_Field.read(match) for match in FIELD.finditer(text))
    return list(dict.fromkeys(field.name for field in fields if field.fallback is None))


def fill(text: str, values: Mapping[str, str]) -> FilledText:
    """Fill the fields of a text. `values` has each known field, with an empty value where the person has none.

    A value is inserted as it is. One that has fields itself is a problem.
    """
    problems: dict[str, None] = {}

    def replaced(match: re.Match[str]) -> str:
        field = _Field.read(match)
        if field.name not in values:
            problems[_unknown(field, values)] = None
        elif has_fields(values[field.name]):
            problems[_nested(field, values[field.name])] = None
        elif has_visible_characters(values[field.name]):
            return values[field.name].strip()
        elif field.fallback is not None:
            return field.fallback
        else:
            problems[_empty(field)] = None
        return field.written

    filled = FIELD.sub(replaced, text)
    return FilledText(filled, tuple(problems))


def find_mistakes(text: str, known: Iterable[str]) -> list[str]:
    """What is wrong with a template's fields for everybody, in sentences: unknown names, and fields without end."""
    names = list(known)
    fields = [_Field.read(match) for match in FIELD.finditer(text)]
    mistakes = dict.fromkeys(_unknown(field, names) for field in fields if field.name not in names)
    rest = FIELD.sub("", text)
    if _BEGINS in rest:
        mistakes["A field begins with {{ and does not end with }}."] = None
    return list(mistakes)


def _unknown(field: _Field, known: Iterable[str]) -> str:
    similar = get_close_matches(field.name, list(known), n=1)
    hint = f" Did you mean {{{{ {similar[0]} }}}}?" if similar else ""
    return f"There is no field {field.written}.{hint}"


def _nested(field: _Field, value: str) -> str:
    return f"{field.written} is “{value[:60]}” for this person, which has braces. Correct it in the contact."


def _empty(field: _Field) -> str:
    return (
        f"{field.written} is empty for this person. Write it out, or add a fallback:"
        f" {{{{ {field.name} | there }}}}."
    )
