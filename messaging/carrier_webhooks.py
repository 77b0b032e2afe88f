"""Carrier webhooks: inbound texts and status reports are verified and parsed, and answered only after the commit."""

import logging
import re
import time
from collections.abc import Callable
from functools import partial

from django.db import InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.models import Inbox
from kernel import pacing, phone_numbers
from kernel.tenancy import scope
from messaging import opt_out_latency
from messaging.arrival import AlreadyReceived
from messaging.carriers import nonces
from messaging.carriers.registry import WEBHOOK_READERS
from messaging.carriers.twilio import webhook_reader as twilio
from messaging.carriers.webhooks import BadWebhook, InboundEvent, StatusEvent, Webhook
from messaging.inbound import receive
from messaging.inbound_parts.receipt import receive_part
from messaging.status_reports import apply_status_report
from messaging.webhook_claims import find_signers, mark_received, note_address, one_of_each_team

log = logging.getLogger(__name__)

# Key in a request's environ: the request's arrival, by perf_counter. The first code that handles the request sets it.
ARRIVED_AT = "heymarket.entered"


# Addresses of the carriers other than Twilio: /webhooks/telnyx/<account>.
_ADDRESS = re.compile(r"/webhooks/(?P<carrier>[a-z]{1,12})/(?P<account>[A-Za-z0-9_.-]{1,64})")

type WebhookView = Callable[[HttpRequest], HttpResponse]


@csrf_exempt
@require_POST
def twilio_messages(request: HttpRequest) -> HttpResponse:
    return _answer(request, lambda: twilio.read_text(request))


@csrf_exempt
@require_POST
def twilio_status(request: HttpRequest) -> HttpResponse:
    return _answer(request, lambda: twilio.read_report(request))


@csrf_exempt
@require_POST
def carrier_webhook(request: HttpRequest, carrier: str, account: str) -> HttpResponse:
    """Texts and status reports of an account at another carrier."""
    if not (read := WEBHOOK_READERS.get(carrier)):
        raise Http404
    return _answer(request, lambda: read(request, account))


def webhook_view(path: str) -> WebhookView | None:
    """The view of a carrier webhook's address; None for the address of a page. Serves the entries of webhooks."""
    if view := _TWILIO.get(path):
        return view
    found = path.startswith("/webhooks/") and _ADDRESS.fullmatch(path)
    if not found or found["carrier"] not in WEBHOOK_READERS:
        return None
    return partial(carrier_webhook, carrier=found["carrier"], account=found["account"])


_TWILIO = {"/webhooks/twilio/messages": twilio_messages, "/webhooks/twilio/status": twilio_status}


def carrier_of(path: str) -> str:
    """The carrier of a webhook's address, for logs and metrics, which must not name the account."""
    found = _ADDRESS.fullmatch(path)
    return found["carrier"] if found else "unknown"


def _answer(request: HttpRequest, read: Callable[[], Webhook]) -> HttpResponse:
    """Answer a webhook once its events are committed. BadWebhook becomes a 4xx answer that is logged."""
    request.META.setdefault(ARRIVED_AT, time.perf_counter())
    try:
        webhook = read()
        nonces.refuse_used(webhook)
        _run_with_reconnect(webhook, request.META[ARRIVED_AT])
        nonces.mark_used(webhook)
    except BadWebhook as error:
        log.warning("webhook refused with %s: %s (%s)", error.status, error, carrier_of(request.path))
        return HttpResponse(f"{error}\n", status=error.status, content_type="text/plain")
    except UnreadablePostError:
        return HttpResponse("The body is incomplete.\n", status=400, content_type="text/plain")
    content, content_type = webhook.answer
    return HttpResponse(content, content_type=content_type)


def _run_with_reconnect(webhook: Webhook, arrived_at: float) -> None:
    """Apply the webhook, and again if a reused connection proves dead: a webhook that comes twice counts once.

    This saves a health check of the connection before each webhook.
    """
    reused = connection.connection is not None
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        _apply(webhook, arrived_at)
    except (OperationalError, InterfaceError):
        if not reused:
            raise
        connection.close()
        _apply(webhook, arrived_at)


def _apply(webhook: Webhook, arrived_at: float) -> None:
    """Apply each event. One that is refused stops no other; the first refusal is raised at the end."""
    refusals = []
    for event in webhook.events:
        try:
            if isinstance(event, InboundEvent):
                _receive(webhook, event, arrived_at)
            else:
                _report(webhook, event)
        except BadWebhook as refusal:
            refusals.append(refusal)
    if refusals:
        raise refusals[0]


def _receive(webhook: Webhook, event: InboundEvent, arrived_at: float) -> None:
    """Receive an inbound text, in each inbox that claims it. An inbox that has it already changes nothing."""
    sender = phone_numbers.from_carrier(event.theirs, "US")
    signers = one_of_each_team(find_signers(webhook, event.ours), sender)
    for inbox in signers:
        if _receive_in(inbox, event, arrived_at, replies=inbox is signers[0]):
            note_address(inbox, event.ours, webhook.service)


def _receive_in(inbox: Inbox, event: InboundEvent, arrived_at: float, *, replies: bool) -> bool:
    """Receive it in this inbox. False if the inbox has it already."""
    try:
        pacing.text_arrived()
        text = event.parse(inbox.team.country)
        written = (receive_part if text.part else receive)(inbox, text, replies=replies)
    except AlreadyReceived:
        return False
    opt_out_latency.measure(written, arrived_at)
    mark_received(inbox)
    return True


def _report(webhook: Webhook, event: StatusEvent) -> None:
    """Apply a status report."""
    for inbox in find_signers(webhook, event.ours):
        with scope(inbox.team_id):
            applied = apply_status_report(inbox, event.message_id, event.report)
        if applied:
            mark_received(inbox)
            return
    if not event.may_be_foreign:
        raise BadWebhook(404, "This inbox has not sent this text.")
