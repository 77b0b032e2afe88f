"""Models of notifications: what a member wants to be told, in which browsers, and what waits for an email."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Member
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class NotifiedEvent(models.TextChoices):
    """What a member can be told. All but NOT_SENT is a choice."""

    ASSIGNED = "assigned", "A conversation is assigned to me"
    MENTION = "mention", "A note mentions me"
    OPT_OUT = "opt_out", "A text may be an opt-out"
    TEXT = "text", "A person texts one of the inboxes below"
    NOT_SENT = "not_sent", "A scheduled text is not sent"


CHOSEN_EVENTS = [event for event in NotifiedEvent if event != NotifiedEvent.NOT_SENT]


def _events() -> ArrayField:
    choices = [(event.value, event.label) for event in CHOSEN_EVENTS]
    return ArrayField(models.CharField(max_length=10, choices=choices), default=list, blank=True)


class NotificationSettings(TenantModel):
    """What one member wants to be told, and how far that has been looked for; no row if nothing was chosen."""

    member = TenantKey(Member, related_name="notification_settings")
    push = _events()  # in the member's browsers
    sound = _events()
    email = _events()  # if the conversation has not been opened after email_minutes
    inbox_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)  # of NotifiedEvent.TEXT
    email_minutes = models.PositiveSmallIntegerField(default=15)
    # The newest rows that were looked at, by ID.
    texts_upto = models.BigIntegerField(default=0)
    mentions_upto = models.BigIntegerField(default=0)
    assignments_upto = models.BigIntegerField(default=0)
    reviews_upto = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_notificationsettings_isolation"),
            TenantReference(
                field="member", on_delete="CASCADE", name="messaging_notificationsettings_member"
            ),
            models.UniqueConstraint(fields=["team", "member"], name="messaging_notificationsettings_once"),
        ]

    @property
    def events(self) -> set[str]:
        return {*self.push, *self.sound, *self.email}

    def tells(self, event: NotifiedEvent, way: list[str]) -> bool:
        """Whether the member is told of the event in a way, `push` or `email`."""
        return event == NotifiedEvent.NOT_SENT or event in way


class PushSubscription(TenantModel):
    """A browser in which a member of a team gets notifications, as its push service gave it (W3C Push API)."""

    member = TenantKey(Member, related_name="push_subscriptions")
    endpoint = models.URLField(max_length=1000)
    endpoint_hash = models.CharField(max_length=64)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=60)
    session_key = models.CharField(max_length=40)  # it ends with this session
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_pushsubscription_isolation"),
            TenantReference(field="member", on_delete="CASCADE", name="messaging_pushsubscription_member"),
            models.UniqueConstraint(fields=["team", "endpoint_hash"], name="messaging_pushsubscription_once"),
        ]
        indexes = [models.Index(fields=["team", "member"], name="messaging_pushsubscription_of")]


class UnseenEvent(TenantModel):
    """An event of which a member gets an email, unless they open the conversation before."""

    member = TenantKey(Member, related_name="unseen_events")
    conversation = TenantKey("messaging.Conversation", related_name="unseen_events")
    event = models.CharField(max_length=10, choices=NotifiedEvent)
    title = models.CharField(max_length=200)
    due_at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_unseenevent_isolation"),
            TenantReference(field="member", on_delete="CASCADE", name="messaging_unseenevent_member"),
            TenantReference(
                field="conversation", on_delete="CASCADE", name="messaging_unseenevent_conversation"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="messaging_unseenevent_due"),
            models.Index(fields=["team", "member", "conversation"], name="messaging_unseenevent_of"),
        ]
