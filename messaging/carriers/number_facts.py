"""What a carrier says about an inbox's number: its type, its 10DLC registration, and the service that it is in."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from accounts.models import Inbox
from accounts.number_types import NumberType
from messaging.numbers.models import RegistrationState


@dataclass(frozen=True)
class NumberFacts:
    """`registration` is None for a number that needs none, or whose registration the carrier does not tell."""

    number_type: NumberType
    registration: "RegistrationFacts | None" = None
    service: str = ""  # the group of senders that it is in, such as a Messaging Service


@dataclass(frozen=True)
class RegistrationFacts:
    """Brand and campaign by their IDs, with their states; `problem` is why one was rejected, in the carrier's words."""

    brand: str = ""
    brand_state: RegistrationState = RegistrationState.UNKNOWN
    campaign: str = ""
    campaign_state: RegistrationState = RegistrationState.NONE
    problem: str = ""


@runtime_checkable
class TellsNumberFacts(Protocol):
    """A carrier's adapter whose API tells the facts."""

    def number_facts(self, inbox: Inbox) -> NumberFacts:
        """Raises SendError, also for a number that the account does not have. Called outside any transaction."""
