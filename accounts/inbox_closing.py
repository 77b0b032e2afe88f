"""Closing and deleting inboxes. Neither removes history, opt-outs or the ledger."""

from django.utils import timezone

from accounts.models import Inbox


def close_inbox(inbox: Inbox) -> None:
    """Send nothing from this inbox any more. Inbound texts are still stored, and an opt-out still counts."""
    inbox.closed_at = timezone.now()
    inbox.save(update_fields=["closed_at"])


def reopen_inbox(inbox: Inbox) -> None:
    inbox.closed_at = None
    inbox.save(update_fields=["closed_at"])


def delete_inbox(inbox: Inbox) -> None:
    """Erase the credentials and the claim to the number. Conversations, texts, opt-outs and the ledger stay.

    Adding the number again continues the same inbox with its conversations.
    """
    inbox.deleted_at, inbox.closed_at, inbox.verified_at = timezone.now(), None, None
    inbox.account_id, inbox.auth_tokens, inbox.credentials, inbox.left_out = "", [], None, []
    erased = ["account_id", "auth_tokens", "credentials", "left_out"]
    inbox.save(update_fields=["deleted_at", "closed_at", "verified_at", *erased])
