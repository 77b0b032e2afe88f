"""Reader of Twilio's webhooks: their forms become events."""

from functools import partial

from django.http import HttpRequest

from accounts.models import Carrier, Inbox
from messaging.carriers.twilio.signature import is_signed_by
from messaging.carriers.twilio.webhooks import (
    WebhookFields,
    parse_inbound_text,
    parse_status_report,
    read_fields,
    require_fields,
)
from messaging.carriers.webhooks import InboundEvent, StatusEvent, Webhook, message_id_of

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
CARRIERS = (Carrier.TWILIO, Carrier.SIMULATOR)  # the simulator posts like Twilio


def read_text(request: HttpRequest, account: str = "") -> Webhook:
    """An inbound text. Raises BadWebhook. The form names the account."""
    form = read_fields(request)
    account, to = require_fields(form, "AccountSid", "To")
    event = InboundEvent(to, form.get("From"), partial(parse_inbound_text, form))
    return _webhook(account, event, request, form)


def read_report(request: HttpRequest, account: str = "") -> Webhook:
    """A status report. Raises BadWebhook. Its address names the text: a report can come before we store the ID."""
    form = read_fields(request)
    account, sender = require_fields(form, "AccountSid", "From")
    message_id = message_id_of(request)
    event = StatusEvent(sender, parse_status_report(form), message_id)
    return _webhook(account, event, request, form)


def _webhook(
    account: str, event: InboundEvent | StatusEvent, request: HttpRequest, form: WebhookFields
) -> Webhook:
    def is_signed(inbox: Inbox) -> bool:
        return is_signed_by(inbox, request, form)

    service = form.get("MessagingServiceSid")
    return Webhook(CARRIERS, account, [event], is_signed, service=service, answer=(EMPTY_TWIML, "text/xml"))
