"""Models of conversations and texts. A message row is the queue, the record, and the receipt for a carrier's ID."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Inbox, Member
from contacts.contact.models import Contact
from kernel.phone_numbers import display
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference
from messaging.carriers.error_codes import known_reason
from messaging.conversation_queries import ConversationQuerySet
from messaging.message_content import stored_content
from messaging.refusal_reasons import refusal_sentence


class Conversation(TenantModel):
    """One inbox paired with one number. The contact is joined in by number and may be added or removed at any time.

    A conversation without a number keeps the receipts of the inbox's erased texts (messaging.erasure), unseen by pages.
    """

    inbox = TenantKey(Inbox, related_name="conversations")
    number = models.CharField(max_length=64)
    closed = models.BooleanField(default=False)
    inbound_count = models.PositiveIntegerField(default=0)
    last_message_at = models.DateTimeField()
    awaiting_since = models.DateTimeField(null=True)  # the first text that the team has not answered
    snoozed_until = models.DateTimeField(
        null=True
    )  # out of the open folders until then; see messaging.snoozing
    preview = models.CharField(max_length=140, blank=True)
    # Of the person's newest text: its channel, a key of CHANNELS, and its time.
    channel = models.CharField(max_length=12, blank=True, default="", db_default="")
    last_inbound_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    contact: Any = models.ForeignObject(
        Contact,
        on_delete=models.DO_NOTHING,
        from_fields=["team", "number"],
        to_fields=["team", "number"],
        null=True,
        related_name="conversations",
    )

    objects: Any = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_conversation_isolation"),
            TenantReference(field="inbox", name="messaging_conversation_inbox"),
            models.UniqueConstraint(fields=["team", "inbox", "number"], name="messaging_conversation_once"),
        ]
        indexes = [
            models.Index(
                fields=["team", "closed", "-last_message_at", "-id"], name="messaging_conversation_list"
            ),
            models.Index(
                fields=["team", "inbox", "closed", "-last_message_at", "-id"],
                name="messaging_conversation_box",
            ),
            models.Index(fields=["team", "number"], name="messaging_conversation_number"),
            models.Index(
                fields=["team", "awaiting_since", "id"],
                name="messaging_conversation_waiting",
                condition=Q(closed=False, awaiting_since__isnull=False),
            ),
            models.Index(
                fields=["team", "snoozed_until", "id"],
                name="messaging_conversation_snoozed",
                condition=Q(snoozed_until__isnull=False),
            ),
            models.Index(
                fields=["snoozed_until"],
                name="messaging_conversation_wake",
                condition=Q(snoozed_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.contact) if self.contact else self.shown_number

    @property
    def shown_number(self) -> str:
        return display(self.number)

    def set_closed(self, closed: bool) -> None:
        """Move the conversation to the closed or the open folder. The next text reopens it."""
        self.closed, self.snoozed_until = closed, None
        self.save(update_fields=["closed", "snoozed_until"])


class ReadMarker(TenantModel):
    """How many inbound texts of a conversation a member has seen."""

    conversation = TenantKey(Conversation, related_name="read_markers")
    member = TenantKey(Member, related_name="read_markers")
    seen = models.PositiveIntegerField()

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_readmarker_isolation"),
            TenantReference(
                field="conversation", on_delete="CASCADE", name="messaging_readmarker_conversation"
            ),
            TenantReference(field="member", on_delete="CASCADE", name="messaging_readmarker_member"),
            models.UniqueConstraint(
                fields=["team", "conversation", "member"], name="messaging_readmarker_once"
            ),
        ]


class MessageStatus(models.TextChoices):
    """Progress of a text.

    inbound:   received
    outbound:  queued -> claimed -> sending -> sent -> delivered | undelivered
               queued -> refused                 (consent, at the claim)
               queued -> no row                  (taken back by its author, before any claim: messaging.undo)
               claimed -> queued                 (the claim lapsed: its call did not begin within five seconds)
               sending -> queued                 (the carrier certainly did not take it; sent again later)
               sending -> failed | refused | unknown
               unknown -> sent | delivered | undelivered | failed    (when the carrier reports it)
    """

    RECEIVED = "received"
    QUEUED = "queued"
    CLAIMED = "claimed"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    REFUSED = "refused"


# A carrier's report moves a text only forward in this order. All other statuses are final.
STATUS_ORDER = (
    MessageStatus.QUEUED,
    MessageStatus.CLAIMED,
    MessageStatus.SENDING,
    MessageStatus.UNKNOWN,
    MessageStatus.SENT,
)
IN_PROGRESS = (MessageStatus.QUEUED, MessageStatus.CLAIMED, MessageStatus.SENDING)
# A member may send such a text again, once.
RESENDABLE = (MessageStatus.FAILED, MessageStatus.UNDELIVERED, MessageStatus.UNKNOWN)


class MessagePurpose(models.TextChoices):
    """Why a text is sent: somebody wrote it, it replies to a keyword, or the inbox sends it by itself."""

    TEXT = "text"
    CONFIRMATION = "confirmation"  # of an opt-out: the one text that may follow it
    ANSWER = "answer"  # to START or HELP
    AWAY = "away", "Away text"
    FIRST_CONTACT = "first", "First-contact text"
    PROMPT = "prompt", "Double opt-in prompt"


# See messaging.automatic_texts and messaging.opt_in_prompts.
AUTOMATIC = (MessagePurpose.AWAY, MessagePurpose.FIRST_CONTACT, MessagePurpose.PROMPT)


class Message(TenantModel):
    """One text, inbound or outbound, kept forever. Erasure removes its body, media and number."""

    conversation = TenantKey(Conversation, related_name="messages")
    inbox = TenantKey(Inbox, related_name="messages")
    number = models.CharField(max_length=64, blank=True)
    outbound = models.BooleanField()
    purpose = models.CharField(max_length=12, choices=MessagePurpose, default=MessagePurpose.TEXT)
    status = models.CharField(max_length=11, choices=MessageStatus)
    body = models.TextField(blank=True)
    media = models.JSONField(
        default=list
    )  # [{"url": …, "type": "image/jpeg"}], without URL if it did not arrive; once stored {"file": …, "type": …}
    segments = models.PositiveSmallIntegerField(null=True)
    carrier_id = models.CharField(max_length=64, null=True)  # noqa: DJ001  the carrier's ID of this text
    channel = models.CharField(max_length=12, blank=True, default="", db_default="")  # "whatsapp" or "rcs"
    at = models.DateTimeField()  # the carrier's time if known
    created_at = models.DateTimeField(default=timezone.now)
    possible_opt_out = models.BooleanField(default=False)
    # Both are computed when the text is written: its neighbours may be erased later.
    starts_conversation = models.BooleanField(default=False, db_default=False)  # after a silence
    waited_seconds = models.PositiveIntegerField(null=True)  # how long the person had waited for this answer
    # outbound
    author_id = models.BigIntegerField(null=True)  # the member who wrote it; may have left the team
    author_name = models.CharField(max_length=80, blank=True)
    # Whether a member wrote it on a page. All other texts are automatic, and a held number does not get them.
    by_hand = models.BooleanField(default=False, db_default=False)
    event_id = models.BigIntegerField(null=True)  # the ledger entry that a reply belongs to
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # while in progress: when a worker must look at it again
    # A member may take it back until it is claimed, which is not before this time (messaging.undo).
    undo_until = models.DateTimeField(null=True)
    awaiting_before = models.DateTimeField(
        null=True
    )  # since when the person had waited for it, while undo is possible
    sent_again_id = models.BigIntegerField(null=True)  # the text that sent this one again
    # See messaging.refusal_reasons; of an inbound text, why it was not kept or got no answer.
    reason = models.CharField(max_length=24, blank=True)
    error_code = models.CharField(max_length=12, blank=True)
    error = models.CharField(max_length=300, blank=True)
    crossed = models.BooleanField(default=False)  # it was being sent when an opt-out arrived
    broadcast_id = models.BigIntegerField(null=True)  # the broadcast that it is a text of
    local_id = models.CharField(max_length=64, blank=True, default="", db_default="")  # given by a program
    marketing = models.BooleanField(default=False, db_default=False)  # as a program or a broadcast said
    # Whether it is claimed only within the recipient's sending hours, as texts of broadcasts always are.
    within_hours = models.BooleanField(default=False, db_default=False)
    held_until = models.DateTimeField(null=True)  # by sending hours, while it is queued
    held = models.CharField(max_length=300, blank=True, default="", db_default="")  # each hold, in words
    # By the retention rule (messaging.retention): when it erased the content, or the attachments alone; and the rule's
    # age in words.
    erased_at = models.DateTimeField(null=True)
    erased_after = models.CharField(max_length=20, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_message_isolation"),
            TenantReference(field="conversation", name="messaging_message_conversation"),
            TenantReference(field="inbox", name="messaging_message_inbox"),
            models.UniqueConstraint(fields=["team", "inbox", "carrier_id"], name="messaging_message_once"),
        ]
        indexes = [
            models.Index(fields=["team", "conversation", "-at", "-id"], name="messaging_message_thread"),
            models.Index(fields=["team", "at", "id"], name="messaging_message_time"),
            models.Index(
                fields=["due_at"], name="messaging_message_waiting", condition=Q(status__in=IN_PROGRESS)
            ),
            models.Index(
                fields=["team", "broadcast_id", "status", "id"],
                name="messaging_message_broadcast",
                condition=Q(broadcast_id__isnull=False),
            ),
            # What carriers refused lately, by code (messaging.numbers.filtered_texts).
            models.Index(
                fields=["team", "inbox", "at"],
                name="messaging_message_errors",
                condition=~Q(error_code=""),
            ),
            # What a person got for marketing within a day.
            models.Index(
                fields=["team", "number", "at"],
                name="messaging_message_marketing",
                condition=Q(marketing=True),
            ),
        ]

    @property
    def is_automatic(self) -> bool:
        """Whether no member and no app wrote it."""
        return self.outbound and self.purpose != MessagePurpose.TEXT

    @property
    def is_reply(self) -> bool:
        """Whether it may be a reply in its conversation: no broadcast's, schedule's or program's marketing."""
        return not (self.broadcast_id or self.within_hours or self.marketing)

    def is_due(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at <= now

    @property
    def content(self) -> str:
        """Its words, or what it has instead ("Photo"); empty if its content was not kept."""
        kept = not self.outbound and bool(self.number) and not self.reason and self.erased_at is None
        return stored_content(self.body, self.media, kept=kept)

    @property
    def trouble(self) -> str:
        """Why an outbound text did not arrive, in a sentence. Empty if nothing is wrong."""
        if self.reason:
            return refusal_sentence(self.reason)
        if (words := known_reason(self.error_code)) and self.status != MessageStatus.QUEUED:
            return f"{words}."
        return self.error


class IdempotencyKey(TenantModel):
    """An idempotency key with the response of its first call; see messaging.idempotency."""

    local_id = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of the request
    response = models.JSONField(null=True)  # null only while the first call runs
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_idempotencykey_isolation"),
            models.UniqueConstraint(fields=["team", "local_id"], name="messaging_idempotencykey_once"),
        ]
        indexes = [models.Index(fields=["team", "created_at"], name="messaging_idempotencykey_age")]


class OptOutLatency(TenantModel):
    """The opt-out latency of one STOP; see messaging.opt_out_latency."""

    event_id = models.BigIntegerField()  # the opt-out's ledger entry
    at = models.DateTimeField()  # when the STOP was received
    microseconds = models.PositiveIntegerField()

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_optoutlatency_isolation"),
            models.UniqueConstraint(fields=["team", "event_id"], name="messaging_optoutlatency_once"),
        ]


class OptOutEffects(TenantModel):
    """What an opt-out by text also did; see messaging.opt_out_effects."""

    event_id = models.BigIntegerField()  # the opt-out's ledger entry
    closed = models.BooleanField()  # whether it closed conversations
    lists_left = models.JSONField(default=list)  # the names of the lists
    cancelled = models.PositiveIntegerField(default=0, db_default=0)  # scheduled texts

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_optouteffects_isolation"),
            models.UniqueConstraint(fields=["team", "event_id"], name="messaging_optouteffects_once"),
        ]

    @property
    def sentence(self) -> str:
        left = f"Removed from {', '.join(self.lists_left)}." if self.lists_left else ""
        texts = "1 scheduled text" if self.cancelled == 1 else f"{self.cancelled} scheduled texts"
        stopped = f"{texts} cancelled." if self.cancelled else ""
        return " ".join(filter(None, ["Conversation closed." if self.closed else "", left, stopped]))


# Django looks for the models of an app in this module.
import messaging.broadcasts.models  # noqa: E402
import messaging.broadcasts.stored_figures  # noqa: E402
import messaging.drafts.models  # noqa: E402
import messaging.groups.models  # noqa: E402
import messaging.inbound_parts.models  # noqa: E402
import messaging.line_types.models  # noqa: E402
import messaging.media.models  # noqa: E402
import messaging.notifications.models  # noqa: E402
import messaging.numbers.models  # noqa: E402
import messaging.opt_out_pushes.models  # noqa: E402
import messaging.retention.models  # noqa: E402
import messaging.saved_views.models  # noqa: E402
import messaging.scheduling.models  # noqa: E402
import messaging.search.models  # noqa: E402
import messaging.simulator.models  # noqa: E402
import messaging.teamwork.models  # noqa: E402
import messaging.text_templates.models  # noqa: E402, F401
