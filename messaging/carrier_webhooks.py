"""The HTTP edge towards carriers: who sent it, is it signed, what does it say; answered only after commit."""

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

from accounts import scope_lookups
from accounts.models import Inbox
from kernel import phone_numbers
from kernel.tenancy import scope
from messaging import inbound, opt_out_latency, outbound
from messaging.carriers.twilio_signature import is_signed_by
from messaging.carriers.twilio_webhooks import (
    BadWebhook,
    WebhookFields,
    parse_inbound_text,
    parse_status_report,
    read_fields,
    require_fields,
)

log = logging.getLogger(__name__)

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
# Settings shows roughly when a webhook last came; writing it each time would make one row the bottleneck.
MARK_INTERVAL = timedelta(minutes=1)
# Seconds for which a process keeps the inboxes of an address, with their tokens and answers, instead of asking before
# each text. What is changed or removed in Settings counts that much longer; whether a number may be texted is not kept.
CACHE_SECONDS = 1.0
# When a request came in, by perf_counter: a key of its environ. Who sees it first writes it there.
ARRIVED_AT = "heymarket.entered"


def carrier_webhook(
    view: Callable[[HttpRequest, WebhookFields], None],
) -> Callable[[HttpRequest], HttpResponse]:
    """Wrap a view that takes a Twilio form: BadWebhook becomes its 4xx, logged, with nothing stored."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        request.META.setdefault(ARRIVED_AT, time.perf_counter())
        try:
            _run_with_reconnect(view, request, read_fields(request))
        except BadWebhook as bad:
            log.warning("webhook refused with %s: %s (%s)", bad.status, bad, request.path)
            return HttpResponse(f"{bad}\n", status=bad.status, content_type="text/plain")
        except UnreadablePostError:
            return HttpResponse("The body broke off.\n", status=400, content_type="text/plain")
        return HttpResponse(EMPTY_TWIML, content_type="text/xml")

    return answered


def _run_with_reconnect(
    view: Callable[[HttpRequest, WebhookFields], None], request: HttpRequest, form: WebhookFields
) -> None:
    """Do it, and once more where a kept connection turned out to be dead: a webhook may come twice and counts once.

    That spares the round trip of asking whether the connection is alive, before each.
    """
    kept = connection.connection is not None
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        view(request, form)
    except (OperationalError, InterfaceError):
        if not kept:
            raise
        connection.close()
        view(request, form)


@carrier_webhook
def twilio_messages(request: HttpRequest, form: WebhookFields) -> None:
    """An inbound text."""
    account, to = require_fields(form, "AccountSid", "To")
    inbox = _find_signer(_inboxes_at(account, to), request, form)
    try:
        line = inbound.receive(inbox, parse_inbound_text(form, inbox.team.country))
    except inbound.AlreadyReceived:
        return
    opt_out_latency.measure(line, request.META[ARRIVED_AT])
    _mark(inbox, "last_webhook_at")


@carrier_webhook
def twilio_status(request: HttpRequest, form: WebhookFields) -> None:
    """What became of a text of ours. Our address names it, since a report can overtake our own commit of its id."""
    account, sender = require_fields(form, "AccountSid", "From")
    message_id = request.GET.get("message", "")
    if message_id and not (message_id.isascii() and message_id.isdigit() and len(message_id) < 19):
        raise BadWebhook(400, "The message in the address is not a number.")
    told = parse_status_report(form)
    inbox = _find_signer(_inboxes_at(account, sender), request, form)
    with scope(inbox.team_id):
        if not outbound.apply_status_report(inbox, int(message_id) if message_id else None, told):
            raise BadWebhook(404, "This inbox sent no such text.")
    _mark(inbox, "last_webhook_at")


def _inboxes_at(account: str, number: str) -> list[Inbox]:
    """The candidates, with their tokens, remembered for a moment."""
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
    if candidates := scope_lookups.inboxes_by_address(account, dialled):
        return candidates
    raise BadWebhook(404, "No inbox has this account and number.")


def _find_signer(candidates: list[Inbox], request: HttpRequest, form: WebhookFields) -> Inbox:
    """The inbox whose token signed this request.

    Several teams may claim one number: the signature tells whose it is, and the others learn nothing. Raises
    BadWebhook with 403 when it is nobody's.
    """
    signer = next((inbox for inbox in candidates if is_signed_by(inbox, request, form)), None)
    if signer is not None:
        return signer
    for inbox in candidates:
        _mark(inbox, "last_signature_failure_at")
    raise BadWebhook(403, "The signature is missing or wrong.")


def _mark(inbox: Inbox, field: str) -> None:
    last, now = getattr(inbox, field), timezone.now()
    if last is None or last < now - MARK_INTERVAL:
        with scope(inbox.team_id):
            Inbox.objects.filter(team_id=inbox.team_id, id=inbox.id).update(**{field: now})
        setattr(inbox, field, now)  # it is remembered for a moment, and others must not write the same
