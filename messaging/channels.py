"""Channel of an outbound text: a reply goes the way in which the person wrote last."""

from datetime import datetime, timedelta

from messaging.models import Conversation, Message

# After a person's text a business may write freely in WhatsApp for so long; then only templates (error 63016):
# twilio.com/docs/whatsapp/key-concepts.
WHATSAPP_WINDOW = timedelta(hours=24)


def channel_for(message: Message, conversation: Conversation, now: datetime) -> str:
    """The channel of a text that is claimed now, a key of CHANNELS; empty for an ordinary text.

    That of the person's newest text: WhatsApp within its 24 hours, RCS if the inbox has an agent. Only replies follow
    the person; broadcasts, scheduled texts and marketing are ordinary texts.
    """
    if not message.is_reply:
        return ""
    if conversation.channel == "whatsapp":
        wrote_at = conversation.last_inbound_at
        return "whatsapp" if wrote_at and now < wrote_at + WHATSAPP_WINDOW else ""
    has_agent = any(address.startswith("rcs:") for address in message.inbox.further_addresses)
    return "rcs" if conversation.channel == "rcs" and has_agent else ""
