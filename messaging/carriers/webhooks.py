"""A carrier's webhook as its reader returns it: who signed it can be checked, and its events are parsed."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from accounts.models import Inbox
from kernel.id_parameter import read_id
from messaging.carriers.base import InboundText, StatusReport

MAX_BODY_BYTES = 64 * 1024  # of a webhook's body; carriers' own are below 10 kB
MAX_EVENTS = 100  # of one webhook


class BadWebhook(Exception):
    """A webhook that is refused: a 4xx status, and a sentence for the log and the caller."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class InboundEvent:
    """A text to one of our numbers. `ours` and `theirs` are addresses as the carrier writes them."""

    ours: str
    theirs: str
    parse: Callable[[str], InboundText]  # for the country of the inbox's team. Raises BadWebhook


@dataclass(frozen=True)
class StatusEvent:
    """A report about a text from one of our numbers. `message_id` is our own ID of the text, if the address has it.

    `ours` is empty for a carrier that does not name it: then all inboxes of the account are asked for the text.
    `may_be_foreign`: the carrier also reports texts that another system sent from the number; those are ignored.
    """

    ours: str
    report: StatusReport
    message_id: int | None = None
    may_be_foreign: bool = False


@dataclass(frozen=True)
class Webhook:
    """A webhook whose signature is not checked yet.

    A scheme with a nonce names it: a webhook that was answered with success is refused when it comes again.
    """

    carriers: tuple[str, ...]  # of the inboxes that it may be for
    account: str
    events: Sequence[InboundEvent | StatusEvent]
    is_signed_by: Callable[[Inbox], bool]
    nonce: str = ""
    service: str = ""  # the carrier's group of senders that the text came by, such as a Messaging Service
    # The content of the answer, once the events are committed, and its type.
    answer: tuple[str, str] = ("", "text/plain")


# Reads a request for an account: its form and the freshness of its timestamp are checked. Raises BadWebhook.
type WebhookReader = Callable[[HttpRequest, str], Webhook]


def read_body(request: HttpRequest, content_type: str) -> bytes:
    """The body of a webhook. Raises BadWebhook for another type or a larger body than carriers send."""
    if request.content_type != content_type:
        raise BadWebhook(415, f"Send {content_type}.")
    if len(body := request.read(MAX_BODY_BYTES + 1)) > MAX_BODY_BYTES:
        raise BadWebhook(413, f"The body is larger than {MAX_BODY_BYTES} bytes.")
    return body


def read_json(body: bytes) -> Any:
    """The JSON of a body. Raises BadWebhook."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadWebhook(400, "The body is not JSON.") from None


class Fields:
    """A JSON object of a webhook, read field by field: what has another type than documented counts as missing."""

    def __init__(self, found: Any) -> None:
        self.found: dict[str, Any] = found if isinstance(found, dict) else {}

    def text(self, name: str) -> str:
        value = self.found.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return value if isinstance(value, str) else ""

    def required(self, name: str) -> str:
        """A text of 1 to 64 characters. Raises BadWebhook."""
        return require(name, self.text(name))

    def object(self, name: str) -> "Fields":
        return Fields(self.found.get(name))

    def objects(self, name: str) -> list["Fields"]:
        value = self.found.get(name)
        return [Fields(item) for item in value] if isinstance(value, list) else []

    def texts(self, name: str) -> list[str]:
        value = self.found.get(name)
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []

    def count(self, name: str) -> int | None:
        """A small number, such as that of the parts of a text."""
        return small_int(self.text(name))

    def time(self, name: str) -> datetime | None:
        return read_time(self.text(name))


def require(name: str, value: str) -> str:
    """The value of a field, which has 1 to 64 characters. Raises BadWebhook."""
    value = value.strip()
    if not value:
        raise BadWebhook(400, f"The field {name} is missing.")
    if len(value) > 64:
        raise BadWebhook(400, f"The field {name} is too long.")
    return value


def small_int(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else None


def read_time(text: str) -> datetime | None:
    """A time with its zone (ISO 8601). None for anything else."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def international(address: str) -> str:
    """The address with "+" before the digits of an international number, for carriers that write it without.

    Up to eight digits are a short code.
    """
    return f"+{address}" if re.fullmatch(r"[0-9]{9,15}", address) else address


def message_id_of(request: HttpRequest) -> int | None:
    """Our ID of the text that a status report is about: our callback addresses name it. Raises BadWebhook."""
    message_id = read_id(request.GET.get("message"))
    if message_id is None and request.GET.get("message"):
        raise BadWebhook(400, "The message in the address is not a number.")
    return message_id


def read_form(body: bytes) -> list[tuple[bytes, bytes]]:
    """The fields of a form as bytes, which are signed even if they are not UTF-8. Raises BadWebhook."""
    try:
        pairs = parse_qsl(
            body.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=500
        )
    except ValueError:
        raise BadWebhook(400, "The body has too many fields.") from None
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise BadWebhook(400, "A field occurs twice.")
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]


def form_fields(pairs: Sequence[tuple[bytes, bytes]]) -> Fields:
    """The fields as text, with U+FFFD for what is not UTF-8."""
    return Fields({name.decode(errors="replace"): value.decode(errors="replace") for name, value in pairs})
