"""FIXME module docstring."""

from dataclasses import dataclass
from datetime import datetime

from optout.models import Origin, Suppression


class CannotLift(Exception):
    """An opt-out stands that this request may not lift; the message says what would."""


@dataclass(frozen=True)
class FreshConsent:
    """Consent that an admin obtained and records: what the person said, where, and when."""

    words: str
    source: str
    obtained_at: datetime


def only_the_person_lifts(row: Suppression) -> bool:
    """A carrier's list for one inbox is not ours to change: it goes on refusing until the person texts START there."""
    return row.origin == Origin.CARRIER and row.inbox_id is not None


def check_fresh_consent(consent: FreshConsent, last_opt_out: datetime | None, now: datetime) -> None:
    if not consent.words.strip() or not consent.source.strip():
        raise CannotLift("Record what the person said and where they said it.")
    if consent.obtained_at > now:
        raise CannotLift("Consent cannot have been given in the future. Check the date and time.")
    if last_opt_out and consent.obtained_at <= last_opt_out:
        raise CannotLift("That consent is older than their opt-out. Only consent given after it counts.")
