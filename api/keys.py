"""API keys: create, authenticate and revoke."""

import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

import jwt
from django.db.models import Q
from django.utils import timezone

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target, record_action
from accounts.models import Member, hash_token
from api.errors import ApiError, ErrorCode
from api.models import ApiKey, KeyKind, KeyMode, KeyScope
from api.scope_lookups import api_key_by_key_id
from kernel.tenancy import scope

PREFIX = "hmk"  # tools that look for leaked secrets recognise it
TOKEN_LIFETIME = timedelta(minutes=5)  # from `iat`
CLOCK_TOLERANCE = timedelta(seconds=60)  # how far a caller's clock may be ahead
USE_INTERVAL = timedelta(minutes=1)  # between two updates of `last_used_at`


class CreatedKey(NamedTuple):
    key: ApiKey
    secret: str  # shown once: the whole bearer key, or the SECRET_KEY


def create_key(
    name: str, kind: KeyKind, scopes: Iterable[KeyScope], by: Member, mode: KeyMode = KeyMode.STRICT
) -> CreatedKey:
    """Create a key for the member's team. Only the result has its secret."""
    key = ApiKey(team=by.team, name=name, kind=kind, mode=mode, scopes=sorted(scopes))
    key.created_by, key.owner_id = str(by)[:80], by.user_id
    key.key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    if kind == KeyKind.SIGNING:
        key.signing_secret = secret
    else:
        secret = f"{PREFIX}_{key.key_id}_{secret}"
        key.secret_hash = hash_token(secret)
    key.save()
    recorded = {"kind": key.kind, "mode": key.mode, "scopes": key.scopes}
    record_action(by.team_id, by, AuditAction.KEY_CREATED, _target(key), **recorded)
    return CreatedKey(key, secret)


def revoke_key(key: ApiKey, by: Member) -> None:
    """Revoke a key at once. Its row stays, because the ledger names it."""
    key.revoked_at, key.revoked_by = timezone.now(), str(by)[:80]
    key.signing_secret, key.secret_hash = None, ""
    key.save(update_fields=["revoked_at", "revoked_by", "signing_secret", "secret_hash"])
    record_action(key.team_id, by, AuditAction.KEY_REVOKED, _target(key))


def _target(key: ApiKey) -> Target:
    return Target(TargetType.API_KEY, key.name, key.id)


def keys_of_member(member: Member) -> list[ApiKey]:
    """The keys that stop with this membership: the member's, and those without an owner that have the member's name."""
    owned = Q(owner_id=member.user_id) | Q(owner_id=None, created_by=str(member)[:80])
    return list(ApiKey.objects.filter(owned, team_id=member.team_id, revoked_at=None).order_by("id"))


def hand_over_keys(member: Member, *, to: Member) -> None:
    """Let `to`, who asks for it, answer for the member's keys."""
    keys = keys_of_member(member)
    ApiKey.objects.filter(team_id=member.team_id, id__in=[key.id for key in keys]).update(owner_id=to.user_id)
    for key in keys:
        record_action(to.team_id, to, AuditAction.KEY_HANDED_OVER, _target(key), owner_before=str(member))


def authenticate(token: str) -> ApiKey:
    """The key, with its team, that this bearer key or signed token proves. Raises ApiError(INVALID_API_KEY)."""
    key = _key_of_signed_token(token) if token.count(".") == 2 else _key_of_bearer_token(token)
    if key is None:
        raise ApiError(ErrorCode.INVALID_API_KEY, "There is no such API key, or it was revoked.")
    return key


def _key_of_bearer_token(token: str) -> ApiKey | None:
    prefix, _, rest = token.partition("_")
    key = _find(rest.partition("_")[0]) if prefix == PREFIX else None
    # An unknown key is compared too, so that it takes as long as a known one.
    matches = hmac.compare_digest(hash_token(token), key.secret_hash if key else "")
    return key if key and matches and key.revoked_at is None else None


def _find(key_id: str) -> ApiKey | None:
    return api_key_by_key_id(key_id) if key_id.isalnum() else None  # PostgreSQL refuses NUL


def _key_of_signed_token(token: str) -> ApiKey | None:
    """Verify a JWT that is signed (HS256) with "SECRET_ID||SECRET_KEY" and at most five minutes old."""
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        key = _find(issuer) if isinstance(issuer, str) else None
        if key is None or key.kind != KeyKind.SIGNING or key.revoked_at:
            return None
        claims = jwt.decode(
            token,
            f"{key.key_id}||{key.signing_secret}",
            algorithms=["HS256"],
            leeway=CLOCK_TOLERANCE,
            options={"require": ["iss", "iat"], "verify_aud": False},
        )
        _check_age(claims)
    except (jwt.PyJWTError, ValueError, OverflowError, RecursionError) as error:
        raise ApiError(ErrorCode.INVALID_API_KEY, f"This token is not accepted: {_reason(error)}.") from None
    return key


def _check_age(claims: dict[str, Any]) -> None:
    if not isinstance(claims["iat"], int | float):
        raise ApiError(ErrorCode.INVALID_API_KEY, "This token's iat must be a number of unix seconds.")
    if timezone.now().timestamp() - claims["iat"] > TOKEN_LIFETIME.total_seconds():
        raise ApiError(
            ErrorCode.INVALID_API_KEY, "This token's iat is more than five minutes ago. Sign a new one."
        )


def _reason(error: Exception) -> str:
    match error:
        case jwt.ImmatureSignatureError():
            return "its iat is in the future; check the clock"
        case jwt.InvalidSignatureError():
            return "it must be signed with SECRET_ID||SECRET_KEY"
        case jwt.InvalidAlgorithmError():
            return "it must be signed with HS256"
        case jwt.MissingRequiredClaimError(claim=claim):
            return f"it has no {claim}"
        case jwt.ExpiredSignatureError():
            return "it has expired"
    return "it is not a supported JWT"


def record_use(key: ApiKey) -> None:
    """Record that a key was used, in a transaction of its own, so that other calls with it never wait for its row."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > USE_INTERVAL:
        with scope(key.team_id):
            ApiKey.objects.filter(team_id=key.team_id, id=key.id).update(last_used_at=now)
