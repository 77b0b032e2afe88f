"""Conversations and their texts. A message's row is the outbox, the record, and the receipt of the carrier's id."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from django.db import models
from django.db.models import F, FilteredRelation, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

import messaging.simulator.models  # noqa: F401  Django finds the models of the app here
from accounts.models import Inbox, Member
from contacts.contact.models import Contact
from kernel.phone_numbers import display
from kernel.sql import InsertStatement, fetch
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference
from optout.consent_types import Refusal
from optout.models import StandingQuerySet

# After so long without a word, the next text begins a conversation anew, as reports count them.
CONVERSATION_GAP = timedelta(hours=24)
_BEGINS = f"old.id IS NULL OR new.last_message_at > old.last_message_at + interval '{CONVERSATION_GAP}' AS starts_conversation"
# Whoever was closed waits for nothing.
_AWAITING = "CASE WHEN NOT old.closed THEN old.awaiting_since END AS awaiting"
_STILL_AWAITING = "coalesce(CASE WHEN NOT t.closed THEN t.awaiting_since END, excluded.awaiting_since)"


class ConversationUpdate(NamedTuple):
    """What became of a conversation by a text of ours."""

    id: int
    starts_conversation: bool  # whether it began with this text
    awaiting: datetime | None  # since when the person had waited for it

    def waited_seconds(self, now: datetime) -> int | None:
        """For how many seconds; None where nobody waited."""
        return max(0, int((now - self.awaiting).total_seconds())) if self.awaiting else None


class ConversationQuerySet(StandingQuerySet):
    def insert_inbound(
        self, inbox: Inbox, number: str, at: datetime, preview: str, *, asks: bool = False
    ) -> InsertStatement:
        """The conversation of this inbox with this number, made if new, with one more inbound text counted.

        The person waits for an answer from now on, but for one that `asks` for what the product answers itself.
        Tells whether it begins with this text.
        """
        since = None if asks else at
        return self._upsert(
            inbox, number, at, preview, _STILL_AWAITING, inbound_count=1, awaiting_since=since
        )

    def record_outbound(
        self, inbox: Inbox, number: str, at: datetime, preview: str, *, refused: bool = False
    ) -> ConversationUpdate:
        """The same for a text of ours, which answers the person unless it is refused; done at once."""
        awaiting = _STILL_AWAITING if refused else "NULL"
        write = self._upsert(inbox, number, at, preview, awaiting)
        return ConversationUpdate(*fetch(write.statement, *write.values)[0])

    def insert_closed(self, inbox: Inbox, number: str, at: datetime) -> InsertStatement:
        """The conversation as it is; made closed and empty if new. For a blocked number's receipts."""
        return self.model.insert_statement(
            "ON CONFLICT (team_id, inbox_id, number) DO UPDATE SET closed = t.closed",  # answers its id, and locks it
            team_id=inbox.team_id,
            inbox_id=inbox.id,
            number=number,
            closed=True,
            last_message_at=at,
            created_at=at,
        )

    def _upsert(
        self, inbox: Inbox, number: str, at: datetime, preview: str, awaiting: str, **more: Any
    ) -> InsertStatement:
        return self.model.insert_statement(
            "ON CONFLICT (team_id, inbox_id, number) DO UPDATE SET closed = false,"
            f" awaiting_since = {awaiting},"
            " inbound_count = t.inbound_count + excluded.inbound_count,"
            " last_message_at = greatest(t.last_message_at, excluded.last_message_at),"
            " preview = CASE WHEN excluded.last_message_at >= t.last_message_at"
            " THEN excluded.preview ELSE t.preview END",
            f"{_BEGINS}, {_AWAITING}",
            team_id=inbox.team_id,
            inbox_id=inbox.id,
            number=number,
            last_message_at=at,
            preview=preview[:140],
            created_at=at,
            **more,
        )

    def with_unread(self, member: Member) -> Self:
        """Annotate `unread`: how many inbound texts this member has not seen."""
        return self.alias(
            mine=FilteredRelation("read_markers", condition=Q(read_markers__member_id=member.id))
        ).annotate(unread=F("inbound_count") - Coalesce(F("mine__seen"), Value(0)))


class Conversation(TenantModel):
    """One inbox with one number. The contact is joined in by the number, and may come and go.

    Without a number it holds what is left of the inbox's erased conversations (messaging.erasure), and is never shown.
    """

    inbox = TenantKey(Inbox, related_name="conversations")
    number = models.CharField(max_length=64)
    closed = models.BooleanField(default=False)
    inbound_count = models.PositiveIntegerField(default=0)
    last_message_at = models.DateTimeField()
    awaiting_since = models.DateTimeField(null=True)  # the first text that nobody of us has answered
    preview = models.CharField(max_length=140, blank=True)
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
            TenantIsolation(name="messaging_conversation_wall"),
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
        ]

    def __str__(self) -> str:
        return str(self.contact) if self.contact else self.shown_number

    @property
    def shown_number(self) -> str:
        return display(self.number)


class ReadMarker(TenantModel):
    """How many inbound texts of a conversation a member has seen."""

    conversation = TenantKey(Conversation, related_name="read_markers")
    member = TenantKey(Member, related_name="read_markers")
    seen = models.PositiveIntegerField()

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_readmarker_wall"),
            TenantReference(
                field="conversation", on_delete="CASCADE", name="messaging_readmarker_conversation"
            ),
            TenantReference(field="member", on_delete="CASCADE", name="messaging_readmarker_member"),
            models.UniqueConstraint(
                fields=["team", "conversation", "member"], name="messaging_readmarker_once"
            ),
        ]


class MessageStatus(models.TextChoices):
    """Where a text is on its way.

    inbound:   received
    outbound:  queued -> claimed -> sending -> sent -> delivered | undelivered
               queued -> refused                 (consent, at the claim)
               claimed -> queued                 (given back: it did not reach its call within five seconds)
               sending -> queued                 (the carrier certainly did not take it; tried again later)
               sending -> failed | refused | unknown
               unknown -> sent | delivered | undelivered | failed    (when the carrier tells)
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


# What the carrier tells moves a text only forward on this way; the last four are final.
STATUS_ORDER = (
    MessageStatus.QUEUED,
    MessageStatus.CLAIMED,
    MessageStatus.SENDING,
    MessageStatus.UNKNOWN,
    MessageStatus.SENT,
)
IN_PROGRESS = (MessageStatus.QUEUED, MessageStatus.CLAIMED, MessageStatus.SENDING)
CARRIER_OPTED_OUT = "carrier_opted_out"


class MessagePurpose(models.TextChoices):
    """Why we send a text: somebody wrote it, or it answers a keyword."""

    TEXT = "text"
    CONFIRMATION = "confirmation"  # of an opt-out: the one text that may follow it
    ANSWER = "answer"  # to START or HELP


class Message(TenantModel):
    """One text, inbound or outbound, kept for ever; erasing takes its words, media and number."""

    conversation = TenantKey(Conversation, related_name="messages")
    inbox = TenantKey(Inbox, related_name="messages")
    number = models.CharField(max_length=64, blank=True)
    outbound = models.BooleanField()
    purpose = models.CharField(max_length=12, choices=MessagePurpose, default=MessagePurpose.TEXT)
    status = models.CharField(max_length=11, choices=MessageStatus)
    body = models.TextField(blank=True)
    media = models.JSONField(default=list)  # [{"url": …, "type": "image/jpeg"}]
    segments = models.PositiveSmallIntegerField(null=True)
    carrier_id = models.CharField(max_length=64, null=True)  # noqa: DJ001  the carrier's own id of this text
    at = models.DateTimeField()  # by the carrier's time where it is known
    created_at = models.DateTimeField(default=timezone.now)
    possible_opt_out = models.BooleanField(default=False)
    # Known when it is written, and no more once its neighbours are erased.
    starts_conversation = models.BooleanField(
        default=False, db_default=False
    )  # it began a conversation, after a time of quiet
    waited_seconds = models.PositiveIntegerField(
        null=True
    )  # the seconds that the person had waited for this answer
    # outbound
    author_id = models.BigIntegerField(null=True)  # the member who wrote it, who may have left
    author_name = models.CharField(max_length=80, blank=True)
    event_id = models.BigIntegerField(null=True)  # the line of the ledger that an answer belongs to
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # when somebody must look at it again, while it waits
    reason = models.CharField(max_length=24, blank=True)  # a Refusal, or CARRIER_OPTED_OUT
    error_code = models.CharField(max_length=12, blank=True)
    error = models.CharField(max_length=300, blank=True)
    crossed = models.BooleanField(default=False)  # it was on the wire when an opt-out came in

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_message_wall"),
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
        ]

    def is_due(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at <= now

    @property
    def trouble(self) -> str:
        """Why a text of ours did not arrive, in a sentence; empty when nothing is wrong."""
        if self.reason == CARRIER_OPTED_OUT:
            return "The carrier reports that this person opted out."
        if self.reason:
            return str(Refusal(self.reason).label)
        return self.error


class IdempotencyKey(TenantModel):
    """What a program was answered to a call with a local_id of its own; see messaging.idempotency."""

    local_id = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of what was asked
    response = models.JSONField(null=True)  # null only while it is being made
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_idempotencykey_wall"),
            models.UniqueConstraint(fields=["team", "local_id"], name="messaging_idempotencykey_once"),
        ]
        indexes = [models.Index(fields=["team", "created_at"], name="messaging_idempotencykey_age")]


class OptOutLatency(TenantModel):
    """How long an opt-out that came by webhook took to stand; see messaging.opt_out_latency."""

    event_id = models.BigIntegerField()  # the opt-out's line of the ledger
    at = models.DateTimeField()  # when that happened
    microseconds = models.PositiveIntegerField()

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_optoutlatency_wall"),
            models.UniqueConstraint(fields=["team", "event_id"], name="messaging_optoutlatency_once"),
        ]
