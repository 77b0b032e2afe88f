"""The status of an outbound text as the thread shows it: an icon and a sentence."""

from dataclasses import dataclass, replace

from messaging.carriers.error_codes import carrier_page_url
from messaging.models import IN_PROGRESS, Message, MessageStatus


@dataclass(frozen=True)
class MessageStatusView:
    icon: str
    text: str
    bad: bool = False
    code: str = ""  # the carrier's code of the error

    @property
    def code_url(self) -> str:
        """The carrier's page about the code; empty if it has none."""
        return carrier_page_url(self.code)


def describe_status(message: Message) -> MessageStatusView:
    """What became of an outbound text, in words; the carrier's code stands beside them."""
    return replace(_describe(message), code=message.error_code)


def _describe(message: Message) -> MessageStatusView:
    reason = message.trouble.rstrip(".")
    match message.status:
        case MessageStatus.QUEUED if reason:
            return MessageStatusView("clock", f"Retrying later: {reason}")
        case MessageStatus.QUEUED if message.held_until:
            return MessageStatusView("clock", "Waiting for the recipient's sending hours")
        case status if status in IN_PROGRESS:
            return MessageStatusView("clock", "Sending")
        case MessageStatus.SENT:
            return MessageStatusView("check", "Sent")
        case MessageStatus.DELIVERED:
            return MessageStatusView("checks", "Delivered")
        case MessageStatus.UNKNOWN:
            text = "Unknown: the carrier did not respond; the text may have arrived"
            return MessageStatusView("question", text, bad=True)
        case MessageStatus.UNDELIVERED:
            text = f"Not delivered: {reason or 'the carrier gave no reason'}"
            return MessageStatusView("alert", text, bad=True)
    return MessageStatusView("alert", f"Not sent: {reason or 'the carrier gave no reason'}", bad=True)
