"""Audit log of a team: who did what apart from consent, when, from where, with the values before and after."""

from typing import Any

from django.db import models
from django.utils import timezone

from accounts.audit.actions import ActorKind, AuditAction, TargetType
from kernel.tenancy import TenantIsolation, TenantModel


class SettingsSection(models.TextChoices):
    """The part of Settings that a change belongs to."""

    OPT_OUT = "opt-out", "Opt-out"
    SENDING_HOURS = "sending-hours", "Sending hours"
    EVIDENCE = "evidence", "Evidence"
    LINKED_TEAMS = "linked-teams", "Linked teams"
    TEAM = "team", "Team"
    INBOXES = "inboxes", "Inboxes"
    RETENTION = "retention", "Retention"
    SIGN_IN = "sign-in", "Sign-in"


# Choices are functions, so that another action needs no migration.
def action_choices() -> list[tuple[Any, Any]]:
    return AuditAction.choices


def target_choices() -> list[tuple[Any, Any]]:
    return TargetType.choices


def section_choices() -> list[tuple[Any, Any]]:
    return SettingsSection.choices


class AuditEntry(TenantModel):
    """One entry, written once: triggers and grants refuse every change. Names are those of the time of the action.

    Never has a secret, a text's body, or a name or number of a contact (evidence excepted, which keeps its number).
    """

    at = models.DateTimeField(default=timezone.now)
    action = models.CharField(
        max_length=40,
        choices=action_choices,
        default=AuditAction.SETTING_CHANGED,
        db_default=AuditAction.SETTING_CHANGED,
    )
    actor_kind = models.CharField(
        max_length=10, choices=ActorKind, default=ActorKind.MEMBER, db_default=ActorKind.MEMBER
    )
    # The member or the API key, which may be gone; 0 for others.
    actor_id = models.BigIntegerField(default=0, db_column="changed_by_id")
    actor_name = models.CharField(max_length=254, db_column="changed_by_name")
    ip_address = models.GenericIPAddressField(null=True)  # null: not by a request
    target_type = models.CharField(max_length=20, choices=target_choices, blank=True, db_default="")
    target_id = models.BigIntegerField(null=True)
    target_name = models.CharField(max_length=254, blank=True, db_default="")
    # What was changed, as its page names it; empty for other actions.
    setting = models.CharField(max_length=120, blank=True)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    section = models.CharField(max_length=20, choices=section_choices, blank=True)  # of Settings
    # By word: {"format": "csv", "rows": 120}
    details = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        # Versions before the audit log wrote changes of settings to this table. A table with another name would stop
        # them while they still serve during an upgrade.
        db_table = "accounts_settingschange"
        constraints = [TenantIsolation(name="accounts_settingschange_isolation")]
        indexes = [
            models.Index(fields=["team", "section", "-id"], name="accounts_settingschange_newest"),
            models.Index(fields=["team", "-at", "-id"], name="accounts_auditentry_newest"),
            models.Index(fields=["team", "actor_kind", "actor_id", "-at"], name="accounts_auditentry_actor"),
            models.Index(fields=["team", "action", "-at"], name="accounts_auditentry_action"),
        ]

    def __str__(self) -> str:
        return str(self.get_action_display())
