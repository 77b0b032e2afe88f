"""Carrier webhooks: inbound texts and status reports are verified and parsed, and answered only after the commit."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache, wraps

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.models import Inbox
from accounts.scope_lookups import inboxes_by_address
from kernel import phone_numbers
from kernel.tenancy import scope
from messaging import opt_out_latency
from messaging.carriers.twilio_signature import is_signed_by
from messaging.carriers.twilio_webhooks import (
    BadWebhook,
    WebhookFields,
    parse_inbound_text,
    parse_status_report,
    read_fields,
    require_fields,
)
from messaging.inbound import AlreadyReceived, receive
from messaging.status_reports import apply_status_report

log = logging.getLogger(__name__)

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
# Settings shows roughly when the last webhook came; writing each time would make the inbox's row a bottleneck.
MARK_INTERVAL = timedelta(minutes=1)
# Seconds for which a process caches the inboxes of an address, with their tokens, to save a query for each text.
# Changes in Settings take that much longer to apply. Standings are never cached.
CACHE_SECONDS = 1.0
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
    """Receive an inbound text."""
    account, to = require_fields(form, "AccountSid", "To")
    inbox = _find_signer(_inboxes_at(account, to), request, form)
    try:
        event = receive(inbox, parse_inbound_text(form, inbox.team.country))
    except AlreadyReceived:
        return
    opt_out_latency.measure(event, request.META[ARRIVED_AT])
    _mark_seen(inbox, "last_webhook_at")


@carrier_webhook
def twilio_status(request: HttpRequest, form: WebhookFields) -> None:
    """Receive a status report. Our callback address names the text, since a report can come before we store its ID."""
    account, sender = require_fields(form, "AccountSid", "From")
    message_id = request.GET.get("message", "")
    if message_id and not (message_id.isascii() and message_id.isdigit() and len(message_id) < 19):
        raise BadWebhook(400, "The message in the address is not a number.")
    report = parse_status_report(form)
    inbox = _find_signer(_inboxes_at(account, sender), request, form)
    with scope(inbox.team_id):
        if not apply_status_report(inbox, int(message_id) if message_id else None, report):
            raise BadWebhook(404, "This inbox has not sent this text.")
    _mark_seen(inbox, "last_webhook_at")


def _inboxes_at(account: str, number: str) -> list[Inbox]:
    """The inboxes with this number at this account, from the cache. Several teams may claim one number."""
    dialled = phone_numbers.dialled(phone_numbers.from_carrier(number, "US"))
    return (
        _find_cached(int(time.monotonic() / CACHE_SECONDS), account, dialled)
        if CACHE_SECONDS
        else _find(account, dialled)
    )


@lru_cache(maxsize=1024)
def _find_cached(moment: int, account: str, dialled: str) -> list[Inbox]:
    return _find(account, dialled)


def _find(account: str, dialled: str) -> list[Inbox]:
    if candidates := inboxes_by_address(account, dialled):
        return candidates
    raise BadWebhook(404, "No inbox has this account and number.")


def _find_signer(candidates: list[Inbox], request: HttpRequest, form: WebhookFields) -> Inbox:
    """The inbox whose token signed this request. Raises BadWebhook with 403 if there is none.

    If several teams claim one number, the signature decides which team gets the webhook. The others learn nothing.
    """
    signer = next((inbox for inbox in candidates if is_signed_by(inbox, request, form)), None)
    if signer is not None:
        return signer
    for inbox in candidates:
        _mark_seen(inbox, "last_signature_failure_at")
    raise BadWebhook(403, "The signature is missing or wrong.")


def _mark_seen(inbox: Inbox, field: str) -> None:
    last, now = getattr(inbox, field), timezone.now()
    if last is None or last < now - MARK_INTERVAL:
        with scope(inbox.team_id):
            Inbox.objects.filter(team_id=inbox.team_id, id=inbox.id).update(**{field: now})
        setattr(inbox, field, now)  # the cached inbox, so that the next webhook does not write again
