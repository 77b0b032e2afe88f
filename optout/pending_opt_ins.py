"""Pending opt-ins: keywords that lift an opt-out only if the carrier says that they were sent after it.

And opt-ins that were not applied, because they came by another app than the opt-out (optout.channels).
"""

from django.db import models
from django.db.models import Q

from accounts.models import Inbox
from kernel.loading import Loader
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class OptInOutcome(models.TextChoices):
    """pending -> applied | older | unknown, or app. The opt-out stays in force unless it is applied."""

    PENDING = "pending"
    APPLIED = "applied"
    OLDER = "older"  # sent before the opt-out, or in the same second
    UNKNOWN = "unknown"  # the carrier could not tell for a day
    OTHER_APP = "app"  # it came by another app than the opt-out


class PendingOptIn(TenantModel):
    """A text that asks to opt in and arrived right after an opt-out by text; see messaging.opt_in_checks."""

    inbox = TenantKey(Inbox, related_name="pending_opt_ins")
    number = models.CharField(max_length=64)
    message_id = models.BigIntegerField()
    intent = models.CharField(max_length=8)  # a Outcome
    words = models.TextField()
    may_reply = models.BooleanField()  # whether the carrier sends no reply of its own
    sent_at = models.DateTimeField(null=True)  # by the carrier's clock, if it is known
    outcome = models.CharField(max_length=8, choices=OptInOutcome, default=OptInOutcome.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="optout_pendingoptin_isolation"),
            TenantReference(field="inbox", name="optout_pendingoptin_inbox"),
            models.UniqueConstraint(fields=["team", "message_id"], name="optout_pendingoptin_once"),
        ]
        indexes = [
            models.Index(fields=["team", "number", "-id"], name="optout_pendingoptin_number"),
            models.Index(
                fields=["next_try_at"],
                name="optout_pendingoptin_due",
                condition=Q(outcome=OptInOutcome.PENDING),
            ),
        ]

    @property
    def note(self) -> str:
        """What became of it, in a sentence; empty once it is applied, since the ledger says so."""
        keyword = f"A {self.intent.upper()}"
        match self.outcome:
            case OptInOutcome.PENDING:
                return (
                    f"{keyword} is being checked: it counts if the carrier says that it came after the STOP."
                )
            case OptInOutcome.OLDER:
                return f"{keyword} was not applied: it was not sent after the opt-out."
            case OptInOutcome.UNKNOWN:
                return (
                    f"{keyword} was not applied: the carrier did not say for a day whether it was sent later."
                )
            case OptInOutcome.OTHER_APP:
                return (
                    f"{keyword} was not applied: it came in another app and does not lift an opt-out by text."
                    " The person can text START from their phone’s own messages."
                )
        return ""


def newest_checked(team_id: int, number: str) -> models.QuerySet[PendingOptIn]:
    """The number's newest opt-in that was checked, if any."""
    return PendingOptIn.objects.filter(team_id=team_id, number=number).order_by("-id")[:1]


def newest_note(team_id: int, number: str) -> str:
    """The note about it, for a number that is opted out."""
    newest = newest_checked(team_id, number).first()
    return newest.note if newest else ""


def notes_loader(team_id: int, message_ids: list[int]) -> Loader[dict[int, str]]:
    """The notes about those of these texts that were checked, by message ID."""
    (rows,) = yield [PendingOptIn.objects.filter(team_id=team_id, message_id__in=message_ids)]
    return {row.message_id: row.note for row in rows}
