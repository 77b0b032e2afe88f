"""Model of templates: texts that a team or a member saves to use again."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Member
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference
from messaging.media.models import Attachment

MAX_TEMPLATES = 500  # of a team
MAX_BODY = 1600  # characters, as many as a text may have


class TextTemplateQuerySet(models.QuerySet["TextTemplate"]):
    def shared(self, team_id: int) -> Self:
        """Those of the whole team."""
        return self.filter(team_id=team_id, owner=None)

    def usable_by(self, member: Member) -> Self:
        """Those of the member's team, and the member's own."""
        return self.filter(Q(owner=None) | Q(owner_id=member.id), team_id=member.team_id)

    def offered(self) -> Self:
        """Those that are not archived."""
        return self.filter(archived=False)

    def matching(self, typed: str) -> Self:
        """Those with all typed words in title or text, in any case."""
        found = self
        for word in typed.replace("\0", " ").split()[:10]:
            found = found.filter(Q(title__icontains=word) | Q(body__icontains=word))
        return found


class TextTemplate(TenantModel):
    """A text to use again, of the team or of one member. It may have fields (messaging.text_templates.fields)."""

    owner = TenantKey(Member, null=True, related_name="templates")  # null: shared with the team
    title = models.CharField(max_length=80)
    body = models.TextField(max_length=MAX_BODY, blank=True)
    picture = TenantKey(Attachment, null=True, related_name="templates")
    uses = models.PositiveIntegerField(default=0, db_default=0)  # how many texts were sent with it
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    archived = models.BooleanField(default=False, db_default=False)  # kept, and no longer offered
    rev = models.PositiveIntegerField(default=1, db_default=1)  # number of its versions, from 1
    local_id = models.CharField(max_length=64, blank=True, db_default="")  # of the program that made it

    objects: Any = TextTemplateQuerySet.as_manager()
    owner_id: int | None
    picture_id: int | None

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_texttemplate_isolation"),
            TenantReference(field="owner", on_delete="CASCADE", name="messaging_texttemplate_owner"),
            TenantReference(field="picture", name="messaging_texttemplate_picture"),
        ]
        indexes = [
            models.Index(fields=["team", "title"], name="messaging_texttemplate_list"),
            models.Index(
                fields=["team", "picture"],
                name="messaging_texttemplate_shows",
                condition=Q(picture__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_shared(self) -> bool:
        return self.owner_id is None
