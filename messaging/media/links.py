"""Signed addresses of attachments, which carriers and other systems open without a session until they expire."""

import time
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

FOR_CARRIERS = timedelta(hours=1)
FOR_SYSTEMS = timedelta(days=7)  # in API responses and webhooks
_SALT = "messaging.media"


class SharedAttachment(NamedTuple):
    """What a signed address names."""

    team_id: int
    attachment_id: int
    expires_at: int  # Unix time

    @property
    def is_expired(self) -> bool:
        return self.expires_at < time.time()


def shared_address(team_id: int, attachment_id: int, lifetime: timedelta) -> str:
    """An address that shows this attachment to whoever has it, for so long."""
    return shared_until(team_id, attachment_id, int(time.time() + lifetime.total_seconds()))


def shared_until(team_id: int, attachment_id: int, expires_at: int) -> str:
    """The same until a moment, in Unix time."""
    token = Signer(salt=_SALT).sign(f"{team_id}-{attachment_id}-{expires_at}")
    return settings.PUBLIC_URL + reverse("shared_attachment", args=[token])


def read_token(token: str) -> SharedAttachment | None:
    """What the token of an address names; None if we did not sign it."""
    try:
        return SharedAttachment(*map(int, Signer(salt=_SALT).unsign(token).split("-")))
    except (BadSignature, ValueError, TypeError):
        return None
