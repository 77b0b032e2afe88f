"""FIXME module docstring."""

from django.conf import settings
from django.http import HttpRequest
from twilio.request_validator import RequestValidator, compare

from accounts.models import Inbox
from kernel.encryption import Undecipherable
from messaging.carriers.twilio_webhooks import WebhookFields


def is_signed_by(inbox: Inbox, request: HttpRequest, form: WebhookFields) -> bool:
    """Whether one of the inbox's auth tokens signed this request, under our public address."""
    signature = request.META.get("HTTP_X_TWILIO_SIGNATURE", "")
    address = settings.PUBLIC_URL + request.get_full_path()
    return bool(signature) and any(
        _signed_with(token, address, form, signature) for token in readable_tokens(inbox)
    )


def _signed_with(token: str, address: str, form: WebhookFields, signature: str) -> bool:
    validator = RequestValidator(token)
    if compare(validator.compute_signature(address, form), signature):
        return True
    # The library also takes the address with its port or without, and reckons both, each time.
    return bool(validator.validate(address, form, signature))


def readable_tokens(inbox: Inbox) -> list[str]:
    """The inbox's auth tokens; none where their key is lost, as Settings > Inboxes says."""
    try:
        return list(inbox.auth_tokens)
    except Undecipherable:
        return []
