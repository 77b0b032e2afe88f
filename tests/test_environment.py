"""Values of the environment: what is missing or wrong is said in a sentence, without a traceback and the value."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from devserver.addresses import ROOT
from heymarket import environment

INSTALLATION = {"DATABASE_URL": "postgresql://app:s3cret@db/heymarket"}
SECRETS = {"SECRET_KEY": "s" * 50, "ENCRYPTION_KEYS": "e" * 50}
# What is set, and what `manage.py check` says.
WRONG: list[tuple[dict[str, str], str]] = [
    (
        INSTALLATION,
        "Set SECRET_KEY and ENCRYPTION_KEYS in the environment, each to a long random value (openssl rand -hex 32).",
    ),
    ({"PORT": "s3cret"}, 'Environment variable "PORT" invalid: Not a valid integer.'),
]


@pytest.mark.parametrize(("given", "sentence"), WRONG)
def test_a_command_says_what_is_wrong_without_a_traceback(given: dict[str, str], sentence: str) -> None:
    plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy"],
        cwd=ROOT, env=plain | given, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, f"{sentence}\n")


def test_each_missing_secret_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    assert all("no-secret" in value for value in environment.secrets(Env(), development=True).values())
    monkeypatch.setenv("SECRET_KEY", SECRETS["SECRET_KEY"])
    with pytest.raises(ImproperlyConfigured, match=r"^Set ENCRYPTION_KEYS in the environment, to a long"):
        environment.secrets(Env(), development=False)
    monkeypatch.setenv("ENCRYPTION_KEYS", SECRETS["ENCRYPTION_KEYS"])
    assert environment.secrets(Env(), development=False) == SECRETS


GOOD = [
    ("PUBLIC_URL", "https://inbox.example.com"), ("PUBLIC_URL", "http://127.0.0.1:8000"),
    ("REDIS_URL", "redis://:p%40ss@127.0.0.1:1/0"), ("REDIS_URL", "rediss://valkey"),
    ("SMTP_URL", "smtps://user:word@mail.example.com:465"), ("SMTP_URL", ""),
]  # fmt: skip
BAD = [
    ("PUBLIC_URL", "s3cret.example.com"), ("PUBLIC_URL", "ftp://s3cret.example.com"), ("PUBLIC_URL", "https://"),
    ("REDIS_URL", "s3cret"), ("REDIS_URL", "http://s3cret"), ("SMTP_URL", "mail.s3cret.com:25"),
    ("SMTP_URL", "smtp://user:s3cret#1@mail.example.com"), ("SMTP_URL", "smtp://mail.example.com:s3cret"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "url"), GOOD)
def test_an_address_of_the_right_form_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, url: str) -> None:
    monkeypatch.setenv(name, url)
    assert environment.address(Env(), name, "") == url


@pytest.mark.parametrize(("name", "url"), BAD)
def test_an_address_of_another_form_is_named(monkeypatch: pytest.MonkeyPatch, name: str, url: str) -> None:
    monkeypatch.setenv(name, url)
    with pytest.raises(ImproperlyConfigured, match=f"^{name} must look like ") as error:
        environment.address(Env(), name, "")
    assert "s3cret" not in str(error.value)


def test_a_database_address_of_another_form_is_named() -> None:
    parts = environment.database_parts("DATABASE_URL", INSTALLATION["DATABASE_URL"])
    assert (parts["user"], parts["dbname"]) == ("app", "heymarket")
    for url in ("s3cret", "postgresql://app:s3%cret@db/heymarket"):
        with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_OWNER_URL must look like ") as error:
            environment.database_parts("DATABASE_OWNER_URL", url)
        assert "s3cret" not in str(error.value)
