"""Columns of a team that is to be deleted; see portability.deletion."""

from django.db import models


class TeamDeletionState(models.Model):
    """asked for -> cancelled, or begun (nobody enters the team any more) -> finished (due_at is null again)."""

    deletion_due_at = models.DateTimeField(null=True, blank=True)  # when it begins, until it is finished
    deletion_asked_by = models.CharField(
        max_length=254, blank=True, default="", db_default=""
    )  # the owner's name
    deletion_warned_at = models.DateTimeField(null=True, blank=True)  # the owners were told a day before
    # The inboxes that were closed by it, which a cancellation opens again.
    deletion_closed_inboxes = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), blank=True
    )
    deleted_at = models.DateTimeField(null=True, blank=True)  # begun; only what the law asks to keep stays

    class Meta:
        abstract = True

    @property
    def is_to_be_deleted(self) -> bool:
        """Whether an owner may still cancel it. Until then the team sends nothing."""
        return self.deletion_due_at is not None and self.deleted_at is None
