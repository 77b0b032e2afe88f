"""Model of saved views: a named filter of the list of conversations, of a member or of the team."""

from django.db import models

from accounts.models import Member
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class SavedView(TenantModel):
    """A folder, an inbox and a narrowing under a name. What it names may be gone: it then finds nothing."""

    member = TenantKey(Member, related_name="saved_views", null=True)  # null: of the whole team
    name = models.CharField(max_length=60)
    folder = models.CharField(max_length=12)  # a Folder
    inbox_id = models.BigIntegerField(null=True)
    assignee = models.CharField(max_length=20, blank=True)  # as in messaging.narrowing, and so are the others
    tag_id = models.BigIntegerField(null=True)
    unread = models.BooleanField(default=False)
    standing = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_savedview_isolation"),
            TenantReference(field="member", on_delete="CASCADE", name="messaging_savedview_member"),
            models.UniqueConstraint(
                fields=["team", "member", "name"], name="messaging_savedview_name", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.name
