"""Missed texts: inbound texts that the carrier took while our webhook was unreachable are fetched from its list."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import batched

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from accounts.models import Inbox
from kernel.tenancy import scope
from messaging.carriers.base import InboundText, SendError
from messaging.carriers.registry import adapter_for
from messaging.inbound import AlreadyReceived, receive
from messaging.models import Message
from optout.keywords import KeywordIntent
from optout.reader.reading import read_request

log = logging.getLogger(__name__)

# A fetch begins this long before the previous fetch: carriers may list a text some time after taking it.
OVERLAP = timedelta(minutes=10)
LOOKUP_BATCH = 10_000  # IDs in one query
MAX_LEFT_OUT = 20  # texts that the inbox's page lists


def fetch_missed(team_id: int, inbox_id: int) -> int:
    """Receive the texts of an inbox that its webhooks did not bring, in the order they were sent. Returns how many.

    Each text is received on its own: one that cannot be stored does not stop the others, and the inbox's page lists it.
    Raises SendError if the carrier's list cannot be read to its end: what was read is received, and the next fetch
    begins where this one began. Outside any scope: it calls the network.
    """
    started = timezone.now()
    with scope(team_id):
        inbox = Inbox.objects.select_related("team").get(team_id=team_id, id=inbox_id)
    since = (inbox.fetched_until or inbox.created_at) - OVERLAP
    texts, unread = _read_list(inbox, since)
    # Carriers' times have whole seconds: of two texts of one second the STOP comes last, so that it counts.
    missed = sorted(
        _unknown(inbox, texts),
        key=lambda text: (text.sent_at or started, read_request(text.body) is KeywordIntent.STOP),
    )
    received = [_receive_late(inbox, text) for text in missed]
    if left_out := [text for text in received if text and text.left_out]:
        _list_on_page(inbox, left_out)
    if unread:
        raise unread
    with scope(team_id):
        Inbox.objects.filter(team_id=team_id, id=inbox_id).update(fetched_until=started)
    return sum(text is not None for text in received)


def _read_list(inbox: Inbox, since: datetime) -> tuple[list[InboundText], SendError | None]:
    """The carrier's list, and the error that ended it early, if any."""
    texts: list[InboundText] = []
    try:
        texts.extend(adapter_for(inbox).recent(inbox, since))
    except SendError as error:
        return texts, error
    return texts, None


def _unknown(inbox: Inbox, texts: Iterable[InboundText]) -> list[InboundText]:
    """The texts that are not stored yet, looked up in batches: a statement takes at most 65,535 values."""
    by_id = {text.carrier_id: text for text in texts}
    for ids in batched(list(by_id), LOOKUP_BATCH, strict=False):
        with scope(inbox.team_id):
            stored = Message.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, carrier_id__in=ids)
            for carrier_id in stored.values_list("carrier_id", flat=True):
                del by_id[carrier_id]
    return list(by_id.values())


def _receive_late(inbox: Inbox, text: InboundText) -> InboundText | None:
    """Receive a text, without its attachments if it cannot be stored otherwise. None if its webhook came meanwhile.

    Returns what was received; `left_out` says what is missing. An unavailable database ends the fetch instead.
    """
    try:
        receive(inbox, text)
    except AlreadyReceived:
        return None
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("missed text %s of inbox %s cannot be stored whole", text.carrier_id, inbox.id)
        if not text.media and text.segments is None:
            return replace(text, left_out=f"It could not be stored: {type(error).__name__}.")
        reduced = replace(text, media=(), segments=None, left_out="It was stored without its attachments.")
        return _receive_late(inbox, reduced)
    return text


def _list_on_page(inbox: Inbox, texts: list[InboundText]) -> None:
    """Add these texts to those that the inbox's page lists, newest first. The list names no person."""
    entries = [
        {"id": text.carrier_id, "at": (text.sent_at or timezone.now()).isoformat(), "sentence": text.left_out}
        for text in reversed(texts)
    ]
    with scope(inbox.team_id):
        row = Inbox.objects.select_for_update().get(team_id=inbox.team_id, id=inbox.id)
        row.left_out = [*entries, *row.left_out][:MAX_LEFT_OUT]
        row.save(update_fields=["left_out"])
