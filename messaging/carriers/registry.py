"""Registry of carriers: the adapter of each carrier that an inbox can have, and the reader of its webhooks."""

from accounts.models import Carrier, Inbox
from messaging.carriers.base import CarrierAdapter
from messaging.carriers.twilio.adapter import TwilioAdapter
from messaging.carriers.webhooks import WebhookReader
from messaging.simulator.adapter import SimulatorAdapter

_ADAPTERS: dict[str, CarrierAdapter] = {
    Carrier.TWILIO: TwilioAdapter(),
    Carrier.SIMULATOR: SimulatorAdapter(),
}
# Of the carriers that post to an address with the inbox's account; Twilio has addresses of its own.
WEBHOOK_READERS: dict[str, WebhookReader] = {}


def adapter_for(inbox: Inbox) -> CarrierAdapter:
    return _ADAPTERS[inbox.carrier]
