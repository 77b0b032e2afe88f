"""Whether an inbox and its carrier hear each other, in words for the page that connects them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from accounts.models import Carrier, Inbox
from kernel.encryption import Undecipherable, encrypted_at


@dataclass(frozen=True)
class ConnectionFinding:
    """One thing about the connection: a sentence, what may help, and the time that it speaks of."""

    sentence: str
    good: bool = False
    at: datetime | None = None
    causes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SavedCredentials:
    """What is saved of an inbox's credentials; never the credentials."""

    saved_at: datetime | None
    count: int
    readable: bool

    @classmethod
    def of(cls, inbox: Inbox) -> "SavedCredentials":
        saved_at = encrypted_at(inbox, "auth_tokens")
        try:
            return cls(saved_at, len(inbox.auth_tokens), readable=True)
        except Undecipherable:
            return cls(saved_at, 0, readable=False)


def carrier_webhook_url() -> str:
    """Where carriers post texts to; also given as their fallback, since a second try often succeeds."""
    return f"{settings.PUBLIC_URL}/webhooks/twilio/messages"


def connection_findings(inbox: Inbox) -> list[ConnectionFinding]:
    """What works and what is missing, the most pressing first."""
    return [*_credentials(inbox), *_address(inbox), *_webhooks(inbox)]


def _credentials(inbox: Inbox) -> Iterator[ConnectionFinding]:
    saved = SavedCredentials.of(inbox)
    if not saved.readable:
        yield ConnectionFinding(
            "The saved auth tokens cannot be read, so this inbox neither sends nor receives.",
            causes=(
                "ENCRYPTION_KEYS no longer lists the key that they were saved with. List it again, after the new one.",
                "If that key is lost, save the auth token once more.",
            ),
        )
    elif not saved.count:
        yield ConnectionFinding(
            "No auth token is saved, so no webhook can be checked and no text can be sent."
        )


def _address(inbox: Inbox) -> Iterator[ConnectionFinding]:
    if inbox.carrier == Carrier.TWILIO and not settings.SECURE:
        yield ConnectionFinding(
            f"Twilio must reach {settings.PUBLIC_URL} from the internet, and should do so by https.",
            causes=("Set PUBLIC_URL to the https address under which this installation is reached.",),
        )


def _webhooks(inbox: Inbox) -> Iterator[ConnectionFinding]:
    heard, failed = inbox.last_webhook_at, inbox.last_signature_failure_at
    if failed and (heard is None or failed > heard):
        yield ConnectionFinding(
            "The last webhook for this number carried a wrong signature and was refused",
            at=failed,
            causes=(
                f"PUBLIC_URL ({settings.PUBLIC_URL}) is not, letter by letter, the address saved at the carrier.",
                "The auth token saved here is not the account's primary one, or was changed there since.",
                "Somebody else posted to the address. Nothing of it was stored.",
            ),
        )
    if heard is None:
        yield ConnectionFinding(
            "No webhook has arrived yet. Text the number from your phone; this page then says so."
        )
    else:
        yield ConnectionFinding("The last webhook arrived", good=True, at=heard)
