"""First answers: how long a person had waited for a text, also when earlier attempts to answer were never sent."""

from datetime import datetime, timedelta

from messaging.models import Message, MessagePurpose, MessageStatus

_NOT_SENT = (MessageStatus.FAILED, MessageStatus.REFUSED)
_MAX_ATTEMPTS = 20  # unsent texts that are looked at


def waited_seconds(message: Message) -> int | None:
    """How long the person had waited for this text, which was sent now. None if nobody waited, or it answers nobody.

    The texts before it that were not sent answered nothing: the person went on waiting since before the first of them.
    """
    if message.purpose != MessagePurpose.TEXT:
        return None
    waits = [message.waited_seconds] if message.waited_seconds is not None else []
    for status, at, waited in _earlier_texts(message):
        if status not in _NOT_SENT:
            break
        if waited is not None:
            waits.append(int((message.at - at + timedelta(seconds=waited)).total_seconds()))
    return max(waits, default=None)


def _earlier_texts(message: Message) -> list[tuple[str, datetime, int | None]]:
    texts = Message.objects.filter(
        team_id=message.team_id,
        conversation_id=message.conversation_id,
        outbound=True,
        purpose=MessagePurpose.TEXT,
        at__lte=message.at,
        id__lt=message.id,
    )
    return list(texts.order_by("-at", "-id").values_list("status", "at", "waited_seconds")[:_MAX_ATTEMPTS])
