"""Checks of `manage.py check --deploy`: each setting that a real installation lacks, in words."""

import os
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning
from psycopg.conninfo import conninfo_to_dict

SHORTEST_SECRET = 32  # characters
SHORTEST_TOKEN = 16  # characters

# Without these the installation cannot work.
REQUIRED = {
    "DATABASE_URL": "the role that the product runs as, such as postgresql://heymarket_app:…@db/heymarket",
    "REDIS_URL": "Valkey, such as redis://valkey:6379/0; without it no worker is woken",
    "PUBLIC_URL": "the address that browsers and carriers use, such as https://inbox.example.com",
}


def check_deployment(**_: Any) -> list[CheckMessage]:
    return [*_missing(), *_secrets(), *_addresses(), *_database(), *_email(), *_media(), *_monitoring()]


def _missing() -> Iterator[CheckMessage]:
    for name, meaning in REQUIRED.items():
        if not os.environ.get(name):
            yield Error(f"{name} is not set.", hint=f"Set it to {meaning}.", id=f"deploy.E-{name}")
    if settings.DEVELOPMENT:
        yield Error(
            "DEVELOPMENT is on: secrets are publicly known, and the demo and the simulator are there.",
            hint="Set DEVELOPMENT=0.",
            id="deploy.E-DEVELOPMENT",
        )


def _secrets() -> Iterator[CheckMessage]:
    if any(len(key) < SHORTEST_SECRET for key in settings.ENCRYPTION_KEYS):
        yield Warning(
            f"A key in ENCRYPTION_KEYS has fewer than {SHORTEST_SECRET} characters, and encrypts carrier credentials.",
            hint="Put a new one first (openssl rand -hex 32), run manage.py reencrypt, and remove the old one.",
            id="deploy.W-ENCRYPTION_KEYS",
        )
    if settings.SECRET_KEY in settings.ENCRYPTION_KEYS:
        yield Warning(
            "SECRET_KEY is also in ENCRYPTION_KEYS, so a new one for sessions would lose the carriers' credentials.",
            hint="Give each its own value.",
            id="deploy.W-SECRET_KEY",
        )
    if settings.EVIDENCE_KEYS == settings.ENCRYPTION_KEYS:
        yield Info(
            "EVIDENCE_KEYS is not set: ENCRYPTION_KEYS sign evidence, and their rotation changes the signature.",
            hint="Set EVIDENCE_KEYS to a long random value of its own (docs/evidence.md).",
            id="deploy.I-EVIDENCE_KEYS",
        )


def _addresses() -> Iterator[CheckMessage]:
    if not settings.SECURE:
        yield Warning(
            f"PUBLIC_URL is {settings.PUBLIC_URL}: passwords and texts travel unencrypted.",
            hint="Put a proxy that speaks HTTPS in front, and set PUBLIC_URL to its https:// address.",
            id="deploy.W-PUBLIC_URL",
        )
    elif settings.SECURE_SSL_REDIRECT and not getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        yield Warning(
            "PUBLIC_URL has https://, and the web server speaks HTTP: it would redirect every page to itself.",
            hint="Set BEHIND_PROXY=1 if a proxy sets X-Forwarded-Proto, and removes it from what clients send.",
            id="deploy.W-BEHIND_PROXY",
        )


def _database() -> Iterator[CheckMessage]:
    runtime, owner = (conninfo_to_dict(url) for url in (settings.DATABASE_URL, settings.DATABASE_OWNER_URL))
    if runtime.get("user") == owner.get("user"):
        yield Error(
            f"DATABASE_URL and DATABASE_OWNER_URL are the same role, {runtime.get('user')}: nothing keeps teams apart.",
            hint="Create two roles (README.md): the owner migrates, the other one runs the product.",
            id="deploy.E-DATABASE_OWNER_URL",
        )


def _email() -> Iterator[CheckMessage]:
    if not settings.MAILERS["default"]["BACKEND"].endswith("smtp.EmailBackend"):
        yield Warning(
            "SMTP_URL is not set: nobody gets an email, such as those of invitations and forgotten passwords.",
            hint="Set SMTP_URL, such as smtp://user:password@mail.example.com:587.",
            id="deploy.W-SMTP_URL",
        )


def _media() -> Iterator[CheckMessage]:
    storage = settings.STORAGES["media"]
    if "location" in storage["OPTIONS"] and "bucket_name" not in storage["OPTIONS"]:
        yield Info(
            f"Attachments are in the folder {storage['OPTIONS']['location']} of this machine.",
            hint="If programs run on several machines, share the folder (MEDIA_ROOT) or name a bucket (MEDIA_STORAGE)."
            " Back it up with the database.",
            id="deploy.I-MEDIA_STORAGE",
        )


def _monitoring() -> Iterator[CheckMessage]:
    if len(settings.STATUS_TOKEN) < SHORTEST_TOKEN:
        yield Warning(
            f"STATUS_TOKEN is not set, or has fewer than {SHORTEST_TOKEN} characters: monitoring cannot read /status.",
            hint="Set it to a long random value (docs/operations.md).",
            id="deploy.W-STATUS_TOKEN",
        )
    if not settings.VAPID_PRIVATE_KEY:
        yield Info(
            "VAPID_PRIVATE_KEY is not set: notifications in browsers are not offered.",
            hint="manage.py create_vapid_key makes one.",
            id="deploy.I-VAPID_PRIVATE_KEY",
        )
