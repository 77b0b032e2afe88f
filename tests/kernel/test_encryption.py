"""Encryption: secrets are unreadable in the database, any listed key decrypts them, and rows load without a key."""

from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.utils import timezone
from psycopg import Connection

from accounts.models import Inbox
from kernel.encryption import Undecipherable, decrypt, encrypt, encrypted_at
from kernel.tenancy import scope
from tests.cast import Cast


def _stored(owner: Connection, inbox: Inbox) -> str:
    ((token,),) = owner.execute("SELECT auth_tokens FROM accounts_inbox WHERE id = %s", [inbox.id]).fetchall()
    return token


def _load(cast: Cast) -> Inbox:
    return Inbox.objects.get(team_id=cast.northside.id, id=cast.front_desk.id)


@pytest.mark.parametrize("value", [["token"], [], {"a": None}, "ü\x00", 3, None])
def test_decrypt_returns_the_encrypted_value(value: object) -> None:
    assert decrypt(encrypt(value)) == value


def test_first_key_encrypts_and_any_key_decrypts(settings: LazySettings) -> None:
    settings.ENCRYPTION_KEYS = ["old"]
    by_old = encrypt(["token"])
    settings.ENCRYPTION_KEYS = ["new", "old"]
    by_new = encrypt(["token"])
    assert decrypt(by_old) == ["token"]
    settings.ENCRYPTION_KEYS = ["new"]
    assert decrypt(by_new) == ["token"]
    with pytest.raises(Undecipherable, match="ENCRYPTION_KEYS"):
        decrypt(by_old)


def test_database_has_no_readable_token(cast: Cast, owner: Connection) -> None:
    assert "front-desk-token" not in _stored(owner, cast.front_desk)
    with scope(cast.northside.id):
        assert _load(cast).auth_tokens == ["front-desk-token"]


def test_row_with_a_lost_key_loads_and_keeps_its_secret_when_saved(
    cast: Cast, owner: Connection, settings: LazySettings
) -> None:
    before = _stored(owner, cast.front_desk)
    keys, settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS, ["another"]
    with scope(cast.northside.id):
        inbox = _load(cast)
        inbox.name = "Reception"
        inbox.save()
        with pytest.raises(Undecipherable):
            inbox.auth_tokens  # noqa: B018
    assert _stored(owner, cast.front_desk) == before
    settings.ENCRYPTION_KEYS = keys
    with scope(cast.northside.id):
        assert (_load(cast).name, _load(cast).auth_tokens) == ("Reception", ["front-desk-token"])


def test_saving_an_unchanged_secret_does_not_encrypt_it_again(cast: Cast, owner: Connection) -> None:
    before = _stored(owner, cast.front_desk)
    with scope(cast.northside.id):
        inbox = _load(cast)
        assert inbox.auth_tokens
        inbox.save()
    assert _stored(owner, cast.front_desk) == before


def test_encrypted_at_is_the_time_of_encryption(cast: Cast) -> None:
    with scope(cast.northside.id):
        inbox = _load(cast)
        inbox.auth_tokens = ["newer"]
        inbox.save()
        encrypted = encrypted_at(_load(cast), "auth_tokens")
    assert encrypted is not None
    assert abs((timezone.now() - encrypted).total_seconds()) < 5


def test_assigned_value_is_readable_and_saved(cast: Cast) -> None:
    with scope(cast.northside.id):
        inbox = _load(cast)
        inbox.auth_tokens = ["newer", "front-desk-token"]
        assert inbox.auth_tokens == ["newer", "front-desk-token"]
        inbox.save()
        assert _load(cast).auth_tokens == ["newer", "front-desk-token"]


def test_reencrypt_makes_the_old_key_unnecessary(cast: Cast, settings: LazySettings) -> None:
    settings.ENCRYPTION_KEYS = ["new", *settings.ENCRYPTION_KEYS]
    call_command("reencrypt", stdout=StringIO())
    settings.ENCRYPTION_KEYS = ["new"]
    with scope(cast.northside.id):
        assert _load(cast).auth_tokens == ["front-desk-token"]


def test_reencrypt_names_and_keeps_undecipherable_secrets(
    cast: Cast, owner: Connection, settings: LazySettings
) -> None:
    before = _stored(owner, cast.front_desk)
    settings.ENCRYPTION_KEYS = ["another"]
    with pytest.raises(CommandError, match="Front Desk"):
        call_command("reencrypt", stdout=StringIO())
    assert _stored(owner, cast.front_desk) == before
