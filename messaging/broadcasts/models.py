"""Models of broadcasts: a text to many people, each of them as a recipient, and the pace of their inboxes."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Inbox
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference
from messaging.broadcasts.left_out import LeftOut
from messaging.media.models import Attachment

OPT_OUT_WORDS = "Reply STOP to opt out."


class BroadcastCategory(models.TextChoices):
    """What a broadcast is for. The law asks for more consent before marketing (47 CFR 64.1200(f)(1), (13))."""

    MARKETING = "marketing"
    INFORMATIONAL = "informational"


class BroadcastStatus(models.TextChoices):
    """Progress of a broadcast.

    draft -> scheduled                  (confirmed; it waits for its time, if it has one)
    scheduled -> draft                  (taken back before its time, to be changed)
    scheduled -> preparing -> sending -> finished
    preparing, sending -> paused        (by a member, or by itself: PauseReason)
    scheduled -> paused                 (at its time the member who confirmed it may no longer send it)
    paused -> preparing, sending        (resumed where it stood)
    scheduled, preparing, sending, paused -> cancelled
    """

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PREPARING = "preparing"  # its audience becomes recipients
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


RUNNING = (BroadcastStatus.PREPARING, BroadcastStatus.SENDING)
ENDED = (BroadcastStatus.FINISHED, BroadcastStatus.CANCELLED)


class PauseReason(models.TextChoices):
    """Who or what paused a broadcast."""

    MEMBER = "member", "Paused by a member."
    CREDENTIALS = "credentials", "The carrier refuses the inbox's credentials or its account."
    DAILY_CAP = "daily_cap", "The carrier's limit for a day is reached."
    SPAM_FILTER = "spam_filter", "The carrier's spam filter stops too many of these texts."
    REFUSED = "refused", "The carrier refuses these texts."
    UNREACHABLE = "unreachable", "The carrier does not take texts at present."
    UNKNOWN = "unknown", "The outcome of too many texts is unknown."
    INBOX_CLOSED = "inbox_closed", "The inbox is closed."
    PICTURE = "picture", "The picture cannot be sent."
    AUDIENCE = "audience", "A list or filter of the audience no longer exists."
    AUTHOR = "author", "The member who confirmed it may no longer send it."


class Broadcast(TenantModel):
    """A text to many people. What is sent is frozen when it is confirmed: later changes of a template do not matter."""

    name = models.CharField(max_length=80)
    category = models.CharField(max_length=13, choices=BroadcastCategory, default=BroadcastCategory.MARKETING)
    inbox = TenantKey(Inbox, null=True, related_name="broadcasts")  # null: the one last used with each person
    body = models.TextField(blank=True)  # with fields
    template_id = models.BigIntegerField(null=True)  # the template that it began with; may be deleted
    template_title = models.CharField(max_length=80, blank=True)
    picture = TenantKey(Attachment, null=True, related_name="broadcasts")  # an upload of its own
    append_words = models.BooleanField(default=True, db_default=True)  # to the first text ever to a number
    opt_out_words = models.CharField(max_length=160, default=OPT_OUT_WORDS, db_default=OPT_OUT_WORDS)
    audience = models.JSONField(default=dict)  # see messaging.broadcasts.audience
    audience_text = models.TextField(blank=True)  # in words, with the names as they were when confirmed
    send_at = models.DateTimeField(null=True)  # null: at once
    status = models.CharField(max_length=9, choices=BroadcastStatus, default=BroadcastStatus.DRAFT)
    pause_reason = models.CharField(max_length=12, blank=True)  # a PauseReason
    pause_detail = models.CharField(max_length=300, blank=True)  # what the carrier said, or who paused it
    author_id = models.BigIntegerField(null=True)  # the member who confirmed it; may have left the team
    author_name = models.CharField(max_length=80, blank=True)  # of the member, or of a program
    by_program = models.BooleanField(
        default=False, db_default=False
    )  # which may have named a member as its author
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    resumed_at = models.DateTimeField(null=True)  # started or resumed: trouble from before does not count
    ended_at = models.DateTimeField(null=True)
    # The place of the preparation: the contacts up to this ID are recipients. Null once all are.
    prepared_upto = models.BigIntegerField(null=True, default=0)
    # When a worker must look at the broadcast itself; of one that paused itself, to send the email about it.
    due_at = models.DateTimeField(null=True)
    reconcile_at = models.DateTimeField(null=True)  # when the carrier is asked about unknown outcomes
    inbox_id: int | None
    picture_id: int | None

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_broadcast_isolation"),
            TenantReference(field="inbox", name="messaging_broadcast_inbox"),
            TenantReference(field="picture", name="messaging_broadcast_picture"),
        ]
        indexes = [
            models.Index(fields=["team", "-created_at", "-id"], name="messaging_broadcast_list"),
            models.Index(
                fields=["team", "picture"],
                name="messaging_broadcast_shows",
                condition=Q(picture__isnull=False),
            ),
            models.Index(
                fields=["due_at"], name="messaging_broadcast_due", condition=Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["reconcile_at"],
                name="messaging_broadcast_reconcile",
                condition=Q(reconcile_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def pause_sentence(self) -> str:
        """Why it is paused, in sentences; empty if it is not."""
        if self.status != BroadcastStatus.PAUSED:
            return ""
        return f"{PauseReason(self.pause_reason).label} {self.pause_detail}".strip()


class RecipientState(models.TextChoices):
    """Progress of one person in a broadcast.

    waiting -> texted | left_out | held
    held -> waiting                      (the sending hours have begun; everything is read again)

    In a cancelled broadcast, those who wait or are held were not sent anything.
    """

    WAITING = "waiting"
    HELD = "held"  # by sending hours, until held_until
    LEFT_OUT = "left_out"  # for a reason
    TEXTED = "texted"  # a message row exists: its status is the delivery's


class BroadcastRecipient(TenantModel):
    """One number of a broadcast. It gets at most one text, however often workers are killed."""

    broadcast = TenantKey(Broadcast, related_name="recipients")
    number = models.CharField(max_length=64)
    contact_id = models.BigIntegerField(null=True)
    inbox = TenantKey(Inbox, null=True, related_name="broadcast_recipients")  # null: none to write from
    state = models.CharField(max_length=8, choices=RecipientState, default=RecipientState.WAITING)
    reason = models.CharField(max_length=12, blank=True)  # a LeftOut
    message_id = models.BigIntegerField(null=True)
    words_appended = models.BooleanField(default=False, db_default=False)  # the opt-out words
    at = models.DateTimeField(null=True)  # when it was texted or left out
    held_until = models.DateTimeField(null=True)
    held_reason = models.CharField(max_length=120, blank=True)
    broadcast_id: int
    inbox_id: int | None

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_broadcastrecipient_isolation"),
            TenantReference(
                field="broadcast", on_delete="CASCADE", name="messaging_broadcastrecipient_broadcast"
            ),
            TenantReference(field="inbox", name="messaging_broadcastrecipient_inbox"),
            models.UniqueConstraint(
                fields=["team", "broadcast", "number"], name="messaging_broadcastrecipient_once"
            ),
        ]
        indexes = [
            # Counts and pages of a state; for waiting ones also the next to be claimed.
            models.Index(
                fields=["team", "broadcast", "state", "reason", "id"],
                name="messaging_recipient_in",
            ),
            models.Index(
                fields=["team", "broadcast", "inbox", "id"],
                name="messaging_recipient_next",
                condition=Q(state="waiting"),
            ),
            models.Index(
                fields=["team", "broadcast", "held_until"],
                name="messaging_recipient_held",
                condition=Q(state="held"),
            ),
            # What a person got from broadcasts, for the frequency.
            models.Index(
                fields=["team", "number", "at"],
                name="messaging_recipient_of",
                condition=Q(state="texted"),
            ),
        ]

    @property
    def left_out_because(self) -> str:
        """Why it was left out, in words; empty if it was not."""
        return str(LeftOut(self.reason).label) if self.reason else ""


class BroadcastLane(TenantModel):
    """The part of a broadcast that goes from one inbox; see messaging.broadcasts.sending."""

    broadcast = TenantKey(Broadcast, related_name="lanes")
    inbox = TenantKey(Inbox, related_name="broadcast_lanes")
    due_at = models.DateTimeField(null=True)  # when its next texts may go; null: none do
    broadcast_id: int
    inbox_id: int

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_broadcastlane_isolation"),
            TenantReference(field="broadcast", on_delete="CASCADE", name="messaging_broadcastlane_broadcast"),
            TenantReference(field="inbox", name="messaging_broadcastlane_inbox"),
            models.UniqueConstraint(
                fields=["team", "broadcast", "inbox"], name="messaging_broadcastlane_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="messaging_broadcastlane_due", condition=Q(due_at__isnull=False)
            )
        ]


class BroadcastPace(TenantModel):
    """When an inbox may send its next broadcast texts: its rate holds for all its broadcasts together."""

    inbox = TenantKey(Inbox, related_name="broadcast_paces")
    next_at = models.DateTimeField()
    inbox_id: int

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_broadcastpace_isolation"),
            TenantReference(field="inbox", on_delete="CASCADE", name="messaging_broadcastpace_inbox"),
            models.UniqueConstraint(fields=["team", "inbox"], name="messaging_broadcastpace_once"),
        ]
