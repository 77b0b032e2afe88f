"""Carrier webhooks: inbound texts and status reports are verified and parsed, and answered only after the commit."""

import logging
import time
from collections.abc import Callable
from functools import wraps

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.models import Inbox
from kernel import pacing, phone_numbers
from kernel.id_parameter import read_id
from kernel.tenancy import scope
from messaging import opt_out_latency
from messaging.arrival import AlreadyReceived
from messaging.carriers.twilio_webhooks import (
    BadWebhook,
    WebhookFields,
    parse_inbound_text,
    parse_status_report,
    read_fields,
    require_fields,
)
from messaging.inbound import receive
from messaging.status_reports import apply_status_report
from messaging.webhook_claims import find_signers, mark_received, one_of_each_team

log = logging.getLogger(__name__)

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
# Key in a request's environ: the request's arrival, by perf_counter. The first code that handles the request sets it.
ARRIVED_AT = "heymarket.entered"


def carrier_webhook(
    view: Callable[[HttpRequest, WebhookFields], None],
) -> Callable[[HttpRequest], HttpResponse]:
    """Decorate a view of a Twilio form: BadWebhook becomes a 4xx answer that is logged, and nothing is stored."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponse:
        request.META.setdefault(ARRIVED_AT, time.perf_counter())
        try:
            _run_with_reconnect(view, request, read_fields(request))
        except BadWebhook as error:
            log.warning("webhook refused with %s: %s (%s)", error.status, error, request.path)
            return HttpResponse(f"{error}\n", status=error.status, content_type="text/plain")
        except UnreadablePostError:
            return HttpResponse("The body is incomplete.\n", status=400, content_type="text/plain")
        return HttpResponse(EMPTY_TWIML, content_type="text/xml")

    return wrapper


def _run_with_reconnect(
    view: Callable[[HttpRequest, WebhookFields], None], request: HttpRequest, form: WebhookFields
) -> None:
    """Run the view, and run it again if a reused connection proves dead: a webhook that comes twice counts once.

    This saves a health check of the connection before each webhook.
    """
    reused = connection.connection is not None
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        view(request, form)
    except (OperationalError, InterfaceError):
        if not reused:
            raise
        connection.close()
        view(request, form)


@carrier_webhook
def twilio_messages(request: HttpRequest, form: WebhookFields) -> None:
    """Receive an inbound text, in each inbox that claims it. An inbox that has it already changes nothing."""
    account, to = require_fields(form, "AccountSid", "To")
    sender = phone_numbers.from_carrier(form.get("From"), "US")
    signers = one_of_each_team(find_signers(account, to, request, form), sender)
    for inbox in signers:
        _receive(inbox, form, request.META[ARRIVED_AT], replies=inbox is signers[0])


def _receive(inbox: Inbox, form: WebhookFields, arrived_at: float, *, replies: bool) -> None:
    try:
        pacing.text_arrived()
        event = receive(inbox, parse_inbound_text(form, inbox.team.country), replies=replies)
    except AlreadyReceived:
        return
    opt_out_latency.measure(event, arrived_at)
    mark_received(inbox)


@carrier_webhook
def twilio_status(request: HttpRequest, form: WebhookFields) -> None:
    """Receive a status report. Our callback address names the text, since a report can come before we store its ID."""
    account, sender = require_fields(form, "AccountSid", "From")
    message_id = read_id(request.GET.get("message"))
    if message_id is None and request.GET.get("message"):
        raise BadWebhook(400, "The message in the address is not a number.")
    report = parse_status_report(form)
    for inbox in find_signers(account, sender, request, form):
        with scope(inbox.team_id):
            applied = apply_status_report(inbox, message_id, report)
        if applied:
            return mark_received(inbox)
    raise BadWebhook(404, "This inbox has not sent this text.")
