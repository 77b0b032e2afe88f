"""Push to browsers: encrypted by RFC 8291 for the browser alone, signed by our VAPID key (RFC 8292).

The push service sees neither words nor names. Its address comes from the browser, so it is checked as a webhook's is.
"""

import base64
import json
import logging
from http import HTTPStatus
from typing import Any

import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from py_vapid import Vapid02
from requests_hardened.ip_filter import InvalidIPAddress

from kernel.public_http import public_session
from messaging.notifications.models import PushSubscription

log = logging.getLogger(__name__)

CONNECT, READ, DEADLINE = 5.0, 5.0, 10.0  # seconds
KEPT_SECONDS = 3600  # the push service keeps a message for a browser that is off
MAX_WORDS = 300  # characters: an encrypted message has at most 4,096 bytes
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


def is_offered() -> bool:
    """Whether this installation has a VAPID key."""
    return bool(settings.VAPID_PRIVATE_KEY)


def public_key() -> str:
    """The key that browsers subscribe with, as base64url of the uncompressed point; empty without a private key."""
    if not is_offered():
        return ""
    key = Vapid02.from_string(settings.VAPID_PRIVATE_KEY).public_key
    return _base64url(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def new_private_key() -> str:
    """A new VAPID key, as the setting VAPID_PRIVATE_KEY wants it: base64url of its 32 bytes."""
    vapid = Vapid02()
    vapid.generate_keys()
    number: int = vapid.private_key.private_numbers().private_value
    return _base64url(number.to_bytes(32))


def push(subscription: PushSubscription, message: dict[str, Any]) -> bool:
    """Send a message to a browser. False if the subscription has ended and is to be removed. Never raises."""
    # Imported here, since it brings aiohttp: a third of a second for each process that does not push.
    from pywebpush import WebPushException

    if not _session_lives(subscription.session_key):
        return False
    try:
        _post(subscription, json.dumps(message))
    except WebPushException as refusal:
        status = refusal.response.status_code if refusal.response is not None else None
        log.warning("push refused: %s (%s)", status, _host(subscription))
        return status not in _GONE
    except (requests.RequestException, InvalidIPAddress, OSError, ValueError) as error:
        log.warning("push failed: %s (%s)", type(error).__name__, _host(subscription))
    return True


def _post(subscription: PushSubscription, message: str) -> None:
    from pywebpush import webpush

    keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
    loopback = settings.WEBHOOKS_ALLOW_LOOPBACK
    with public_session((CONNECT, READ), DEADLINE, allow_loopback=loopback) as session:
        webpush(
            {"endpoint": subscription.endpoint, "keys": keys},
            message,
            vapid_private_key=settings.VAPID_PRIVATE_KEY,
            vapid_claims={"sub": settings.VAPID_SUBJECT},
            ttl=KEPT_SECONDS,
            timeout=READ,
            requests_session=session,
        )


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _session_lives(key: str) -> bool:
    return Session.objects.filter(session_key=key, expire_date__gt=timezone.now()).exists()


def _host(subscription: PushSubscription) -> str:
    return subscription.endpoint.split("/")[2]
