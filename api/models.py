"""API keys of a team."""

from django.db import models
from django.utils import timezone

from kernel.encryption import EncryptedField
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class KeyScope(models.TextChoices):
    """A group of calls that a key may make. The label completes "This key may not …"."""

    READ = "read", "read contacts, messages, inboxes and opt-outs"
    WRITE = "write", "change contacts, their status, and conversations"
    SEND = "send", "send texts"
    WEBHOOKS = "webhooks", "manage webhooks, to which all texts and opt-outs may be posted"
    CONSENT = "consent", "lift people's own opt-outs, with fresh consent on record"
    PERSONAL_DATA = "personal_data", "export everything about a person, and erase people"


class KeyKind(models.TextChoices):
    """The way in which an app proves that it has the key."""

    BEARER = "bearer", "API key: sent with every request"
    SIGNING = "signing", "Secret ID and secret key: sign a token (JWT) for each request"


class KeyMode(models.TextChoices):
    """How requests with a key are read, see api.tolerance."""

    STRICT = "strict", "Strict: a field or parameter that a call does not have is refused. For new apps"
    COMPATIBLE = (
        "compatible",
        "Compatible: such fields are ignored and named in a header. For apps written for the Heymarket API",
    )


class ApiKey(TenantModel):
    """A key of a team. Its secret is shown once, and stored as a hash (bearer) or encrypted (signing)."""

    name = models.CharField(max_length=60)
    key_id = models.CharField(max_length=24)  # public; the SECRET_ID of signed tokens
    kind = models.CharField(max_length=8, choices=KeyKind, default=KeyKind.BEARER)
    mode = models.CharField(max_length=10, choices=KeyMode, default=KeyMode.STRICT, db_default=KeyMode.STRICT)
    secret_hash = models.CharField(max_length=64, blank=True)  # of bearer keys
    signing_secret = EncryptedField(null=True)  # of signing keys
    scopes = models.JSONField(default=list)
    created_by = models.CharField(max_length=80)
    # The user who answers for the key: it works only while the user is a member. Null for keys of older versions.
    owner_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)  # written at most once a minute
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [TenantIsolation(name="api_apikey_isolation")]
        indexes = [models.Index(fields=["key_id"], name="api_apikey_id")]

    def __str__(self) -> str:
        return self.name

    def ordered_scopes(self) -> list[KeyScope]:
        """The scopes in the order of KeyScope, the most powerful last."""
        return [scope for scope in KeyScope if scope in self.scopes]


class StoredResponse(TenantModel):
    """The response to a call with an Idempotency-Key, see api.idempotency."""

    api_key = TenantKey(ApiKey)
    idempotency_key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of the request
    content = models.TextField(blank=True)  # JSON; empty while the call runs
    error_code = models.CharField(max_length=40, blank=True)  # of an error, whose parts are the content
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="api_storedresponse_isolation"),
            TenantReference(field="api_key", on_delete="CASCADE", name="api_storedresponse_key"),
            models.UniqueConstraint(
                fields=["team", "api_key", "idempotency_key"], name="api_storedresponse_once"
            ),
        ]
        indexes = [models.Index(fields=["team", "created_at"], name="api_storedresponse_age")]
