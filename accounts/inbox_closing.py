"""Closing and deleting inboxes. Neither removes history, opt-outs or the ledger."""

from django.utils import timezone

from accounts.audit.actions import AuditAction
from accounts.audit.recording import AuditActor, record_action
from accounts.models import Inbox, Member
from accounts.settings_audit import inbox_target


class NotReopened(Exception):
    """The message says why."""


def close_inbox(inbox: Inbox, *, by: Member) -> None:
    """Send nothing from this inbox any more. Inbound texts are still stored, and an opt-out still counts."""
    inbox.closed_at = timezone.now()
    inbox.save(update_fields=["closed_at"])
    record_action(inbox.team_id, by, AuditAction.INBOX_CLOSED, inbox_target(inbox))


def reopen_inbox(inbox: Inbox, *, by: Member) -> None:
    """Send from it again. Raises NotReopened while the team is to be deleted."""
    if inbox.team.is_to_be_deleted:
        raise NotReopened(
            "The team is to be deleted, so it sends nothing. An owner may cancel the deletion first."
        )
    inbox.closed_at = None
    inbox.save(update_fields=["closed_at"])
    record_action(inbox.team_id, by, AuditAction.INBOX_REOPENED, inbox_target(inbox))


def delete_inbox(inbox: Inbox, *, by: Member | AuditActor) -> None:
    """Erase the credentials and the claim to the number. Conversations, texts, opt-outs and the ledger stay.

    Adding the number again continues the same inbox with its conversations.
    """
    inbox.deleted_at, inbox.closed_at, inbox.verified_at = timezone.now(), None, None
    inbox.account_id, inbox.auth_tokens, inbox.credentials, inbox.left_out = "", [], None, []
    erased = ["account_id", "auth_tokens", "credentials", "left_out"]
    inbox.save(update_fields=["deleted_at", "closed_at", "verified_at", *erased])
    record_action(inbox.team_id, by, AuditAction.INBOX_DELETED, inbox_target(inbox), number=inbox.number)


def remove_old_credentials(inbox: Inbox, *, by: Member) -> None:
    """End a rotation: carrier webhooks that are signed with older credentials are refused from now on."""
    inbox.drop_old_tokens()
    inbox.save(update_fields=["auth_tokens", "credentials"])
    record_action(inbox.team_id, by, AuditAction.OLD_CREDENTIALS_REMOVED, inbox_target(inbox))
