"""Model of scheduled texts: what a member wrote now to be sent later."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Inbox
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference
from messaging.refusal_reasons import refusal_sentence

AUTHOR_MAY_NOT = "author_may_not"  # a reason: its author may no longer text from the inbox


class ScheduleOutcome(models.TextChoices):
    """scheduled -> sent | refused | answered | cancelled;  sent -> refused

    A scheduled one with the reason AUTHOR_MAY_NOT is stopped: at its time its author had no right to send it any more.
    It waits until a member who has the right takes it over or cancels it. An opt-out cancels it, too.
    """

    SCHEDULED = "scheduled"
    SENT = "sent"  # queued as an ordinary text, which may still be refused at its claim
    REFUSED = "refused"  # consent forbade it, at its time or later, or the inbox was closed
    ANSWERED = "answered"  # the person wrote before, and it was to be sent only without an answer
    CANCELLED = "cancelled"


class ScheduledText(TenantModel):
    """A text that is sent at a time. It becomes a message at that time; consent is checked then, at the claim."""

    conversation = TenantKey("messaging.Conversation", related_name="scheduled_texts")
    inbox = TenantKey(Inbox, related_name="scheduled_texts")
    number = models.CharField(max_length=64)
    body = models.TextField()
    send_at = models.DateTimeField()
    unless_answered = models.BooleanField(default=False)
    seen_inbound = models.PositiveIntegerField()  # texts of the person when it was scheduled
    author_id = models.BigIntegerField(null=True)  # a member, who may have left
    author_name = models.CharField(max_length=120)
    outcome = models.CharField(max_length=10, choices=ScheduleOutcome, default=ScheduleOutcome.SCHEDULED)
    reason = models.CharField(max_length=40, blank=True)  # AUTHOR_MAY_NOT, or as in refusal_reasons
    message_id = models.BigIntegerField(null=True)  # the text that it became
    event_id = models.BigIntegerField(null=True)  # the opt-out's ledger entry that cancelled it
    held_until = models.DateTimeField(null=True)  # by sending hours, while it waits
    held = models.CharField(max_length=300, blank=True, default="", db_default="")  # each hold, in words
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    tell_at = models.DateTimeField(null=True)  # since when somebody is to be told that it is not sent

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_scheduledtext_isolation"),
            TenantReference(
                field="conversation", on_delete="CASCADE", name="messaging_scheduledtext_conversation"
            ),
            TenantReference(field="inbox", name="messaging_scheduledtext_inbox"),
        ]
        indexes = [
            models.Index(fields=["team", "conversation", "send_at"], name="messaging_scheduledtext_thread"),
            models.Index(
                fields=["send_at"],
                name="messaging_scheduledtext_due",
                condition=Q(outcome=ScheduleOutcome.SCHEDULED),
            ),
            models.Index(
                fields=["team", "conversation"],
                name="messaging_scheduledtext_folder",
                condition=Q(outcome=ScheduleOutcome.SCHEDULED),
            ),
            models.Index(
                fields=["tell_at"],
                name="messaging_scheduledtext_tell",
                condition=Q(tell_at__isnull=False),
            ),
        ]

    def end(self, outcome: ScheduleOutcome, reason: str = "") -> None:
        """It waits no longer. Of a refusal somebody is told."""
        self.outcome, self.reason, self.ended_at, self.held_until = outcome, reason, timezone.now(), None
        self.tell_at = self.ended_at if outcome == ScheduleOutcome.REFUSED else None
        self.save(update_fields=["outcome", "reason", "message_id", "ended_at", "held_until", "tell_at"])

    @property
    def is_waiting(self) -> bool:
        """Whether it will be sent at its time."""
        return self.outcome == ScheduleOutcome.SCHEDULED and not self.reason

    @property
    def is_stopped(self) -> bool:
        """Whether it waits for a member who may send it."""
        return self.outcome == ScheduleOutcome.SCHEDULED and self.reason == AUTHOR_MAY_NOT

    @property
    def ending(self) -> str:
        """What became of it instead of being sent, in a sentence; empty while it waits and once it is sent."""
        if self.outcome == ScheduleOutcome.CANCELLED and not self.event_id:
            return "Cancelled."
        return f"Not sent: {self.why_not_sent}" if self.why_not_sent else ""

    @property
    def why_not_sent(self) -> str:
        """Why it is not sent, in a sentence; empty unless something stopped it."""
        match self.outcome:
            case ScheduleOutcome.SCHEDULED if self.is_stopped:
                return f"{self.author_name} may no longer text from this inbox."
            case ScheduleOutcome.ANSWERED:
                return "the person answered before."
            case ScheduleOutcome.REFUSED:
                return refusal_sentence(self.reason)
            case ScheduleOutcome.CANCELLED if self.event_id:
                return "the person opted out."
        return ""
