"""Model of drafts: what a member has written in a conversation and not sent."""

from django.db import models

from accounts.models import Member
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class Draft(TenantModel):
    """The words in a member's composer of a conversation, in every browser; no row if it is empty."""

    member = TenantKey(Member, related_name="drafts")
    conversation = TenantKey("messaging.Conversation", related_name="drafts")
    body = models.TextField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_draft_isolation"),
            TenantReference(field="member", on_delete="CASCADE", name="messaging_draft_member"),
            TenantReference(field="conversation", on_delete="CASCADE", name="messaging_draft_conversation"),
            models.UniqueConstraint(fields=["team", "conversation", "member"], name="messaging_draft_once"),
        ]
