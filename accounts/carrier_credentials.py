"""The credentials that an inbox needs at each carrier, as Settings > Inboxes asks for them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import Carrier, KeywordResponder

_PATTERN = r"[!-~]{16,200}"


@dataclass(frozen=True)
class CredentialField:
    """A credential: its label, where an admin finds it, and the form of the whole value as a pattern.

    Secret ones are never shown again. One with choices is chosen; the first is the default.
    """

    name: str
    label: str
    where: str = ""
    pattern: str = _PATTERN
    secret: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    mistake: str = "This does not look right. Copy it from the carrier's console again."

    def accepts(self, value: str) -> bool:
        return bool(re.fullmatch(self.pattern, value))

    @property
    def noun(self) -> str:
        """The label within a sentence: "auth token", but "API key"."""
        return self.label if self.label[1:] != self.label[1:].lower() else self.label.lower()


@dataclass(frozen=True)
class CarrierCredentials:
    """What signs our calls to a carrier and its webhooks: an account, a token, and for some carriers more."""

    account: CredentialField  # Inbox.account_id; a part of the address of webhooks, except at Twilio
    token: CredentialField  # Inbox.auth_tokens
    more: tuple[CredentialField, ...] = ()  # Inbox.credentials
    who_replies: str = ""  # a sentence on the side that replies to keywords
    responder: str = KeywordResponder.CARRIER  # that side, unless the account was set up otherwise

    @property
    def fields(self) -> tuple[CredentialField, ...]:
        return (self.account, self.token, *self.more)


def _account(label: str, where: str, pattern: str, mistake: str) -> CredentialField:
    return CredentialField("account_id", label, where, pattern, secret=False, mistake=mistake)


_TWILIO = CarrierCredentials(
    account=_account(
        "Account SID", "", r"AC[0-9A-Za-z]{32}", "A Twilio Account SID starts with AC and has 34 characters."
    ),
    token=CredentialField(
        "auth_token",
        "Auth token",
        mistake="This is not an auth token. Copy it from the carrier's console again.",
    ),
    who_replies="Twilio sends its own replies unless you turned them off at Twilio.",
)

CREDENTIALS: Mapping[str, CarrierCredentials] = {
    Carrier.TWILIO: _TWILIO,
    Carrier.SIMULATOR: CarrierCredentials(
        account=_account("Account SID", "", r".*", ""),
        token=_TWILIO.token,
        who_replies="The simulator replies like Twilio.",
    ),
}
