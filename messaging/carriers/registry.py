"""FIXME module docstring."""

from accounts.models import Carrier, Inbox
from messaging.carriers import twilio
from messaging.carriers.base import CarrierAdapter
from messaging.simulator import adapter

_ADAPTERS: dict[str, CarrierAdapter] = {
    Carrier.TWILIO: twilio.TwilioAdapter(),
    Carrier.SIMULATOR: adapter.SimulatorAdapter(),
}


def adapter_for(inbox: Inbox) -> CarrierAdapter:
    return _ADAPTERS[inbox.carrier]
