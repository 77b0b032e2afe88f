"""Drafts of broadcasts: make, find, change and delete one. All run in the scope of the team, except `store_picture`."""

from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Member
from messaging.broadcasts.audience import Audience
from messaging.broadcasts.models import Broadcast, BroadcastStatus
from messaging.carriers.base import MediaLimits
from messaging.media.content_types import FileKind
from messaging.media.erasure import erase
from messaging.media.models import Attachment
from messaging.media.refusals import RefusedFile
from messaging.media.uploads import copy_attachment, store_uploads
from messaging.text_templates.models import TextTemplate

PICTURE_LIMITS = MediaLimits(count=1, total_bytes=5 * 1024 * 1024)
NOT_A_PICTURE = "Choose a picture, such as a JPEG or PNG file."
LONGEST_BEGUN = timedelta(days=2)  # between the page with an empty form and its first save


class NoDraft(Exception):
    """The broadcast was confirmed meanwhile: it can no longer be changed."""


def read_begun(typed: str) -> datetime:
    """When the page with an empty form was opened: the same page makes one draft, however often it is saved."""
    now = timezone.now()
    try:
        begun = parse_datetime(typed)
    except ValueError:
        begun = None
    if begun is None or begun.tzinfo is None or not now - LONGEST_BEGUN <= begun <= now:
        return now
    return begun


def find_or_begin(member: Member, begun: datetime) -> Broadcast:
    """The draft that a page began, locked; or a new one, not saved yet."""
    rows = Broadcast.objects.filter(team_id=member.team_id, created_at=begun, author_id=member.id)
    found = rows.select_for_update(no_key=True).first()
    return found or new_draft(member, begun)


def new_draft(member: Member, begun: datetime | None = None) -> Broadcast:
    """An unsaved draft."""
    return Broadcast(
        team=member.team, author_id=member.id, author_name=str(member), created_at=begun or timezone.now()
    )


def save_draft(draft: Broadcast, changes: dict[str, Any], audience: Audience) -> None:
    """Store what a form says. Raises NoDraft if it is no draft any more."""
    if draft.status != BroadcastStatus.DRAFT:
        raise NoDraft
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.audience = audience.to_json()
    draft.save()


def set_template(draft: Broadcast, template: TextTemplate | None) -> None:
    """Remember the template that the text began with, for the reports."""
    draft.template_id = template.id if template else None
    draft.template_title = template.title if template else ""


def set_picture(draft: Broadcast, picture: Attachment | None) -> None:
    """Give the draft another picture, or none. The former one is deleted when the draft is saved with it."""
    before, draft.picture = draft.picture_id, picture
    if before and before != draft.picture_id:
        if draft.id:
            draft.save(update_fields=["picture"])
        erase(draft.team_id, [before])


def delete_draft(draft: Broadcast) -> None:
    """Delete a draft with its picture. Raises NoDraft if it is no draft any more."""
    if draft.status != BroadcastStatus.DRAFT:
        raise NoDraft
    picture = draft.picture_id
    draft.delete()
    if picture:
        erase(draft.team_id, [picture])


def copy_as_draft(original: Broadcast, member: Member) -> Broadcast:
    """A new draft with the words, inbox and audience of a broadcast; without its time and its picture."""
    draft = new_draft(member)
    names = ("category", "inbox_id", "body", "template_id", "template_title", "append_words", "opt_out_words")
    for name in names:
        setattr(draft, name, getattr(original, name))
    draft.name, draft.audience = f"{original.name} (copy)"[:80], original.audience
    draft.save()
    return draft


def store_picture(
    team_id: int, file: UploadedFile | None, template: TextTemplate | None
) -> Attachment | None:
    """The picture that a form brings, or else a copy of the template's, as an upload. Raises RefusedFile."""
    if file:
        (stored,) = store_uploads(team_id, [file], PICTURE_LIMITS)
        if stored.kind is not FileKind.PICTURE:
            raise RefusedFile(NOT_A_PICTURE)
        return stored
    original = template.picture if template else None
    return copy_attachment(original) if original and original.is_stored else None
