"""Models of attachments: what a text has besides its words."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from kernel.loading import Loader, load
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference
from messaging.media.content_types import FileKind, extension_of, kind_of
from messaging.message_content import describe_attachment

THUMBNAIL_SIDE = 480  # pixels of a thumbnail's longer side
SHOWN_SIDE = 288  # pixels of a page: those of a sharp screen are smaller


class AttachmentState(models.TextChoices):
    """Progress of an attachment.

    waiting -> stored | refused | gone
    any state -> erased                (its files are being deleted, then its row is)
    """

    WAITING = "waiting"
    STORED = "stored"
    REFUSED = "refused"
    GONE = "gone"
    ERASED = "erased"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def of_texts(self, team_id: int, texts: Iterable[Any]) -> dict[int, list["Attachment"]]:
        """The attachments of these messages, by the ID of the text, in order."""
        return load(attachments_loader(team_id, texts))


class Attachment(TenantModel):
    """One picture, PDF, contact card, recording or video of a text. Its file is in the storage "media".

    An upload has no message until its text is queued. Without one it is deleted when it is due.
    """

    message = TenantKey("messaging.Message", related_name="attachments", null=True)
    position = models.PositiveSmallIntegerField(default=0)  # in its text, from 0
    state = models.CharField(max_length=7, choices=AttachmentState)
    reason = models.CharField(max_length=200, blank=True)  # why it is not stored, in a sentence
    source_url = models.TextField(blank=True)  # where it is fetched from; empty for uploads
    content_type = models.CharField(
        max_length=100, blank=True
    )  # the carrier's word; once stored, as recognized
    file = models.CharField(max_length=100, blank=True)  # its name in the storage
    size = models.PositiveBigIntegerField(null=True)  # bytes
    width = models.PositiveIntegerField(null=True)  # pixels; only of pictures
    height = models.PositiveIntegerField(null=True)
    name = models.CharField(max_length=100, blank=True)  # the name that an uploaded file had
    card = models.JSONField(null=True)  # of a contact card: {"name": …, "number": …}
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)  # when a worker must look at it; null if nothing is to do
    created_at = models.DateTimeField(default=timezone.now)

    objects: Any = AttachmentQuerySet.as_manager()
    message_id: int
    copied_from = ""  # the file of which this one, not saved yet in a text, is a copy

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_attachment_isolation"),
            TenantReference(field="message", name="messaging_attachment_message"),
        ]
        indexes = [
            models.Index(fields=["team", "message", "position"], name="messaging_attachment_text"),
            models.Index(
                fields=["due_at"], name="messaging_attachment_due", condition=Q(due_at__isnull=False)
            ),
        ]

    @property
    def is_stored(self) -> bool:
        return self.state == AttachmentState.STORED

    @property
    def is_waiting(self) -> bool:
        return self.state == AttachmentState.WAITING

    @property
    def kind(self) -> FileKind | None:
        return kind_of(self.content_type)

    @property
    def words(self) -> str:
        """What it is, such as "Photo" or "PDF file"."""
        return describe_attachment(self.file or self.source_url or "-", self.content_type)

    @property
    def thumbnail(self) -> str:
        """The name of a picture's thumbnail in the storage."""
        return thumbnail_name(self.file)

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height at which a page shows a picture's thumbnail, in pixels of the page."""
        width, height = self.width or 1, self.height or 1
        scale = min(1, SHOWN_SIDE / max(width, height))
        return max(1, round(width * scale)), max(1, round(height * scale))

    @property
    def download_name(self) -> str:
        return self.name or f"attachment-{self.id}.{extension_of(self.content_type)}"

    def stored_medium(self) -> dict[str, Any]:
        """Its entry in the media of its text."""
        if self.is_waiting:
            return {"url": self.source_url, "type": self.content_type}
        copied = {"copied_from": self.copied_from} if self.copied_from else {}
        return {"file": self.file, "type": self.content_type, **copied}


def attachments_loader(team_id: int, texts: Iterable[Any]) -> Loader[dict[int, list[Attachment]]]:
    """The attachments of these messages, by the ID of the text, in order. A broadcast's texts share its picture."""
    with_media = [text for text in texts if text.media]
    own = [text.id for text in with_media if not text.broadcast_id]
    shared = {text.broadcast_id for text in with_media if text.broadcast_id}
    rows = Attachment.objects.filter(team_id=team_id, message_id__in=own)
    pictures = Attachment.objects.filter(team_id=team_id, broadcasts__id__in=shared)
    attachments, of_broadcasts = yield [
        rows.order_by("message_id", "position", "id"),
        pictures.annotate(broadcast_id=F("broadcasts__id")),
    ]
    found: dict[int, list[Attachment]] = {}
    for attachment in attachments:
        found.setdefault(attachment.message_id, []).append(attachment)
    by_broadcast = {picture.broadcast_id: [picture] for picture in of_broadcasts}
    return found | {
        text.id: by_broadcast.get(text.broadcast_id, []) for text in with_media if text.broadcast_id
    }


def thumbnail_name(file: str) -> str:
    return f"{file}-small"
