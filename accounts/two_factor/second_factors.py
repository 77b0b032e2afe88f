"""Second factors of a user: an authenticator app and passkeys. Recovery codes stand in for them."""

from dataclasses import dataclass, field
from typing import Self

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User

_SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True)
class SecondFactors:
    """What a user has set up, for pages."""

    app: Authenticator | None = None
    passkeys: list[WebAuthn] = field(default_factory=list)
    codes: Authenticator | None = None

    @classmethod
    def of(cls, user: User) -> Self:
        found = list(Authenticator.objects.filter(user=user).order_by("pk"))
        by_type = {row.type: row for row in found}
        passkeys = [row.wrap() for row in found if row.type == Authenticator.Type.WEBAUTHN]
        return cls(
            by_type.get(Authenticator.Type.TOTP), passkeys, by_type.get(Authenticator.Type.RECOVERY_CODES)
        )

    @property
    def any(self) -> bool:
        return bool(self.app or self.passkeys)

    @property
    def codes_left(self) -> int:
        return len(self.codes.wrap().get_unused_codes()) if self.codes else 0


def second_factors(user_id: int) -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(user_id=user_id, type__in=_SECOND_FACTORS)


def has_second_factor(user_column: str) -> Exists:
    """Of a query's rows: whether the user of this column has a second factor."""
    return Exists(Authenticator.objects.filter(user_id=OuterRef(user_column), type__in=_SECOND_FACTORS))


def remove_second_factors(user: User) -> None:
    """Remove all, with the recovery codes: the password alone signs in again."""
    Authenticator.objects.filter(user=user).delete()
