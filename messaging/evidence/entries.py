"""Ledger entries as parts of an evidence sheet, with what else is on record about each."""

from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery

from accounts.models import Inbox
from messaging.message_status import describe_status
from messaging.models import Message, MessagePurpose, MessageStatus
from messaging.sending_hours.places import place_of_number
from optout import ledger_hash, wording
from optout.ledger_hash import utc
from optout.models import ConsentEvent, FeedEntry
from optout.roots.tree import RootPaths
from webhooks.models import CONSENT_TYPES, Delivery

type Part = dict[str, Any]

SHOWN_ZONES = 4  # of a number without an area code that names one
_HANDED_OVER = (
    MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.UNDELIVERED, MessageStatus.UNKNOWN,
)  # fmt: skip


def entry_parts(team_id: int, events: Sequence[ConsentEvent], paths: RootPaths | None) -> list[Part]:
    """The parts of some entries, in a few statements for all of them, in the scope of the team."""
    texts = _texts(team_id, events)
    before = _texts_before(team_id, texts.values())
    confirmations = _confirmations(team_id, events, texts)
    told, indexes, inboxes = _told(team_id, events), _indexes(team_id, events), _numbers_of_inboxes(team_id)
    return [
        {
            "kind": "entry",
            "ledger": ledger_hash.as_json(event.hashed_columns()),
            "hash": event.hash,
            "index": indexes.get(event.id),
            "path": _path(paths, indexes.get(event.id)),
            "what": wording.describe_entry(event),
            "by": event.actor_name or event.get_origin_display(),
            "inbox_number": inboxes.get(event.inbox_id or 0, ""),
            "local_times": local_times(event),
            "text_before": before.get(event.message_id or 0),
            "confirmation": confirmations.get(event.id),
            "told": told.get((event.number, event.position), []),
        }
        for event in events
    ]


def local_times(event: ConsentEvent) -> list[dict[str, str]]:
    """When it happened on the clocks of the place that the number's area code or country names."""
    place = place_of_number(event.number)
    return [
        {"zone": zone, "at": event.happened_at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")}
        for zone in place.zones[:SHOWN_ZONES]
    ]


def _path(paths: RootPaths | None, index: int | None) -> list[str] | None:
    return paths.path(index) if paths and index is not None else None


def _indexes(team_id: int, events: Iterable[ConsentEvent]) -> dict[int, int]:
    """Which leaf of the tree each entry is, by its ID. New entries have no place yet."""
    ids = [event.id for event in events]
    rows = FeedEntry.objects.filter(team_id=team_id, event_id__in=ids, position__isnull=False)
    return {row.event_id: row.position - 1 for row in rows if row.position}


def _numbers_of_inboxes(team_id: int) -> dict[int, str]:
    return dict(Inbox.objects.filter(team_id=team_id).values_list("id", "number"))


# -- texts -------------------------------------------------------------------------------------------------------


def _texts(team_id: int, events: Iterable[ConsentEvent]) -> dict[int, Message]:
    """The texts by which the entries came about, with the ID of the text of ours before each."""
    ids = [event.message_id for event in events if event.message_id]
    earlier = Message.objects.filter(
        team_id=team_id, conversation_id=OuterRef("conversation_id"), outbound=True,
        status__in=_HANDED_OVER, at__lte=OuterRef("at"),
    ).exclude(id=OuterRef("id"))  # fmt: skip
    newest = earlier.order_by("-at", "-id").values("id")[:1]
    rows = Message.objects.filter(team_id=team_id, id__in=ids).annotate(before_id=Subquery(newest))
    return {text.id: text for text in rows}


def _texts_before(team_id: int, texts: Iterable[Any]) -> dict[int, Part]:
    """The text of ours that each text followed, in the same conversation."""
    before_of = {text.id: text.before_id for text in texts if text.before_id}
    found = Message.objects.filter(team_id=team_id).in_bulk(set(before_of.values()))
    return {id: text_facts(found[before_id]) for id, before_id in before_of.items() if before_id in found}


def _confirmations(
    team_id: int, events: Iterable[ConsentEvent], texts: dict[int, Message]
) -> dict[int, Part]:
    """The automatic reply to each entry, with what became of it."""
    rows = Message.objects.filter(
        team_id=team_id,
        conversation_id__in={text.conversation_id for text in texts.values()},
        event_id__in=[event.id for event in events],
        purpose__in=[MessagePurpose.CONFIRMATION, MessagePurpose.ANSWER],
    )
    return {text.event_id: text_facts(text) for text in rows if text.event_id}


def text_facts(text: Message) -> Part:
    """A text of ours: its words, when it was queued and claimed, and what became of it."""
    return {
        "words": text.content or "(erased)",
        "at": utc(text.at),
        "claimed_at": utc(text.claimed_at) if text.claimed_at else None,
        "by": text.author_name,
        "automatic": text.is_automatic,
        "outcome": describe_status(text).text,
        "carrier_id": text.carrier_id,
        "crossed": text.crossed,
    }


# -- who else was told -------------------------------------------------------------------------------------------


def _told(team_id: int, events: Iterable[ConsentEvent]) -> dict[tuple[str, int | None], list[Part]]:
    """The endpoints that were told of each change, by its number and position. Kept for a year."""
    deliveries: Any = Delivery.objects.filter(
        team_id=team_id,
        event__team_id=team_id,
        event__number__in={event.number for event in events},
        event__type__in=CONSENT_TYPES,
        event__position__in={event.position for event in events},
    ).select_related("endpoint", "event")
    told: dict[tuple[str, int | None], list[Part]] = {}
    for delivery in deliveries.order_by("endpoint__name", "id"):
        fact = {
            "endpoint": delivery.endpoint.name,
            "at": utc(delivery.delivered_at) if delivery.delivered_at else None,
            "event": delivery.event.uid,
        }
        told.setdefault((delivery.event.number, delivery.event.position), []).append(fact)
    return told
