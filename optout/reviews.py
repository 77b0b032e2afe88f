"""Reviews: inbound texts about which a member decides. A hold among them stops everything automatic meanwhile."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from accounts.models import Inbox
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class ReviewKind(models.TextChoices):
    """Why a text waits for a decision."""

    HOLD = "hold", "May be an opt-out"  # nothing automatic is sent to the number until the decision
    MARK = "mark", "May be an opt-out, in an inbox that acts on keywords only"
    WANTS_TEXTS = "wants", "Wants texts again"
    APPOINTMENT = "visit", "Opted out, may have meant the appointment"


class ReviewOutcome(models.TextChoices):
    """open -> opted_out | dismissed | done | lapsed | overtaken."""

    OPEN = "open", "Open"
    OPTED_OUT = "opted_out", "Opted out"  # a member decided that it is an opt-out
    DISMISSED = "dismissed", "Not an opt-out"  # a member decided that it is none
    DONE = "done", "Done"  # consent was recorded, or the person was called
    LAPSED = "lapsed", "Opted out because nobody decided"  # a hold, ten business days after its text
    OVERTAKEN = "overtaken", "Settled by a later text or change"


class ReviewQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        return self.filter(outcome=ReviewOutcome.OPEN)

    def holds(self) -> Self:
        return self.filter(kind=ReviewKind.HOLD)


class Review(TenantModel):
    """A text that waits for a member's decision, or got it, with the reason why it does."""

    inbox = TenantKey(Inbox, related_name="reviews")
    number = models.CharField(max_length=64)
    message_id = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=ReviewKind)
    # The reason, as optout.reader.outcome.TextReading gives it.
    rule = models.CharField(max_length=120, blank=True)
    found = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, blank=True)
    score = models.PositiveSmallIntegerField(null=True)  # in thousandths
    version = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()  # of the text
    due_on = models.DateField(null=True)  # of a hold: the last day of the decision, in the team's time zone
    outcome = models.CharField(max_length=10, choices=ReviewOutcome, default=ReviewOutcome.OPEN)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=120, blank=True)
    held_event_id = models.BigIntegerField(null=True)  # the ledger entry of the hold
    decision_event_id = models.BigIntegerField(null=True)  # the ledger entry of the decision
    reminded_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    objects: Any = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            TenantIsolation(name="optout_review_isolation"),
            TenantReference(field="inbox", name="optout_review_inbox"),
            models.UniqueConstraint(fields=["team", "message_id"], name="optout_review_once"),
        ]
        indexes = [
            models.Index(
                fields=["team", "number"], name="optout_review_open_number", condition=Q(outcome="open")
            ),
            models.Index(
                fields=["team", "due_on", "id"], name="optout_review_open_due", condition=Q(outcome="open")
            ),
            models.Index(
                fields=["due_on"], name="optout_review_holds_due", condition=Q(outcome="open", kind="hold")
            ),
        ]


def open_holds(team_id: int) -> models.QuerySet[Review]:
    """The holds of a team that wait for a decision."""
    holds: models.QuerySet[Review] = Review.objects.open().holds().filter(team_id=team_id)
    return holds
