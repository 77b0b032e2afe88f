"""Invitations to join a team."""

import hashlib
import secrets
from datetime import timedelta

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models.members import RoleHolder
from kernel.tenancy import TenantIsolation, TenantModel, TenantReference


class Invitation(RoleHolder, TenantModel):
    """An offer to join a team, sent by email. Only the email has the token; the row has its hash."""

    LIFETIME = timedelta(days=14)

    email = models.EmailField()
    token_hash = models.CharField(max_length=64)
    invited_by = models.CharField(max_length=80)
    inbox_ids = models.JSONField(default=list)  # seats for the new member; an inbox may be deleted by then
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            TenantIsolation(name="accounts_invitation_isolation"),
            TenantReference(field="custom_role", name="accounts_invitation_role"),
            models.UniqueConstraint("team", Lower("email"), name="accounts_invitation_once"),
        ]
        indexes = [models.Index(fields=["token_hash"], name="accounts_invitation_token")]

    def __str__(self) -> str:
        return self.email

    @property
    def expired(self) -> bool:
        return self.created_at + self.LIFETIME < timezone.now()

    def renew(self) -> str:
        """Start the lifetime again with a new token, which is returned and not stored."""
        self.created_at = timezone.now()
        return self.replace_token()

    def replace_token(self) -> str:
        token = secrets.token_urlsafe(32)
        self.token_hash = hash_token(token)
        return token


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
