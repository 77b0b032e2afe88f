"""Tokens of password resets: each is bound to the address that it was sent to, which it proves."""

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from accounts.addresses import addresses_of
from accounts.models import User


class ResetTokens(PasswordResetTokenGenerator):
    """The tokens of one address; without an address it only checks tokens."""

    def __init__(self, address: str = "") -> None:
        super().__init__()
        self.address = address.lower()

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{self.address}"

    def check_token(self, user: Any, token: str | None) -> bool:
        return proved_address(user, token) is not None

    def made(self, user: User, token: str | None) -> bool:
        return super().check_token(user, token)


def proved_address(user: User | None, token: str | None) -> str | None:
    """The address that this token was sent to, if the token is valid and the address still leads to the account."""
    addresses = addresses_of(user) if user else []
    return next((address for address in addresses if ResetTokens(address).made(user, token)), None)  # type: ignore[arg-type]
