"""Inboxes in the audit log: one that was added, and what its form changed. Of credentials only the names."""

from accounts.audit.actions import AuditAction
from accounts.audit.models import SettingsSection
from accounts.audit.recording import record_action
from accounts.inbox_forms import InboxForm
from accounts.models import Inbox, Member
from accounts.settings_audit import inbox_target, record_form


def record_new_inbox(member: Member, inbox: Inbox) -> None:
    carrier = inbox.get_carrier_display()
    record_action(
        inbox.team_id,
        member,
        AuditAction.INBOX_ADDED,
        inbox_target(inbox),
        number=inbox.number,
        carrier=carrier,
    )


def record_edited_inbox(member: Member, before: InboxForm, form: InboxForm) -> None:
    """Record what a saved form changed; `before` was made from what was stored."""
    inbox = form.instance
    record_form(member, SettingsSection.INBOXES, before, InboxForm(instance=inbox), inbox=inbox)
    if secrets := form.entered_secrets:
        record_action(
            inbox.team_id, member, AuditAction.CREDENTIALS_CHANGED, inbox_target(inbox), credentials=secrets
        )
