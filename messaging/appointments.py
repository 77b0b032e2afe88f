"""Appointments: whether a keyword may have meant one that our last text asked about. Mostly pure."""

import re
from datetime import datetime, timedelta

from messaging.models import Message, MessagePurpose, MessageStatus

ASKED_WITHIN = timedelta(hours=24)

# Keywords by which customers also cancel appointments: CANCEL, END and QUIT, and their equivalents in other languages.
_MEANS_EITHER = re.compile(
    r"\W*(?:please |por favor |bitte )?(?:cancel|end|quit|cancelar|cancela|fin|annuler|annule|absagen|stornieren"
    r"|abbrechen|annuleren|annulla|cancella|fine)\b(?: please| por favor| bitte| svp| grazie)?\W*",
    re.IGNORECASE,
)
_BOOKED = re.compile(
    r"\b(?:appointments?|appts?|bookings?|booked|reservations?|orders?|visits?|check-?up|delivery|scheduled"
    r"|citas?|reservas?|pedidos?|visitas?|consultas?|agendamento|encomendas?|entrega|turno"
    r"|rendez-vous|rdv|réservations?|commandes?|visites?|livraison"
    r"|termine?|buchung|bestellung|besuch|reservierung|lieferung"
    r"|afspraa?k(?:en)?|boeking|bestelling|bezoek|reservering|levering"
    r"|appuntament[oi]|prenotazion[ei]|ordin[ei]|visit[ae]|consegna)\b",
    re.IGNORECASE,
)
_HANDED_OVER = (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.UNKNOWN)


def may_mean_appointment(body: str) -> bool:
    """Whether the whole text is a keyword with which customers also cancel appointments. Pure."""
    return bool(_MEANS_EITHER.fullmatch(body[:80].strip()))


def asks_about_appointment(text: str) -> bool:
    """Whether a text of ours is about an appointment, booking, order or visit. Pure."""
    return bool(_BOOKED.search(text))


def asked_lately(team_id: int, conversation_id: int, at: datetime) -> bool:
    """Whether our last text of the day before `at` in this conversation asked about an appointment."""
    texts = Message.objects.filter(
        team_id=team_id,
        conversation_id=conversation_id,
        outbound=True,
        purpose=MessagePurpose.TEXT,
        status__in=_HANDED_OVER,
        at__gt=at - ASKED_WITHIN,
        at__lte=at,
    )
    last = texts.order_by("-at", "-id").values_list("body", flat=True).first()
    return last is not None and asks_about_appointment(last)
