"""Erasure of attachments: their rows lose all content with the transaction, their files are deleted after it."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models.functions import Greatest, Least, Now

from messaging.media.models import Attachment, AttachmentState
from messaging.media.wakeups import wake_media_on_commit

# A worker that is storing a file has ended by then. See fetching.CLAIM_TIMEOUT.
LONGEST_CLAIM = timedelta(minutes=5)
WOKEN = 500  # the sweep finds the others


def erase_attachments(team_id: int, conversation_ids: Sequence[int]) -> None:
    """Erase the attachments of these conversations, in the scope of the team. If it rolls back, no file is deleted."""
    of_texts = Attachment.objects.filter(
        team_id=team_id, message__team_id=team_id, message__conversation_id__in=conversation_ids
    )
    erase(team_id, list(of_texts.values_list("id", flat=True)))


def erase(team_id: int, ids: Sequence[int]) -> None:
    """Erase these attachments. Workers delete the files, and then the rows."""
    claimed_until = Greatest("due_at", Now())  # of values that are not null
    Attachment.objects.filter(team_id=team_id, id__in=ids).update(
        state=AttachmentState.ERASED,
        message=None,
        source_url="",
        reason="",
        name="",
        card=None,
        due_at=Least(claimed_until, Now() + LONGEST_CLAIM),
    )
    wake_media_on_commit(team_id, ids[:WOKEN])
