"""FIXME module docstring."""

from dataclasses import dataclass

from messaging.models import IN_PROGRESS, Message, MessageStatus


@dataclass(frozen=True)
class MessageStatusView:
    """Where a text of ours is, in words and with an icon."""

    icon: str
    words: str
    bad: bool = False


def describe_status(message: Message) -> MessageStatusView:
    why = message.trouble.rstrip(".")
    match message.status:
        case MessageStatus.QUEUED if why:
            return MessageStatusView("clock", f"Waiting to try again: {why}")
        case status if status in IN_PROGRESS:
            return MessageStatusView("clock", "Sending")
        case MessageStatus.SENT:
            return MessageStatusView("check", "Sent")
        case MessageStatus.DELIVERED:
            return MessageStatusView("checks", "Delivered")
        case MessageStatus.UNKNOWN:
            return MessageStatusView(
                "question", "Unknown: the carrier did not answer; it may have arrived", bad=True
            )
        case MessageStatus.UNDELIVERED:
            return MessageStatusView(
                "alert", f"Not delivered: {why or 'the carrier gave no reason'}", bad=True
            )
    return MessageStatusView("alert", f"Not sent: {why or 'the carrier gave no reason'}", bad=True)
