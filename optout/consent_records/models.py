"""Consent records: how each number came to be textable, in whose words, by which way, and when. Written once."""

from typing import Any, Self

from django.db import models

from kernel.tenancy import TenantIsolation, TenantModel


class ConsentCategory(models.TextChoices):
    """What a person agreed to get. Consent to marketing is consent to informational texts, too.

    Marketing takes prior express written consent, other texts prior express consent (47 CFR 64.1200(a)(1) and (2)).
    """

    MARKETING = "marketing", "Marketing"
    INFORMATIONAL = "informational", "Informational"
    NONE = "none", "None"  # earlier records were mistaken, or no longer hold

    @classmethod
    def granting(cls) -> tuple["ConsentCategory", ...]:
        """The categories of consent that was given."""
        return cls.MARKETING, cls.INFORMATIONAL

    @property
    def satisfied_by(self) -> tuple["ConsentCategory", ...]:
        """The categories of consent that allow texts of this category."""
        return (self,) if self is ConsentCategory.MARKETING else ConsentCategory.granting()


class ConsentMethod(models.TextChoices):
    """The way by which a person gave consent."""

    TEXT = "text", "By text"
    FORM = "form", "On a form"
    SPOKEN = "spoken", "In person or by phone"
    OTHER = "other", "In another way"


class ConsentRecordQuerySet(models.QuerySet[Any]):
    def of(self, team_id: int, number: str) -> Self:
        """The records of a number, newest first."""
        return self.filter(team_id=team_id, number=number).order_by("-id")


class ConsentRecord(TenantModel):
    """One consent of one number. It lifts nothing: whether a number may be texted is its standing.

    The runtime role may not change or delete it; only an erasure empties its words. It refers to other rows by plain
    IDs and copies their names, like a ledger entry.
    """

    number = models.CharField(max_length=64)
    category = models.CharField(max_length=13, choices=ConsentCategory)
    method = models.CharField(max_length=6, choices=ConsentMethod)
    origin = models.CharField(max_length=12)  # an Origin: the person, a member, an import or the API
    words = models.TextField(blank=True)  # what the person said or agreed to
    source = models.CharField(max_length=200, blank=True)  # where: a form, a call, a file
    obtained_at = models.DateTimeField(null=True)  # null: the record does not say when
    recorded_at = models.DateTimeField()
    inbox_id = models.BigIntegerField(null=True)  # the inbox to which the person texted
    inbox_name = models.CharField(max_length=60, blank=True)
    message_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120, blank=True)
    # The import that recorded it. A record "none" with an import takes back that import's records alone.
    import_id = models.BigIntegerField(null=True)

    objects: Any = ConsentRecordQuerySet.as_manager()

    class Meta:
        constraints = [TenantIsolation(name="optout_consentrecord_isolation")]
        indexes = [
            models.Index(fields=["team", "number", "category"], name="optout_consentrecord_number"),
            models.Index(
                fields=["team", "import_id"],
                name="optout_consentrecord_import",
                condition=models.Q(import_id__isnull=False),
            ),
        ]
