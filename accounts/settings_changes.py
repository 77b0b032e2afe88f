"""Audit of settings: who changed which setting of a team, when, and its value before and after."""

from typing import Self

from django.db import models
from django.utils import timezone

from kernel.tenancy import TenantIsolation, TenantModel


class SettingsSection(models.TextChoices):
    """The part of Settings that a change belongs to."""

    OPT_OUT = "opt-out", "Opt-out"
    SENDING_HOURS = "sending-hours", "Sending hours"
    EVIDENCE = "evidence", "Evidence"
    LINKED_TEAMS = "linked-teams", "Linked teams"
    TEAM = "team", "Team"
    INBOXES = "inboxes", "Inboxes"


class SettingsChangeQuerySet(models.QuerySet["SettingsChange"]):
    def newest(self, section: SettingsSection, count: int = 50) -> Self:
        return self.filter(section=section).order_by("-id")[:count]


class SettingsChange(TenantModel):
    """One change of a setting, written once: the runtime role may not update or delete it."""

    section = models.CharField(max_length=20, choices=SettingsSection)
    setting = models.CharField(max_length=120)  # as the page names it, with the inbox if it belongs to one
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    changed_by_id = models.BigIntegerField()  # the member, who may be removed later
    changed_by_name = models.CharField(max_length=254)

    objects = SettingsChangeQuerySet.as_manager()

    class Meta:
        constraints = [TenantIsolation(name="accounts_settingschange_isolation")]
        indexes = [models.Index(fields=["team", "section", "-id"], name="accounts_settingschange_newest")]

    def __str__(self) -> str:
        return self.setting
