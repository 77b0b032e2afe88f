"""Erasure by age: batches of a retention run. A text's row stays as the receipt, in its conversation."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left, Now

from messaging.drafts.models import Draft
from messaging.media.erasure import erase as erase_files
from messaging.media.models import Attachment
from messaging.message_content import ERASED
from messaging.models import Conversation, Message
from messaging.retention.erasable import (
    NOTHING_LEFT,
    erasable_notes,
    next_texts,
    next_texts_with_files,
)
from messaging.retention.models import RetentionRun
from messaging.scheduling.models import AUTHOR_MAY_NOT, ScheduledText, ScheduleOutcome
from messaging.search.indexing import hold_index
from messaging.search.models import SearchableText
from messaging.simulator.models import SimulatedText
from optout.consent_records.models import ConsentCategory, ConsentRecord
from optout.models import Origin
from optout.pending_opt_ins import OptInOutcome, PendingOptIn
from optout.reviews import Review

BATCH = 500  # rows of one transaction


def erase_batch(run: RetentionRun) -> bool:
    """Erase the next batch of a run, in the scope of its team, and count it. False if nothing is left."""
    return any(step(run) for step in _STEPS)


def _erase_texts(run: RetentionRun) -> int:
    if run.texts_before is None:
        return 0
    hold_index(run.team_id)
    ids = next_texts(run.team_id, run.texts_before, BATCH)
    run.files += _erase_files(run.team_id, ids)
    changed = {"body": "", "media": [], "error": "", "held": ""}
    run.texts += _write(run.team_id, ids, run.texts_before, run.texts_rule, **changed)
    SearchableText.objects.filter(team_id=run.team_id, id__in=ids).delete()
    _erase_quotes(run.team_id, ids)
    return len(ids)


def _erase_attachments(run: RetentionRun) -> int:
    """Attachments that go before their texts. A text that had nothing else is not found by the search any more."""
    if run.files_before is None:
        return 0
    hold_index(run.team_id)
    ids = next_texts_with_files(run.team_id, run.files_before, BATCH)
    run.files += _erase_files(run.team_id, ids)
    _write(run.team_id, ids, run.files_before, run.files_rule, media=[])
    emptied = Message.objects.filter(NOTHING_LEFT, team_id=run.team_id, id__in=ids).values("id")
    indexed = SearchableText.objects.filter(team_id=run.team_id, id__in=ids)
    indexed.filter(id__in=emptied).delete()
    indexed.update(has_picture=False)
    return len(ids)


def _erase_notes(run: RetentionRun) -> int:
    if run.texts_before is None:
        return 0
    found = _delete(run.team_id, erasable_notes(run.team_id, run.texts_before))
    run.notes += found
    return found


def _erase_unsent(run: RetentionRun) -> int:
    """Old drafts, scheduled texts that ended or wait for nobody, words of settled opt-ins, the simulator's texts."""
    if run.texts_before is None:
        return 0
    before, team_id = run.texts_before, run.team_id
    settled = PendingOptIn.objects.filter(team_id=team_id, created_at__lt=before).exclude(
        outcome=OptInOutcome.PENDING
    )
    settled.exclude(words="").update(words="")
    ended = Q(ended_at__lt=before) & ~Q(outcome=ScheduleOutcome.SCHEDULED)
    stopped = Q(outcome=ScheduleOutcome.SCHEDULED, reason=AUTHOR_MAY_NOT, send_at__lt=before)
    return max(
        _delete(team_id, Draft.objects.filter(team_id=team_id, updated_at__lt=before)),
        _delete(team_id, ScheduledText.objects.filter(ended | stopped, team_id=team_id)),
        _delete(team_id, SimulatedText.objects.filter(team_id=team_id, at__lt=before)),
    )


_STEPS: list[Callable[[RetentionRun], int]] = [_erase_texts, _erase_attachments, _erase_notes, _erase_unsent]


def _delete(team_id: int, rows: QuerySet[Any]) -> int:
    ids = list(rows.order_by("id").values_list("id", flat=True)[:BATCH])
    if ids:
        rows.model._default_manager.filter(team_id=team_id, id__in=ids).delete()
    return len(ids)


def _erase_files(team_id: int, message_ids: Sequence[int]) -> int:
    """Erase the attachments of these texts. Returns how many had a file."""
    rows = Attachment.objects.filter(team_id=team_id, message_id__in=message_ids)
    found = list(rows.values_list("id", "file"))
    erase_files(team_id, [id for id, _ in found])
    return sum(bool(file) for _, file in found)


def _erase_quotes(team_id: int, message_ids: Sequence[int]) -> None:
    """Erase what other rows quote of these texts, but not evidence: what agreed to marketing, and the ledger."""
    Review.objects.filter(team_id=team_id, message_id__in=message_ids).update(found="")
    numbers = Message.objects.filter(team_id=team_id, id__in=message_ids).values("number")
    first_texts = ConsentRecord.objects.filter(
        team_id=team_id, number__in=numbers, message_id__in=message_ids, origin=Origin.CONTACT
    )
    first_texts.filter(category=ConsentCategory.INFORMATIONAL).update(words="")


def _write(team_id: int, ids: Sequence[int], before: datetime, rule: str, **changed: Any) -> int:
    """Write what is left of these texts, and when and why. Their conversations' rows are locked before theirs."""
    texts = Message.objects.filter(team_id=team_id, id__in=ids)
    conversations = Conversation.objects.filter(team_id=team_id, id__in=texts.values("conversation_id"))
    quiet = conversations.filter(last_message_at__lt=before).order_by("id")
    locked = list(quiet.select_for_update(no_key=True).values_list("id", flat=True))
    count = texts.update(erased_at=Now(), erased_after=rule, **changed)
    _refresh_previews(team_id, locked)
    return count


def _refresh_previews(team_id: int, conversation_ids: Sequence[int]) -> None:
    """Erase each preview that no text of its conversation has any more."""
    texts = Message.objects.filter(team_id=team_id, conversation_id=OuterRef("id")).exclude(NOTHING_LEFT)
    is_shown = Q(beginning=OuterRef("preview")) | Q(at=OuterRef("last_message_at"))
    shown = texts.annotate(beginning=Left("body", 140)).filter(is_shown)
    rows = Conversation.objects.filter(team_id=team_id, id__in=conversation_ids).exclude(Exists(shown))
    rows.exclude(preview="").update(preview=ERASED)
