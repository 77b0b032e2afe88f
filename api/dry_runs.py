"""Dry runs: a call that changes something is checked and answered, and changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from django.db import transaction
from django.http import HttpResponse
from pydantic import BaseModel, Field, TypeAdapter

from api.errors import ApiError, ErrorCode
from api.strict_json import PlainRenderer

HEADER = "X-Heymarket-Dry-Run"
# A type of its own, so that a generated client's call has one type of answer. Readers of JSON accept it.
MEDIA_TYPE = "application/vnd.heymarket.dry-run+json"


class DryRunResponse(BaseModel):
    """The answer to a dry run: nothing was changed."""

    dry_run: Literal[True] = Field(description="Says that nothing was changed.")
    response: Any = Field(description="What the call would answer, without IDs: nothing exists that has one.")


def is_dry_run(headers: Any) -> bool:
    """Whether the header asks for a dry run. Raises ApiError(BAD_DATA) for any value but true and false."""
    value = headers.get(HEADER)
    if value not in (None, "true", "false"):
        raise ApiError(ErrorCode.BAD_DATA, f"{HEADER} must be true or false.", field=HEADER)
    return value == "true"


@contextmanager
def undone_in_a_dry_run(request: Any) -> Iterator[None]:
    """In a dry run, a part of the transaction that is undone at its end, with what waits for the commit."""
    if not request.dry_run:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def dry_run_response(request: Any, result: Any, answer: TypeAdapter[Any]) -> HttpResponse:
    """The response to a dry run, whose call would answer `result`."""
    body = {"dry_run": True, "response": without_ids(answer.dump_python(result, mode="json"))}
    content = PlainRenderer().render(request, body, response_status=200)
    return HttpResponse(content, content_type=MEDIA_TYPE)


def without_ids(value: Any) -> Any:
    """A value of JSON without its fields that hold IDs."""
    if isinstance(value, list):
        return [without_ids(item) for item in value]
    if isinstance(value, dict):
        return {name: without_ids(item) for name, item in value.items() if not _holds_ids(name)}
    return value


def _holds_ids(name: str) -> bool:
    return name in ("id", "uuid") or (name.endswith(("_id", "_ids")) and name not in _NO_IDS)


_NO_IDS = ("local_id", "channel_id")  # the caller's own, and a number or an address
