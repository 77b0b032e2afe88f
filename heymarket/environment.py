"""Values of the environment that must have a form. A wrong one is said in a sentence, which never quotes the value."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

SECRETS = ("SECRET_KEY", "ENCRYPTION_KEYS")
# The schemes of each address, and what it looks like.
ADDRESSES = {
    "PUBLIC_URL": ({"https", "http"}, "https://inbox.example.com"),
    "REDIS_URL": ({"redis", "rediss"}, "redis://valkey:6379/0"),
    "SMTP_URL": ({"smtp", "smtps"}, "smtp://user:password@mail.example.com:587"),
}


def secrets(env: Env, *, development: bool) -> Mapping[str, str]:
    """SECRET_KEY and ENCRYPTION_KEYS. Only a clone in development has fixed defaults.

    Raises ImproperlyConfigured, which names each that is missing.
    """
    given = {name: env.str(name, "") for name in SECRETS}
    missing = [name for name in SECRETS if not given[name]]
    if missing and not development:
        each = "each to a" if len(missing) > 1 else "to a"
        raise ImproperlyConfigured(
            f"Set {' and '.join(missing)} in the environment, {each} long random value (openssl rand -hex 32)."
        )
    return {
        name: value or f"development-only-{name}-this-is-no-secret-at-all-0123456789"
        for name, value in given.items()
    }


def address(env: Env, name: str, default: str) -> str:
    """The URL `name`. Raises ImproperlyConfigured if it has another form."""
    url = env.str(name, "") or default
    schemes, example = ADDRESSES[name]
    if url and not _is_address(url, schemes):
        raise ImproperlyConfigured(f"{name} must look like {example}.")
    return url


def _is_address(url: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # of a port that is no number
        return False


def database_parts(name: str, url: str) -> dict[str, Any]:
    """The parts of a libpq URL. Raises ImproperlyConfigured."""
    try:
        return conninfo_to_dict(url)
    except ProgrammingError:
        raise ImproperlyConfigured(
            f"{name} must look like postgresql://role:password@host:5432/heymarket."
            " Write special characters of the password as %40."
        ) from None
