"""Signature check of Twilio's webhooks: X-Twilio-Signature, made with the inbox's auth token.

See twilio.com/docs/usage/security#validating-requests.
"""

import base64
import hashlib
import hmac

from django.conf import settings
from django.http import HttpRequest
from twilio.request_validator import RequestValidator, compare

from accounts.models import Inbox
from messaging.carriers.twilio.webhooks import WebhookFields


def is_signed_by(inbox: Inbox, request: HttpRequest, form: WebhookFields) -> bool:
    """Whether one of the inbox's auth tokens signed this request. The signature covers our public URL."""
    signature = request.META.get("HTTP_X_TWILIO_SIGNATURE", "")
    url = settings.PUBLIC_URL + request.get_full_path()
    return bool(signature) and any(
        _signed_with(token, url, form, signature) for token in inbox.readable_tokens
    )


def _signed_with(token: str, url: str, form: WebhookFields, signature: str) -> bool:
    if form.raw is not None:
        return compare(_signature_of_bytes(token, url, form.raw), signature)
    validator = RequestValidator(token)
    if compare(validator.compute_signature(url, form), signature):
        return True
    # Slower: the library also accepts the URL with or without its port, and computes both signatures.
    return bool(validator.validate(url, form, signature))


def _signature_of_bytes(token: str, url: str, fields: list[tuple[bytes, bytes]]) -> str:
    """The same over bytes, since the library signs only valid Unicode."""
    signed = url.encode() + b"".join(name + value for name, value in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), signed, hashlib.sha1).digest()).decode()
