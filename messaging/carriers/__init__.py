"""The carriers, each behind one adapter."""

from accounts.models import Carrier, Inbox
from messaging.carriers import simulator, twilio
from messaging.carriers.base import CarrierAdapter

_ADAPTERS: dict[str, CarrierAdapter] = {
    Carrier.TWILIO: twilio.Twilio(),
    Carrier.SIMULATOR: simulator.Simulator(),
}


def of(inbox: Inbox) -> CarrierAdapter:
    return _ADAPTERS[inbox.carrier]
