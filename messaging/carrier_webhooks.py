"""Carrier webhooks: inbound texts and status reports are verified and parsed, and answered only after the commit."""

import logging
import re
from collections.abc import Callable
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from messaging.carriers.registry import WEBHOOK_READERS
from messaging.carriers.twilio import webhook_reader as twilio
from messaging.carriers.webhooks import BadWebhook
from messaging.verified_webhook import ReadRequest, VerifiedWebhook, verify, with_reconnect

log = logging.getLogger(__name__)

# Addresses of the carriers other than Twilio: /webhooks/telnyx/<account>.
_ADDRESS = re.compile(r"/webhooks/(?P<carrier>[a-z]{1,12})/(?P<account>[A-Za-z0-9_.-]{1,64})")


@csrf_exempt
@require_POST
def twilio_messages(request: HttpRequest) -> HttpResponse:
    return _answer(request, twilio.read_text)


@csrf_exempt
@require_POST
def twilio_status(request: HttpRequest) -> HttpResponse:
    return _answer(request, twilio.read_report)


@csrf_exempt
@require_POST
def carrier_webhook(request: HttpRequest, carrier: str, account: str) -> HttpResponse:
    """Texts and status reports of an account at another carrier."""
    if not (read := _reader(carrier, account)):
        raise Http404
    return _answer(request, read)


def webhook_reader(path: str) -> ReadRequest | None:
    """What reads the webhooks of this address; None for the address of a page. Serves the entries of webhooks."""
    if read := _TWILIO.get(path):
        return read
    found = path.startswith("/webhooks/") and _ADDRESS.fullmatch(path)
    return _reader(*found.groups()) if found else None


def _reader(carrier: str, account: str) -> ReadRequest | None:
    read = WEBHOOK_READERS.get(carrier)
    return (lambda request: read(request, account)) if read else None


_TWILIO: dict[str, ReadRequest] = {
    "/webhooks/twilio/messages": twilio.read_text,
    "/webhooks/twilio/status": twilio.read_report,
}


@lru_cache(maxsize=1024)
def carrier_of(path: str) -> str:
    """The carrier of a webhook's address, for logs and metrics, which must not name the account."""
    found = _ADDRESS.fullmatch(path)
    return found["carrier"] if found else "unknown"


def _answer(request: HttpRequest, read: ReadRequest) -> HttpResponse:
    """Answer a webhook once its events are committed."""
    return answer_refusal(request.path, lambda: carry_out(verify(request, read)))


def carry_out(webhook: VerifiedWebhook) -> HttpResponse:
    with_reconnect(webhook.carry_out)
    return webhook.answer()


def answer_refusal[T](path: str, step: Callable[[], T]) -> T | HttpResponse:
    """The step's result, or the answer to a webhook that it refuses, which is logged."""
    try:
        return step()
    except BadWebhook as error:
        log.warning("webhook refused with %s: %s (%s)", error.status, error, carrier_of(path))
        return HttpResponse(f"{error}\n", status=error.status, content_type="text/plain")
    except UnreadablePostError:
        return HttpResponse("The body is incomplete.\n", status=400, content_type="text/plain")
