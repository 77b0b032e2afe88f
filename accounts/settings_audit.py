"""Changes of settings in the audit log, with the values before and after; and the newest of a page under Settings."""

from collections.abc import Mapping

from django.db.models import QuerySet

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.models import AuditEntry, SettingsSection
from accounts.audit.recording import Target
from accounts.audit.recording import record_changes as record_values
from accounts.models import Inbox, Member, Team
from kernel.revisions import RevisedForm

SHOWN_CHANGES = 50


def record_changes(
    member: Member,
    section: SettingsSection,
    before: Mapping[str, str],
    after: Mapping[str, str],
    inbox: Inbox | None = None,
) -> None:
    """Record each setting whose value differs, in the transaction that saves it. Values are as pages show them."""
    target = inbox_target(inbox) if inbox else None
    record_values(member, AuditAction.SETTING_CHANGED, before, after, target, section=section)


def record_form(
    member: Member,
    section: SettingsSection,
    before: RevisedForm,
    after: RevisedForm,
    *,
    inbox: Inbox | None = None,
) -> None:
    """Record what a form changed: `before` was made from what was stored, `after` from what is stored now."""
    of = f"{inbox}: " if inbox else ""
    old, new = (
        {f"{of}{label}": value for label, value in form.shown_values().items()} for form in (before, after)
    )
    record_changes(member, section, old, new, inbox)


def inbox_target(inbox: Inbox) -> Target:
    return Target(TargetType.INBOX, inbox.name, inbox.id)


def settings_changes(team: Team, section: SettingsSection) -> QuerySet[AuditEntry]:
    """The newest changes of a section, for its page."""
    entries = AuditEntry.objects.filter(team=team, section=section)
    return entries.order_by("-id")[:SHOWN_CHANGES]
