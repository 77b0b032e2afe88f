"""What every carrier's adapter speaks: texts in, texts out, and the ways in which a send can end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounts.models import Inbox


@dataclass(frozen=True)
class InboundText:
    """A text to one of our numbers, parsed at the edge. `sender` is canonical; `sent_at` is the carrier's time."""

    carrier_id: str
    sender: str
    body: str
    sent_at: datetime | None = None
    segments: int | None = None
    media: tuple[tuple[str, str], ...] = ()  # (address, content type)
    opt_out_type: str = ""


@dataclass(frozen=True)
class OutboundText:
    """A text to carry. `callback` is the address that the carrier reports its status to."""

    number: str
    body: str
    callback: str


@dataclass(frozen=True)
class Accepted:
    """The carrier took the text, under this id of its own."""

    carrier_id: str
    segments: int | None = None


@dataclass(frozen=True)
class StatusReport:
    """What the carrier tells later about a text of ours; `status` is a messaging Status, or empty."""

    carrier_id: str
    number: str  # whom it went to
    status: str
    error_code: str = ""
    error: str = ""
    opted_out: bool = False


class SendError(Exception):
    """A send that did not end in Accepted; the message is a sentence to show."""

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class OptedOutAtCarrier(SendError):
    """The carrier refuses because this person opted out there."""


class Rejected(SendError):
    """Permanent: the same text will be refused again."""


class TryLater(SendError):
    """The carrier certainly did not take it, and may later."""


class OutcomeUnknown(SendError):
    """Nobody knows whether the carrier took it."""


class CarrierAdapter(Protocol):
    def send(self, inbox: Inbox, text: OutboundText) -> Accepted:
        """Hand over one text; raises a SendError. Called outside any transaction."""

    def recent(self, inbox: Inbox, since: datetime) -> Iterable[InboundText]:
        """The texts that the carrier received for this inbox since then. Called outside any transaction."""
