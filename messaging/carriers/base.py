"""Protocol of a carrier's adapter: inbound and outbound texts, status reports, and the outcomes of a send."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Protocol

from accounts.models import Inbox
from messaging.line_types.kinds import LineKind

# Characters of a body that are stored. Carriers' texts are far shorter, and a webhook's form cannot be longer.
LONGEST_BODY = 64 * 1024
CUT_MARK = "… [cut]"


@dataclass(frozen=True)
class PartOf:
    """That a text is one part of a longer one. The reference is the same in all its parts."""

    reference: str
    position: int  # the first is 1
    total: int


@dataclass(frozen=True)
class InboundText:
    """A text to an inbox. `sender` is canonical, `sent_at` is the carrier's time."""

    carrier_id: str
    sender: str
    body: str
    sent_at: datetime | None = None
    segments: int | None = None
    media: tuple[
        tuple[str, str], ...
    ] = ()  # (URL, content type); an attachment that did not arrive has no URL
    others: tuple[str, ...] = ()  # canonical numbers of the other members of a group that got it
    opt_out_type: str = ""
    channel: str = ""  # a key of kernel.phone_numbers.CHANNELS
    left_out: str = ""  # what could not be stored, in a sentence
    part: PartOf | None = None  # for a carrier that delivers long texts in parts


def storable(text: str) -> str:
    """The text as PostgreSQL can store it: without NUL, and with U+FFFD for half of a pair, as half an emoji."""
    if text.isascii():
        return text.replace("\x00", "")
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def storable_body(text: str) -> str:
    """The words of a text as they are stored: those beyond LONGEST_BODY are cut off, with a mark."""
    body = storable(text)
    return body if len(body) <= LONGEST_BODY else body[: LONGEST_BODY - len(CUT_MARK)] + CUT_MARK


@dataclass(frozen=True)
class OutboundText:
    """A text to send. `callback` is the URL for the carrier's status reports.

    Not to be written to the carrier after `write_before`, in seconds of time.monotonic(): its claim has lapsed then.
    """

    number: str
    body: str
    callback: str
    write_before: float = inf
    media: tuple[str, ...] = ()  # addresses from which the carrier fetches the attachments
    reference: str = ""  # our ID of the text, for a carrier whose status reports bring it back
    channel: str = ""  # a key of kernel.phone_numbers.CHANNELS


@dataclass(frozen=True)
class MediaSource:
    """Where an attachment is fetched from. Credentials are for this address alone, not for redirects.

    An address below `trusted_base`, which this installation's settings name, may be on this machine and without TLS.
    """

    url: str
    credentials: tuple[str, str] | None = None
    trusted_base: str = ""


@dataclass(frozen=True)
class MediaLimits:
    """What a carrier sends with one text: how many attachments, and how many bytes together."""

    count: int
    total_bytes: int

    @property
    def megabytes(self) -> int:
        return self.total_bytes // (1024 * 1024)


@dataclass(frozen=True)
class Accepted:
    """The carrier took the text and gave it this ID."""

    carrier_id: str
    segments: int | None = None


@dataclass(frozen=True)
class ListedText:
    """A text of ours in the carrier's own list. `status` is a MessageStatus, or empty for an unknown status."""

    carrier_id: str
    body: str
    at: datetime  # when the carrier got it
    status: str
    error_code: str = ""
    error: str = ""


@dataclass(frozen=True)
class StatusReport:
    """A carrier's report about an outbound text. `status` is a MessageStatus, or empty for an unknown status."""

    carrier_id: str
    number: str  # the recipient
    status: str
    error_code: str = ""
    error: str = ""
    opted_out: bool = False


class SendError(Exception):
    """A send that was not accepted. The message is a sentence to show."""

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class OptedOutAtCarrier(SendError):
    """The carrier refuses the text because the person opted out there."""


class Rejected(SendError):
    """The carrier refuses the text and would refuse it again."""


class TryLater(SendError):
    """The carrier certainly did not take the text, and may take it later."""


class GoesElsewhere(SendError):
    """Texts to the inbox go to another address at the carrier, which is not replaced unasked."""

    def __init__(self, address: str) -> None:
        super().__init__(f"Texts to this number go to {address} now.")
        self.address = address


class OutcomeUnknown(SendError):
    """It is unknown whether the carrier took the text."""


class CarrierAdapter(Protocol):
    tells_sent_times: bool  # whether `sent_time` can know when a text was sent

    def check(self, inbox: Inbox) -> None:
        """Have the carrier check the inbox's credentials. Raises SendError. Called outside any transaction."""

    def send(self, inbox: Inbox, text: OutboundText) -> Accepted:
        """Send a text, unless its time is over. Raises SendError. Called outside any transaction."""

    def recent(self, inbox: Inbox, since: datetime, until: datetime | None = None) -> Iterable[InboundText]:
        """The texts that the carrier received for this inbox between two times. Raises SendError.

        Called outside any transaction.
        """

    def sent(self, inbox: Inbox, number: str, since: datetime) -> Iterable[ListedText]:
        """The texts that the carrier got from this inbox for a number since then. Raises SendError.

        Called outside any transaction.
        """

    def sent_time(self, inbox: Inbox, carrier_id: str) -> datetime | None:
        """When the carrier got a text for this inbox; None if unknown. Raises SendError. Outside any transaction."""

    def media_source(self, inbox: Inbox, url: str) -> MediaSource:
        """Where to fetch an attachment that a webhook or a list named. Raises SendError."""

    def media_limits(self, inbox: Inbox) -> MediaLimits | None:
        """What this inbox can send besides words; None if it can only send words."""

    def line_kind(self, inbox: Inbox, number: str) -> LineKind:
        """What kind of line a number is; the carrier charges for it. Raises SendError. Outside any transaction."""

    def set_webhook(self, inbox: Inbox, url: str, replacing: str = "") -> None:
        """Have the carrier post texts to this inbox to `url`. Raises SendError. Called outside any transaction.

        Raises GoesElsewhere if they go to another address than `replacing`.
        """
