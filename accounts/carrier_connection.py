"""State of the connection between an inbox and its carrier, in sentences for the page that sets it up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import Carrier, Inbox
from accounts.scope_lookups import is_claimed_elsewhere
from kernel.encryption import Undecipherable, encrypted_at

# The list is read every minute (FETCH_MISSED_EVERY); later than this, something is wrong.
FETCH_IS_LATE = timedelta(minutes=30)


@dataclass(frozen=True)
class ConnectionFinding:
    """A fact about the connection: a sentence, its possible causes, and the time that it is about."""

    sentence: str
    good: bool = False
    at: datetime | None = None
    causes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SavedCredentials:
    """Facts about an inbox's saved credentials; never the credentials themselves."""

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


# The simulator posts like Twilio, whose webhooks name their account.
_POSTS_TO_TWILIO = (Carrier.TWILIO, Carrier.SIMULATOR)


def carrier_webhook_url(inbox: Inbox) -> str:
    """The URL that the carrier posts texts to, also as its fallback URL: a second attempt often succeeds."""
    if inbox.carrier in _POSTS_TO_TWILIO:
        return f"{settings.PUBLIC_URL}/webhooks/twilio/messages"
    return f"{settings.PUBLIC_URL}/webhooks/{inbox.carrier}/{inbox.account_id}"


def carrier_status_url(inbox: Inbox, message_id: int) -> str:
    """The URL that the carrier posts status reports about a text to."""
    if inbox.carrier in _POSTS_TO_TWILIO:
        base = f"{settings.PUBLIC_URL}/webhooks/twilio/status"
    else:
        base = carrier_webhook_url(inbox)
    return f"{base}?team={inbox.team_id}&message={message_id}"


def saved_sentence(inbox: Inbox) -> str:
    """What to do next with a new inbox."""
    if inbox.carrier == Carrier.SIMULATOR:
        return f"{inbox.name} is ready. Text it from the simulated phone."
    return f"{inbox.name} is saved. As the last step, connect it to the carrier."


def connection_findings(inbox: Inbox) -> list[ConnectionFinding]:
    """The facts about the connection, the most pressing first."""
    return [
        *_closure(inbox),
        *_credentials(inbox),
        *_proof(inbox),
        *_public_url(inbox),
        *_fetching(inbox),
        *_left_out(inbox),
        *_webhooks(inbox),
    ]


def _closure(inbox: Inbox) -> Iterator[ConnectionFinding]:
    if inbox.closed_at:
        yield ConnectionFinding("This inbox sends nothing. It was closed", at=inbox.closed_at)


def _proof(inbox: Inbox) -> Iterator[ConnectionFinding]:
    if inbox.carrier == Carrier.SIMULATOR:
        return
    if inbox.verified_at is None:
        yield ConnectionFinding(
            "The credentials are not proved yet. A signed webhook proves them, and so does testing the connection."
        )
    elif is_claimed_elsewhere(inbox):
        yield ConnectionFinding(
            "Another team has an inbox with this number and account. Both receive its texts, and an opt-out counts "
            "for both. The team that proved its credentials first sends the automatic replies.",
            causes=("If this is not intended, change the auth token at the carrier and save it only here.",),
        )


def _credentials(inbox: Inbox) -> Iterator[ConnectionFinding]:
    saved = SavedCredentials.of(inbox)
    if not saved.readable:
        yield ConnectionFinding(
            "The saved auth tokens cannot be read, so this inbox neither sends nor receives.",
            causes=(
                "ENCRYPTION_KEYS no longer lists the key that they were saved with. List it again, after the new one.",
                "If that key is lost, save the auth token again.",
            ),
        )
    elif not saved.count:
        yield ConnectionFinding(
            "No auth token is saved, so no webhook can be checked and no text can be sent."
        )


def _public_url(inbox: Inbox) -> Iterator[ConnectionFinding]:
    if inbox.carrier != Carrier.SIMULATOR and not settings.SECURE:
        yield ConnectionFinding(
            f"{inbox.get_carrier_display()} must reach {settings.PUBLIC_URL} from the internet, and must use https.",
            causes=("Set PUBLIC_URL to the public https address of this installation.",),
        )


def _left_out(inbox: Inbox) -> Iterator[ConnectionFinding]:
    for entry in inbox.left_out:
        if more := entry.get("more"):
            yield ConnectionFinding(
                f"{more} older {'text was' if more == 1 else 'texts were'} not complete either."
            )
        else:
            yield ConnectionFinding(
                f"Text {entry['id']} is not complete. Its webhook did not arrive, so it was fetched. It was sent",
                at=datetime.fromisoformat(entry["at"]),
                causes=(entry["sentence"], "The carrier's console shows the whole text under this ID."),
            )


def _fetching(inbox: Inbox) -> Iterator[ConnectionFinding]:
    late = inbox.fetched_until and inbox.fetched_until < timezone.now() - FETCH_IS_LATE
    if inbox.carrier != Carrier.SIMULATOR and late:
        yield ConnectionFinding(
            "The carrier's list of received texts was last read to its end",
            at=inbox.fetched_until,
            causes=(
                "Texts whose webhook did not arrive since then are not here yet.",
                "The auth token saved here may be wrong, or the carrier could not be reached.",
            ),
        )


def _webhooks(inbox: Inbox) -> Iterator[ConnectionFinding]:
    arrived, failed = inbox.last_webhook_at, inbox.last_signature_failure_at
    if failed and (arrived is None or failed > arrived):
        yield ConnectionFinding(
            "The last webhook for this inbox had a wrong signature and was refused",
            at=failed,
            causes=(
                f"PUBLIC_URL ({settings.PUBLIC_URL}) differs from the URL saved at the carrier.",
                "The auth token saved here is not the account's primary one, or was changed there since.",
                "Another sender posted to the URL. Nothing was stored.",
            ),
        )
    if not inbox.receives:
        yield ConnectionFinding(
            "People cannot text a sender's name, so no webhook with a text arrives.", good=True
        )
    elif arrived is None and inbox.carrier == Carrier.SIMULATOR:
        yield ConnectionFinding("This inbox is on the simulator, and ready.", good=True)
    elif arrived is None:
        yield ConnectionFinding(
            "No webhook has arrived yet. Text this inbox from your phone; this page then shows the webhook."
        )
    else:
        yield ConnectionFinding("The last webhook arrived", good=True, at=arrived)
