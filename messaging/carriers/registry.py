"""Registry of carriers: the adapter of each carrier that an inbox can have."""

from accounts.models import Carrier, Inbox
from messaging.carriers.base import CarrierAdapter
from messaging.carriers.twilio import TwilioAdapter
from messaging.simulator.adapter import SimulatorAdapter

_ADAPTERS: dict[str, CarrierAdapter] = {
    Carrier.TWILIO: TwilioAdapter(),
    Carrier.SIMULATOR: SimulatorAdapter(),
}


def adapter_for(inbox: Inbox) -> CarrierAdapter:
    return _ADAPTERS[inbox.carrier]
