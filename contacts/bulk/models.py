"""Bulk actions: an action, and its run over contacts that were frozen when it was confirmed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.http import QueryDict

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target
from contacts.runs.models import AuditedRun, Run, RunState
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class BulkAction(models.TextChoices):
    """An action on many selected contacts."""

    ADD_TO_LIST = "add_to_list", "Add to a list"
    REMOVE_FROM_LIST = "remove_from_list", "Remove from a list"
    TAG = "tag", "Add a tag"
    UNTAG = "untag", "Remove a tag"
    ASSIGN = "assign", "Assign"
    OPT_OUT = "opt_out", "Opt out"
    BLOCK = "block", "Block"
    DELETE = "delete", "Delete"


class BulkActionRun(Run):
    """The run of a bulk action. Contacts that no longer match when their batch is done are skipped and counted."""

    kind = "bulk_action"
    rest_ratio = 0.5

    action = models.CharField(max_length=20, choices=BulkAction)
    # The action's arguments: {"list": 3}, {"tag": 4}, {"assignee": 5}, {"reason": "…"}, {"erase": true}; with the name
    # of the list, tag or assignee at that time: {"name": "Recall"}
    details = models.JSONField(default=dict)
    # The filters of the selection, as in the page's address; None for ticked contacts.
    query = models.TextField(null=True)  # noqa: DJ001  an empty query matches all contacts

    class Meta:
        constraints = [TenantIsolation(name="contacts_bulkactionrun_isolation")]
        indexes = [models.Index(fields=["team", "-id"], name="contacts_bulkactionrun_newest")]

    def audited(self) -> AuditedRun | None:
        if self.action != BulkAction.DELETE:
            return None
        target = Target(TargetType.BULK_ACTION, "", self.id)
        return AuditedRun(AuditAction.DELETION_STARTED, AuditAction.DELETION_ENDED, target)

    @property
    def search(self) -> str:
        """The text that the selected contacts were searched by."""
        return QueryDict(self.query or "").get("q", "")

    def forget_search(self) -> None:
        """Remove the search, which is often a person's name or number, and keep the other filters."""
        if self.query:
            filters = QueryDict(self.query, mutable=True)
            filters.pop("q", None)
            self.query = filters.urlencode()

    def end(self, state: RunState, sentence: str = "") -> None:
        """The reason of an opt-out is in the ledger; the search is needed only for the rest of the batches."""
        super().end(state, sentence)
        self.forget_search()
        self.details.pop("reason", None)
        self.batches.filter(team_id=self.team_id).delete()


class BulkActionBatch(TenantModel):
    """The contacts of one batch, as plain IDs, since they may be deleted before it is done."""

    run = TenantKey(BulkActionRun, related_name="batches")
    position = models.PositiveIntegerField()  # 1, 2, 3 …
    contact_ids = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_bulkactionbatch_isolation"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_bulkactionbatch_run"),
            models.UniqueConstraint(fields=["team", "run", "position"], name="contacts_bulkactionbatch_once"),
        ]
