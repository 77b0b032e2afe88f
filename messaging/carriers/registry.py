"""Registry of carriers: the adapter of each carrier that an inbox can have, and the reader of its webhooks."""

from accounts.models import Carrier, Inbox
from messaging.carriers.bandwidth import webhooks as bandwidth
from messaging.carriers.bandwidth.adapter import BandwidthAdapter
from messaging.carriers.base import CarrierAdapter
from messaging.carriers.plivo import webhooks as plivo
from messaging.carriers.plivo.adapter import PlivoAdapter
from messaging.carriers.sinch import webhooks as sinch
from messaging.carriers.sinch.adapter import SinchAdapter
from messaging.carriers.telnyx import webhooks as telnyx
from messaging.carriers.telnyx.adapter import TelnyxAdapter
from messaging.carriers.twilio.adapter import TwilioAdapter
from messaging.carriers.vonage import webhooks as vonage
from messaging.carriers.vonage.adapter import VonageAdapter
from messaging.carriers.webhooks import WebhookReader
from messaging.simulator.adapter import SimulatorAdapter

_ADAPTERS: dict[str, CarrierAdapter] = {
    Carrier.TWILIO: TwilioAdapter(),
    Carrier.TELNYX: TelnyxAdapter(),
    Carrier.BANDWIDTH: BandwidthAdapter(),
    Carrier.PLIVO: PlivoAdapter(),
    Carrier.SINCH: SinchAdapter(),
    Carrier.VONAGE: VonageAdapter(),
    Carrier.SIMULATOR: SimulatorAdapter(),
}
# Of the carriers that post to an address with the inbox's account; Twilio has addresses of its own.
WEBHOOK_READERS: dict[str, WebhookReader] = {
    Carrier.TELNYX: telnyx.read_webhook,
    Carrier.BANDWIDTH: bandwidth.read_webhook,
    Carrier.PLIVO: plivo.read_webhook,
    Carrier.SINCH: sinch.read_webhook,
    Carrier.VONAGE: vonage.read_webhook,
}


def adapter_for(inbox: Inbox) -> CarrierAdapter:
    return _ADAPTERS[inbox.carrier]
