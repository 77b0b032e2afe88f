"""`manage.py check --deploy` names each missing piece in words, and nothing of a complete installation."""

from typing import Any

import pytest
from django.conf import LazySettings

from heymarket.media_storage import media_storage
from kernel.deployment_checks import REQUIRED, check_deployment

SMTP = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {}}}
FILES = {"default": {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": {}}}
OWNER = "postgresql://heymarket_owner@db/heymarket"
COMPLETE: dict[str, Any] = {
    "DEVELOPMENT": False,
    "SECRET_KEY": "s" * 50,
    "ENCRYPTION_KEYS": ["e" * 50],
    "EVIDENCE_KEYS": ["v" * 50],
    "PUBLIC_URL": "https://inbox.example.com",
    "SECURE": True,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "DATABASE_URL": "postgresql://heymarket_app@db/heymarket",
    "DATABASE_OWNER_URL": OWNER,
    "MAILERS": SMTP,
    "STATUS_TOKEN": "t" * 20,
    "VAPID_PRIVATE_KEY": "k",
}

MISSING: dict[str, tuple[dict[str, Any], str]] = {
    "DEVELOPMENT": ({"DEVELOPMENT": True}, "DEVELOPMENT is on"),
    "ENCRYPTION_KEYS": ({"ENCRYPTION_KEYS": ["e" * 50, "short"]}, "fewer than 32 characters"),
    "SECRET_KEY": ({"SECRET_KEY": "e" * 50}, "SECRET_KEY is also in ENCRYPTION_KEYS"),
    "EVIDENCE_KEYS": ({"EVIDENCE_KEYS": ["e" * 50]}, "EVIDENCE_KEYS is not set"),
    "PUBLIC_URL": (
        {"PUBLIC_URL": "http://inbox.example.com", "SECURE": False},
        "PUBLIC_URL is http://inbox.example.com",
    ),
    "BEHIND_PROXY": ({"SECURE_PROXY_SSL_HEADER": None}, "it would redirect every page to itself"),
    "DATABASE_OWNER_URL": ({"DATABASE_URL": OWNER}, "are the same role, heymarket_owner"),
    "SMTP_URL": ({"MAILERS": FILES}, "SMTP_URL is not set"),
    "STATUS_TOKEN": ({"STATUS_TOKEN": ""}, "STATUS_TOKEN is not set"),
    "VAPID_PRIVATE_KEY": ({"VAPID_PRIVATE_KEY": ""}, "VAPID_PRIVATE_KEY is not set"),
    "MEDIA_STORAGE": ({"media": ""}, "Attachments are in the folder"),
}


@pytest.fixture
def complete(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> LazySettings:
    for name in REQUIRED:
        monkeypatch.setenv(name, "given")
    put(settings, {**COMPLETE, "media": "s3://bucket"})
    return settings


def put(settings: LazySettings, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if name == "media":
            settings.STORAGES = {**settings.STORAGES, "media": media_storage(value, settings.MEDIA_ROOT)}
        else:
            setattr(settings, name, value)


def test_a_complete_installation_lacks_nothing(complete: LazySettings) -> None:
    assert check_deployment() == []


@pytest.mark.parametrize("name", MISSING)
def test_what_is_missing_is_named(complete: LazySettings, name: str) -> None:
    values, words = MISSING[name]
    put(complete, values)
    (found,) = check_deployment()
    assert words in found.msg and found.hint and str(found.id).endswith(f"-{name}")


@pytest.mark.parametrize("name", REQUIRED)
def test_a_required_variable_is_named(
    complete: LazySettings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)
    (found,) = check_deployment()
    assert found.msg == f"{name} is not set." and found.hint == f"Set it to {REQUIRED[name]}."
