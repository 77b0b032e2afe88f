"""Receipt of a part of a long text: it is committed before it is answered, and the last to come makes the text."""

from dataclasses import replace

from django.utils import timezone

from accounts.models import Inbox
from kernel.tenancy import scope
from messaging.arrival import AlreadyReceived
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.inbound_parts.assembly import assembled, separate_texts
from messaging.inbound_parts.models import InboundPart
from messaging.models import Message
from optout.models import ConsentEvent


def receive_part(inbox: Inbox, text: InboundText, *, replies: bool) -> ConsentEvent | None:
    """Store a part, and receive the text if it is complete. Raises AlreadyReceived if the part changes nothing."""
    with scope(inbox.team_id):
        is_new = _store(inbox, text)
        parts = _parts_with(inbox, text)
    if len(parts) < parts[0].total:
        return None
    whole = assembled(parts)
    try:
        return receive(inbox, whole, replies=replies)
    except AlreadyReceived:
        if not is_new or _is_stored(inbox, whole):
            raise
        return receive(
            inbox, replace(text, part=None), replies=replies
        )  # it came after the text had been received


def _store(inbox: Inbox, text: InboundText) -> bool:
    """Whether the part was not stored before."""
    assert text.part
    _, is_new = InboundPart.objects.get_or_create(
        team_id=inbox.team_id,
        inbox_id=inbox.id,
        carrier_id=text.carrier_id,
        defaults={
            "number": text.sender,
            "reference": text.part.reference,
            "position": text.part.position,
            "total": text.part.total,
            "body": text.body,
            "sent_at": text.sent_at,
            "created_at": timezone.now(),
        },
    )
    return is_new


def _parts_with(inbox: Inbox, text: InboundText) -> list[InboundPart]:
    """The parts of the text that this one belongs to."""
    rows = InboundPart.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, number=text.sender)
    own = rows.get(carrier_id=text.carrier_id)
    same = rows.filter(reference=own.reference).order_by("id")
    return next(parts for parts in separate_texts(same) if own in parts)


def _is_stored(inbox: Inbox, text: InboundText) -> bool:
    """Whether exactly this text is stored: another delivery of its last part assembled it, too."""
    with scope(inbox.team_id):
        stored = Message.objects.filter(
            team_id=inbox.team_id, inbox_id=inbox.id, carrier_id=text.carrier_id
        ).first()
    if stored is None:
        return False
    is_erased = not stored.number or stored.erased_at is not None
    return is_erased or stored.body == text.body
