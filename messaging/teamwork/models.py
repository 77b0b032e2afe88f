"""Models of work in a team: who takes care of a conversation, private notes, and what was done to a conversation."""

from django.db import models
from django.db.models import Q

from accounts.models import Member
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class Assignment(TenantModel):
    """The member who takes care of a conversation; no row if nobody does."""

    conversation = TenantKey("messaging.Conversation", related_name="assignments")
    member = TenantKey(Member, related_name="assignments")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_assignment_isolation"),
            TenantReference(
                field="conversation", on_delete="CASCADE", name="messaging_assignment_conversation"
            ),
            TenantReference(field="member", on_delete="CASCADE", name="messaging_assignment_member"),
            models.UniqueConstraint(fields=["team", "conversation"], name="messaging_assignment_once"),
        ]
        indexes = [models.Index(fields=["team", "member"], name="messaging_assignment_of")]


class Note(TenantModel):
    """A private note about a conversation. It is never sent."""

    MAX_LENGTH = 2000  # characters

    conversation = TenantKey("messaging.Conversation", related_name="notes")
    author_id = models.BigIntegerField(null=True)  # a member, who may have left
    author_name = models.CharField(max_length=120)
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_note_isolation"),
            TenantReference(field="conversation", on_delete="CASCADE", name="messaging_note_conversation"),
        ]
        indexes = [models.Index(fields=["team", "conversation", "at", "id"], name="messaging_note_thread")]


class Mention(TenantModel):
    """A member whom a note names, until they have seen it."""

    note = TenantKey(Note, related_name="mentions")
    conversation = TenantKey("messaging.Conversation", related_name="mentions")
    member = TenantKey(Member, related_name="mentions")
    seen = models.BooleanField(default=False)

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_mention_isolation"),
            TenantReference(field="note", on_delete="CASCADE", name="messaging_mention_note"),
            TenantReference(field="conversation", on_delete="CASCADE", name="messaging_mention_conversation"),
            TenantReference(field="member", on_delete="CASCADE", name="messaging_mention_member"),
            models.UniqueConstraint(fields=["team", "note", "member"], name="messaging_mention_once"),
        ]
        indexes = [
            models.Index(fields=["team", "member"], name="messaging_mention_unseen", condition=Q(seen=False))
        ]


class ActivityKind(models.TextChoices):
    """What a member did to a conversation."""

    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    CLOSED = "closed"
    REOPENED = "reopened"
    SNOOZED = "snoozed"
    TRANSFERRED = "transferred"  # to another inbox, or from there
    WOKEN = "woken"  # by a member, or without an actor at its time


class Activity(TenantModel):
    """An action of a member on a conversation, which the thread shows. Names are copied: members leave."""

    conversation = TenantKey("messaging.Conversation", related_name="activities")
    kind = models.CharField(max_length=12, choices=ActivityKind)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120)
    assignee_id = models.BigIntegerField(null=True)
    assignee_name = models.CharField(max_length=120, blank=True)
    until = models.DateTimeField(null=True)  # of a snooze
    # Of a transfer: "to Billing" or "here from Front Desk".
    whereto = models.CharField(max_length=100, blank=True, default="", db_default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_activity_isolation"),
            TenantReference(
                field="conversation", on_delete="CASCADE", name="messaging_activity_conversation"
            ),
        ]
        indexes = [
            models.Index(fields=["team", "conversation", "at", "id"], name="messaging_activity_thread")
        ]

    @property
    def sentence(self) -> str:
        """Who did what. Pages show the time beside it, and the end of a snooze."""
        match self.kind:
            case ActivityKind.ASSIGNED if self.actor_id == self.assignee_id:
                return f"{self.actor_name} took this conversation"
            case ActivityKind.ASSIGNED:
                return f"{self.actor_name} assigned this conversation to {self.assignee_name}"
            case ActivityKind.UNASSIGNED:
                return f"{self.actor_name} removed the assignment to {self.assignee_name}"
            case ActivityKind.CLOSED:
                return f"{self.actor_name} closed this conversation"
            case ActivityKind.TRANSFERRED:
                return f"{self.actor_name} moved this conversation {self.whereto}"
            case ActivityKind.SNOOZED:
                return f"{self.actor_name} snoozed this conversation"
            case ActivityKind.WOKEN if self.actor_id:
                return f"{self.actor_name} ended the snooze"
            case ActivityKind.WOKEN:
                return "The snooze has ended"
        return f"{self.actor_name} reopened this conversation"
