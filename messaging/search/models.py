"""Models of the search: the texts as the search reads them, and how far the texts of a team are indexed."""

from typing import Any

from django.db import models

from accounts.models import Inbox
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class SearchableText(TenantModel):
    """A text as the search reads it. Its ID is that of its message. It goes with its conversation, at an erasure.

    A worker writes these rows (messaging.search.indexing), so that receiving a text costs nothing for the search.
    """

    conversation: Any = TenantKey("messaging.Conversation", related_name="searchable_texts")
    inbox = TenantKey(Inbox, related_name="searchable_texts")
    at = models.DateTimeField()
    outbound = models.BooleanField()
    has_picture = models.BooleanField()
    folded = models.TextField()  # its words, as the SQL function messaging_search_folded writes them

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_searchabletext_isolation"),
            TenantReference(
                field="conversation", on_delete="CASCADE", name="messaging_searchabletext_conversation"
            ),
            TenantReference(field="inbox", name="messaging_searchabletext_inbox"),
        ]
        # And messaging_searchabletext_found, a GIN index on the function messaging_search_terms: see the migration.
        indexes = [
            models.Index(fields=["team", "at", "id"], name="messaging_searchabletext_time"),
            models.Index(fields=["team", "conversation", "at", "id"], name="messaging_searchabletext_talk"),
        ]


class SearchProgress(TenantModel):
    """How far the texts of a team are indexed: all above `from_id` and up to `settled_id`, by the messages' IDs.

    An ID is taken before its transaction commits, so a lower ID may appear after a higher one. `seen_id` was the
    newest ID when `seen_xid` was the next transaction; once no transaction from before is running, all IDs up to
    `seen_id` have appeared. Texts from before the index are indexed newest first, until `from_id` is 0.
    """

    from_id = models.BigIntegerField()
    settled_id = models.BigIntegerField()
    seen_id = models.BigIntegerField()
    seen_xid = models.BigIntegerField()

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_searchprogress_isolation"),
            models.UniqueConstraint(fields=["team"], name="messaging_searchprogress_once"),
        ]
