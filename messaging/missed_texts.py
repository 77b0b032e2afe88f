"""Missed texts: inbound texts that the carrier took while our webhook was unreachable are fetched from its list."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from accounts.models import Inbox
from accounts.scope_lookups import inboxes_by_address
from kernel import phone_numbers
from kernel.tenancy import scope
from messaging.arrival import AlreadyReceived, received_texts
from messaging.carriers.base import InboundText, SendError
from messaging.carriers.registry import adapter_for
from messaging.inbound import receive
from optout.reader.outcome import Outcome
from optout.reader.reading import read
from optout.reader_settings import reader_settings

log = logging.getLogger(__name__)

# A fetch begins this long before the previous fetch: carriers may list a text some time after taking it.
OVERLAP = timedelta(minutes=10)
# The list is read in windows of this length, the oldest first: what one window has is kept in memory at once.
WINDOW = timedelta(hours=1)
MAX_WINDOWS = 50  # in one fetch; the next fetch continues
LOOKUP_BATCH = 10_000  # IDs in one query
MAX_LEFT_OUT = 20  # texts that the inbox's page lists


def fetch_missed(team_id: int, inbox_id: int) -> int:
    """Receive the texts of an inbox that its webhooks did not bring, in the order they were sent. Returns how many.

    Each text is received on its own: one that cannot be stored does not stop the others, and the inbox's page lists it.
    After each window of the list `fetched_until` advances. Raises SendError if a window cannot be read to its end: what
    was read is received, and the next fetch begins with this window. Outside any scope: it calls the network.
    """
    started = timezone.now()
    with scope(team_id):
        inbox = Inbox.objects.select_related("team").get(team_id=team_id, id=inbox_id)
    received = 0
    for since, until in fetch_windows(inbox.fetched_until or inbox.created_at, started):
        received += _fetch_window(inbox, since, until)
        with scope(team_id):
            Inbox.objects.filter(team_id=team_id, id=inbox_id).update(fetched_until=until or started)
    return received


def fetch_windows(fetched_until: datetime, now: datetime) -> Iterator[tuple[datetime, datetime | None]]:
    """The windows to read, each overlapping the one before it. The last has no end: carriers' clocks may be ahead."""
    for _ in range(MAX_WINDOWS):
        since = fetched_until - OVERLAP
        fetched_until = since + WINDOW
        if fetched_until >= now:
            yield since, None
            return
        yield since, fetched_until


def _fetch_window(inbox: Inbox, since: datetime, until: datetime | None) -> int:
    texts, unread = _read_list(inbox, since, until)
    # Carriers' times have whole seconds: of two texts of one second the STOP comes last, so that it counts.
    settings = reader_settings(inbox)
    missed = sorted(
        _unknown(inbox, texts),
        key=lambda text: (
            text.sent_at or timezone.now(),
            read(text.body, settings).outcome is Outcome.OPT_OUT,
        ),
    )
    replies = bool(missed) and _sends_replies(inbox)
    received = [text for text in (_receive_late(inbox, text, replies=replies) for text in missed) if text]
    if left_out := [text for text in received if text.left_out]:
        _list_on_page(inbox, left_out)
    if unread:
        raise unread
    return len(received)


def _sends_replies(inbox: Inbox) -> bool:
    """Whether no claim of this number was proved before this inbox: of several claims one replies to the person."""
    claims = inboxes_by_address(inbox.account_id, phone_numbers.dialled(inbox.number))
    return not claims or (claims[0].team_id, claims[0].id) == (inbox.team_id, inbox.id)


def _read_list(
    inbox: Inbox, since: datetime, until: datetime | None
) -> tuple[list[InboundText], SendError | None]:
    """The carrier's list, and the error that ended it early, if any."""
    texts: list[InboundText] = []
    try:
        texts.extend(adapter_for(inbox).recent(inbox, since, until))
    except SendError as error:
        return texts, error
    return texts, None


def _unknown(inbox: Inbox, texts: Iterable[InboundText]) -> list[InboundText]:
    """The texts that are not stored yet, looked up in batches: a statement takes at most 65,535 values."""
    by_id = {text.carrier_id: text for text in texts}
    for ids in batched(list(by_id), LOOKUP_BATCH):
        with scope(inbox.team_id):
            stored = received_texts(inbox.team_id, ids).values_list("carrier_id", flat=True)
            for carrier_id in stored:
                by_id.pop(carrier_id or "")
    return list(by_id.values())


def _receive_late(inbox: Inbox, text: InboundText, *, replies: bool) -> InboundText | None:
    """Receive a text, without its attachments if it cannot be stored otherwise. None if its webhook came meanwhile.

    Returns what was received; `left_out` says what is missing. An unavailable database ends the fetch instead.
    """
    try:
        receive(inbox, text, replies=replies)
    except AlreadyReceived:
        return None
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("missed text %s of inbox %s cannot be stored whole", text.carrier_id, inbox.id)
        if not text.media and text.segments is None:
            return replace(text, left_out="It could not be stored; the log of the server has the reason.")
        reduced = replace(text, media=(), segments=None, left_out="It was stored without its attachments.")
        return _receive_late(inbox, reduced, replies=replies)
    return text


def _list_on_page(inbox: Inbox, texts: list[InboundText]) -> None:
    """Add these texts to those that the inbox's page lists, newest first. The list names no person."""
    entries = [
        {"id": text.carrier_id, "at": (text.sent_at or timezone.now()).isoformat(), "sentence": text.left_out}
        for text in reversed(texts)
    ]
    with scope(inbox.team_id):
        row = Inbox.objects.select_for_update(no_key=True).get(team_id=inbox.team_id, id=inbox.id)
        row.left_out = merge_left_out(entries, row.left_out)
        row.save(update_fields=["left_out"])


def merge_left_out(new: list[dict[str, Any]], listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The list with its new entries in front, each text once. The oldest beyond MAX_LEFT_OUT are only counted. Pure.

    A text that cannot be stored at all is found again as long as the next fetches overlap.
    """
    more = sum(entry.get("more", 0) for entry in listed)
    entries = {entry["id"]: entry for entry in (*new, *listed) if "id" in entry}
    kept = list(entries.values())[:MAX_LEFT_OUT]
    more += len(entries) - len(kept)
    return [*kept, {"more": more}] if more else kept
