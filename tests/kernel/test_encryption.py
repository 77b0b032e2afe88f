"""Secrets at rest: unreadable in the database, read with any listed key, and never in the way of a row."""

from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
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
def test_what_goes_in_comes_out(value: object) -> None:
    assert decrypt(encrypt(value)) == value


def test_the_first_key_writes_and_any_reads(settings: LazySettings) -> None:
    settings.ENCRYPTION_KEYS = ["old"]
    by_old = encrypt(["token"])
    settings.ENCRYPTION_KEYS = ["new", "old"]
    by_new = encrypt(["token"])
    assert decrypt(by_old) == ["token"]
    settings.ENCRYPTION_KEYS = ["new"]
    assert decrypt(by_new) == ["token"]
    with pytest.raises(Undecipherable, match="ENCRYPTION_KEYS"):
        decrypt(by_old)


def test_the_database_holds_no_token(cast: Cast, owner: Connection) -> None:
    assert "front-desk-token" not in _stored(owner, cast.front_desk)
    with scope(cast.northside.id):
        assert _load(cast).auth_tokens == ["front-desk-token"]


def test_a_row_whose_key_is_lost_loads_and_saves_and_keeps_its_secret(
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


def test_reading_and_saving_does_not_seal_anew(cast: Cast, owner: Connection) -> None:
    before = _stored(owner, cast.front_desk)
    with scope(cast.northside.id):
        inbox = _load(cast)
        assert inbox.auth_tokens
        inbox.save()
    assert _stored(owner, cast.front_desk) == before


def test_it_is_known_when_a_secret_was_sealed(cast: Cast) -> None:
    with scope(cast.northside.id):
        inbox = _load(cast)
        sealed = encrypted_at(inbox, "auth_tokens")
    assert sealed is not None
    assert abs((inbox.created_at - sealed).total_seconds()) < 5


def test_an_assigned_value_is_read_back_at_once_and_saved(cast: Cast) -> None:
    with scope(cast.northside.id):
        inbox = _load(cast)
        inbox.auth_tokens = ["newer", "front-desk-token"]
        assert inbox.auth_tokens == ["newer", "front-desk-token"]
        inbox.save()
        assert _load(cast).auth_tokens == ["newer", "front-desk-token"]


def test_reencrypt_makes_the_old_key_needless(cast: Cast, settings: LazySettings) -> None:
    settings.ENCRYPTION_KEYS = ["new", *settings.ENCRYPTION_KEYS]
    call_command("reencrypt", stdout=StringIO())
    settings.ENCRYPTION_KEYS = ["new"]
    with scope(cast.northside.id):
        assert _load(cast).auth_tokens == ["front-desk-token"]


def test_reencrypt_names_what_no_key_opens_and_keeps_it(
    cast: Cast, owner: Connection, settings: LazySettings
) -> None:
    before = _stored(owner, cast.front_desk)
    settings.ENCRYPTION_KEYS = ["another"]
    with pytest.raises(CommandError, match="Front Desk"):
        call_command("reencrypt", stdout=StringIO())
    assert _stored(owner, cast.front_desk) == before
