"""Suppression lists of a team's own: numbers that get no marketing broadcasts, kept apart from opt-outs."""

from django.db import models
from django.utils import timezone

from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class SuppressionListKind(models.TextChoices):
    """Where the numbers of a list come from."""

    DO_NOT_CALL = "do_not_call", "National Do Not Call Registry"
    REASSIGNED = "reassigned", "Reassigned numbers"
    OTHER = "other", "Another list"


class SuppressionList(TenantModel):
    """A list of numbers that get no marketing broadcasts. It is no opt-out: members may text these numbers."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=SuppressionListKind)
    dated = models.DateField()  # the day whose state its newest file has
    numbers_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            TenantIsolation(name="optout_suppressionlist_isolation"),
            models.UniqueConstraint(fields=["team", "name"], name="optout_suppressionlist_name"),
        ]

    def __str__(self) -> str:
        return self.name


class SuppressedNumber(TenantModel):
    """A number of a suppression list, once in each list."""

    list = TenantKey(SuppressionList, related_name="numbers")
    number = models.CharField(max_length=64)
    run_id = (
        models.BigIntegerField()
    )  # the file that had it last: replacing a list deletes what its file lacks

    class Meta:
        constraints = [
            TenantIsolation(name="optout_suppressednumber_isolation"),
            TenantReference(field="list", on_delete="CASCADE", name="optout_suppressednumber_list"),
            models.UniqueConstraint(fields=["team", "number", "list"], name="optout_suppressednumber_once"),
        ]
        indexes = [models.Index(fields=["team", "list", "run_id"], name="optout_suppressednumber_file")]
