"""Wordings of automatic replies in languages other than English, which an inbox may replace."""

from django.db import models

from accounts.models import Inbox
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class ReplyWording(TenantModel):
    """An inbox's own text of one reply in one language. English is kept in the inbox itself."""

    inbox = TenantKey(Inbox, related_name="reply_wordings")
    language = models.CharField(max_length=2)
    reply = models.CharField(max_length=8)  # an AutoReply
    text = models.CharField(max_length=320)

    class Meta:
        constraints = [
            TenantIsolation(name="optout_replywording_isolation"),
            TenantReference(field="inbox", on_delete="CASCADE", name="optout_replywording_inbox"),
            models.UniqueConstraint(
                fields=["team", "inbox", "language", "reply"], name="optout_replywording_once"
            ),
        ]
