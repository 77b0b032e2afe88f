"""What a retention run erases: the texts, attachments and notes that are old enough and that nothing keeps."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from messaging.media.models import Attachment, AttachmentState
from messaging.models import IN_PROGRESS, Message
from messaging.search.models import SearchableText
from messaging.teamwork.models import Note
from optout.reviews import Review

NOTHING_LEFT = Q(body="", media=[])


def old_texts(team_id: int, before: datetime) -> QuerySet[Message]:
    """The texts with content from before this time, also those that are kept."""
    texts = Message.objects.filter(team_id=team_id, at__lt=before).exclude(number="")
    return texts.exclude(NOTHING_LEFT)


def not_kept(team_id: int, texts: QuerySet[Message]) -> QuerySet[Message]:
    """These texts without those that a member has to decide about, or that are not settled by the carrier."""
    reviews: Any = Review.objects
    undecided = reviews.open().filter(team_id=team_id, message_id=OuterRef("id"))
    return texts.exclude(status__in=IN_PROGRESS).exclude(Exists(undecided))


def erasable_texts(team_id: int, before: datetime) -> QuerySet[Message]:
    return not_kept(team_id, old_texts(team_id, before))


def next_texts(team_id: int, before: datetime, limit: int) -> list[int]:
    """The IDs of the oldest texts to erase. A text that the search does not know yet comes with a later run.

    The table of the search has a row for each text with content, by time; an erasure deletes it. So nothing is read
    twice, however many texts were erased before.
    """
    texts = not_kept(team_id, Message.objects.filter(team_id=team_id, id=OuterRef("id")))
    rows = SearchableText.objects.filter(team_id=team_id, at__lt=before).filter(Exists(texts))
    return list(rows.order_by("at", "id").values_list("id", flat=True)[:limit])


def erasable_files(team_id: int, before: datetime) -> QuerySet[Attachment]:
    """The attachments of texts from before this time."""
    texts = not_kept(
        team_id, Message.objects.filter(team_id=team_id, at__lt=before, id=OuterRef("message_id"))
    )
    found: QuerySet[Attachment] = Attachment.objects.filter(team_id=team_id).filter(message__isnull=False)
    return found.exclude(state=AttachmentState.ERASED).filter(Exists(texts))


def next_texts_with_files(team_id: int, before: datetime, limit: int) -> list[int]:
    """The IDs of texts whose attachments are to be erased, the oldest attachments first."""
    rows = erasable_files(team_id, before).order_by("id").annotate(text=F("message_id"))
    return list(dict.fromkeys(rows.values_list("text", flat=True)[:limit]))


def erasable_notes(team_id: int, before: datetime) -> QuerySet[Note]:
    return Note.objects.filter(team_id=team_id, at__lt=before)
