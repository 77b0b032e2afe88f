"""The status of an outbound text as the thread shows it: an icon and a sentence."""

from dataclasses import dataclass

from messaging.models import IN_PROGRESS, Message, MessageStatus


@dataclass(frozen=True)
class MessageStatusView:
    icon: str
    text: str
    bad: bool = False


def describe_status(message: Message) -> MessageStatusView:
    reason = message.trouble.rstrip(".")
    if message.error_code and message.error_code not in reason:
        reason = f"{reason or 'the carrier gave no reason'} (error {message.error_code})"
    match message.status:
        case MessageStatus.QUEUED if reason:
            return MessageStatusView("clock", f"Retrying later: {reason}")
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
