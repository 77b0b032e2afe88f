"""Validation errors in the caller's words: the field as it was sent, and what to send instead. Pure.

Pydantic speaks of Python ("valid dictionary or instance of TagIdRequest") and names the branches of a choice in its
path ("tags.0.TagIdRequest.tag_id"). Callers know neither.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from api.errors import ApiError, ErrorCode
from api.tolerance import NOT_OFFERED

type Found = Mapping[str, Any]  # an error of pydantic
type Path = tuple[str | int, ...]

OTHER = "This value has another form than the field: /v1/docs shows an example."
_OBJECT, _STRING, _WHOLE = "Send an object.", "Send a string.", "Send a whole number."

# By pydantic's type of an error. Its values are in `ctx`.
_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda ctx: "This is needed. Send it.",
    "extra_forbidden": lambda ctx: "There is no such field. Leave it out, or correct its name.",
    "string_type": lambda ctx: _STRING,
    "string_too_short": lambda ctx: f"Send at least {_count(ctx['min_length'], 'character')}.",
    "string_too_long": lambda ctx: f"Send at most {_count(ctx['max_length'], 'character')}.",
    "string_unicode": lambda ctx: "Send text in UTF-8.",
    "int_type": lambda ctx: _WHOLE,
    "int_parsing": lambda ctx: _WHOLE,
    "int_parsing_size": lambda ctx: _WHOLE,
    "int_from_float": lambda ctx: _WHOLE,
    "float_type": lambda ctx: "Send a number.",
    "greater_than": lambda ctx: f"Send more than {ctx['gt']:,}.",
    "greater_than_equal": lambda ctx: f"Send {ctx['ge']:,} or more.",
    "less_than": lambda ctx: f"Send less than {ctx['lt']:,}.",
    "less_than_equal": lambda ctx: f"Send {ctx['le']:,} or less.",
    "bool_type": lambda ctx: "Send true or false.",
    "bool_parsing": lambda ctx: "Send true or false.",
    "list_type": lambda ctx: "Send an array.",
    "dict_type": lambda ctx: _OBJECT,
    "model_type": lambda ctx: _OBJECT,
    "model_attributes_type": lambda ctx: _OBJECT,
    "too_long": lambda ctx: f"Send at most {_count(ctx['max_length'], 'value')}.",
    "too_short": lambda ctx: f"Send at least {_count(ctx['min_length'], 'value')}.",
    "literal_error": lambda ctx: f"Send {_choices(ctx['expected'])}.",
    "enum": lambda ctx: f"Send {_choices(ctx['expected'])}.",
    "value_error": lambda ctx: str(ctx["error"]),
}


def from_validation_errors(errors: Sequence[Found], sent: Any, source: str = "") -> ApiError:
    """The API error for what pydantic found first.

    `sent` is what was validated, and the errors' paths begin in it. `source` is the field of an error without a path.
    """
    path = caller_path(errors[0], sent)
    of_one_value = [error for error in errors if _overlap(caller_path(error, sent), path)]
    deepest = max(len(caller_path(error, sent)) for error in of_one_value)
    found = [error for error in of_one_value if len(caller_path(error, sent)) == deepest]
    # Of a choice, the branch whose type was sent.
    found = [error for error in found if not error["type"].endswith("_type")] or found
    field = ".".join(map(str, caller_path(found[0], sent)))
    return _error(found, field or source)


def caller_path(error: Found, sent: Any) -> Path:
    """The error's path without what is not in the request: names of branches, and of keys."""
    path: list[str | int] = []
    here, last = sent, len(error["loc"]) - 1
    for at, step in enumerate(error["loc"]):
        if _is_in(step, here):
            here = here[step]
        elif not (at == last and error["type"] == "missing"):
            continue
        path.append(step)
    return tuple(path)


def _is_in(step: str | int, here: Any) -> bool:
    if isinstance(here, Mapping):
        return step in here
    return isinstance(here, list) and isinstance(step, int) and step < len(here)


def _overlap(path: Path, other: Path) -> bool:
    length = min(len(path), len(other))
    return path[:length] == other[:length]


def _error(found: Sequence[Found], field: str) -> ApiError:
    first = found[0]
    if first["type"] == "extra_forbidden" and first["loc"][-1] in NOT_OFFERED:
        return ApiError(ErrorCode.BAD_DATA, "This is not offered here.", field=field)
    if first["type"] == "string_pattern_mismatch" and "A-Z" in first["ctx"]["pattern"]:
        return ApiError(ErrorCode.INVALID_PHONE_NUMBER, field=field)
    sentences = list(dict.fromkeys(map(sentence_of, found)))
    if all(sentence.startswith("Send a") for sentence in sentences):
        kinds = [sentence.removeprefix("Send ").removesuffix(".") for sentence in sentences]
        return ApiError(ErrorCode.BAD_DATA, f"Send {' or '.join(kinds)}.", field=field)
    return ApiError(ErrorCode.BAD_DATA, sentences[0], field=field)


def sentence_of(error: Found) -> str:
    """What to send instead. Our own validators say it themselves, in a sentence."""
    if make := _SENTENCES.get(error["type"]):
        return make(error.get("ctx", {}))
    message: str = error["msg"]
    return message if message.endswith(".") else OTHER


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _choices(expected: str) -> str:
    """Pydantic's "'a', 'b' or 'c'" without quotation marks."""
    return re.sub(r"'([^']*)'", r"\1", expected)
