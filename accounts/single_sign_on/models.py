"""Single sign-on of a team: its issuer, the domains that it claims, and the people that the issuer vouched for."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.roles.models import TeamRole
from kernel.encryption import EncryptedField, Undecipherable
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class SingleSignOn(TenantModel):
    """A team's issuer (OpenID Connect), and how its people become members. At most one for each team."""

    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=300)
    client_secret = EncryptedField()
    # What the issuer said about itself when it was last read; see single_sign_on.discovery.
    configuration = models.JSONField(default=dict)
    # When somebody first signed in through it. Null again after another issuer or client ID.
    proved_at = models.DateTimeField(null=True)
    # Whether people of the claimed domains become members by signing in; with which role and inboxes.
    creates_members = models.BooleanField(default=True)
    role = models.CharField(
        max_length=10, default="member"
    )  # as of accounts.models.RoleHolder, like the next
    custom_role = TenantKey(TeamRole, null=True, related_name="singlesignons")
    inbox_ids = models.JSONField(default=list)  # an inbox may be deleted by then
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            TenantIsolation(name="accounts_singlesignon_isolation"),
            TenantReference(field="custom_role", name="accounts_singlesignon_role"),
            models.UniqueConstraint(fields=["team"], name="accounts_singlesignon_once"),
        ]

    def __str__(self) -> str:
        return self.issuer

    @property
    def has_secret(self) -> bool:
        """Whether the secret can be used: not after an import, nor if its encryption key is lost."""
        try:
            return bool(self.client_secret)
        except Undecipherable:
            return False


class ClaimedDomain(TenantModel):
    """A domain of email addresses that a team claims by a DNS record.

    waiting -> claimed <-> missing (the record is gone; the claim holds for a while) -> lapsed (as missing, but over)
    """

    GRACE = timedelta(days=7)  # scope_lookups.sql has it, too

    domain = models.CharField(max_length=253)
    challenge = models.CharField(max_length=64)  # what the record has; public
    verified_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    missing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            TenantIsolation(name="accounts_claimeddomain_isolation"),
            models.UniqueConstraint(fields=["team", "domain"], name="accounts_claimeddomain_once"),
        ]
        indexes = [models.Index(fields=["domain"], name="accounts_claimeddomain_domain")]

    def __str__(self) -> str:
        return self.domain

    @property
    def record(self) -> str:
        """The TXT record that proves the claim."""
        return f"heymarket-domain-verification={self.challenge}"

    @property
    def lapses_at(self) -> datetime | None:
        return self.missing_since and self.missing_since + self.GRACE

    @property
    def is_in_force(self) -> bool:
        """Whether new people may come in by it."""
        return self.verified_at is not None and (self.lapses_at is None or timezone.now() < self.lapses_at)


class LinkedIdentity(TenantModel):
    """A person at the team's issuer, by the issuer's own ID, and the user of this person. Outlives the membership."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    email = models.EmailField()  # as the issuer said last
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            TenantIsolation(name="accounts_linkedidentity_isolation"),
            models.UniqueConstraint(
                fields=["team", "issuer", "subject"], name="accounts_linkedidentity_once"
            ),
        ]
        indexes = [
            models.Index(fields=["team", "user"], name="accounts_linkedidentity_team"),
            models.Index(fields=["user"], name="accounts_linkedidentity_user"),
        ]

    def __str__(self) -> str:
        return self.email


class RemovedMember(TenantModel):
    """An address of somebody who was removed from the team: single sign-on does not let this person in again."""

    email = models.EmailField()  # lower case
    name = models.CharField(max_length=254)
    removed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            TenantIsolation(name="accounts_removedmember_isolation"),
            models.UniqueConstraint(fields=["team", "email"], name="accounts_removedmember_once"),
        ]

    def __str__(self) -> str:
        return self.name
