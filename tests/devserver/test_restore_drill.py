"""Backup and restore: everything comes back, with roles, policies and triggers, and a fault of a restore is named."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import LazySettings, settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from devserver.backup import Backup, RestoreFailed, back_up, restore
from devserver.restore_drill import newest_state, verify
from kernel.tenancy import scope
from messaging import inbound, restore_checks
from messaging.carriers.base import InboundText
from messaging.media.models import Attachment, AttachmentState
from messaging.models import Message
from tests.cast import MARIA, PASSWORD, Cast
from tests.cluster_database import is_used
from tests.messaging.fake_twilio import new_sid

FILE = "1/picture"


@pytest.fixture
def busy(cast: Cast) -> Iterator[Cast]:
    """The cast after a STOP and a picture."""
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "Look"))
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "STOP"))
    storages["media"].save(FILE, ContentFile(b"picture"))
    with scope(cast.northside.id):
        text = Message.objects.filter(body="Look").get()
        Attachment.objects.create(
            team_id=cast.northside.id, message=text, state=AttachmentState.STORED, file=FILE, size=7
        )
    yield cast
    storages["media"].delete(FILE)


@pytest.fixture
def empty_database(_owner_of_all_tests: psycopg.Connection) -> Iterator[str]:
    name = f"heymarket_restored_{os.getpid()}"
    _owner_of_all_tests.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield name
    _owner_of_all_tests.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.skipif(is_used(), reason="a cluster is not dumped: test_backup_on_cluster.py")
def test_restored_installation_is_whole_and_a_difference_is_named(
    busy: Cast, empty_database: str, owner: psycopg.Connection, tmp_path: Path
) -> None:
    busy.owner.user.password = PBKDF2PasswordHasher().encode(
        PASSWORD, "salt", 1000
    )  # not in the way of tests
    busy.owner.user.save()
    source = make_conninfo(settings.DATABASE_OWNER_URL, dbname=connection.settings_dict["NAME"])
    backup = back_up(source, Path(settings.STORAGES["media"]["OPTIONS"]["location"]), tmp_path)
    assert backup.counts["optout_consentevent"] == 1 and backup.archived_until is None
    urls = {
        "DATABASE_OWNER_URL": make_conninfo(settings.DATABASE_OWNER_URL, dbname=empty_database),
        "DATABASE_URL": make_conninfo(settings.DATABASE_URL, dbname=empty_database),
        "MEDIA_ROOT": str(tmp_path / "restored"),
    }
    restore(backup, urls["DATABASE_OWNER_URL"], tmp_path / "restored")
    said = verify(urls, busy.owner.user.email, PASSWORD)
    assert "2 teams" in said and "1 ledger entries" in said
    assert said.endswith(f"Teams are isolated, the ledger is whole, and {busy.owner.user.email} can sign in.")
    with (
        psycopg.connect(urls["DATABASE_OWNER_URL"]) as restored,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        restored.execute("TRUNCATE optout_consentevent CASCADE")
    with pytest.raises(RestoreFailed, match=r"pg_restore failed: .*already exists"):
        restore(backup, urls["DATABASE_OWNER_URL"], tmp_path / "restored")
    (tmp_path / "restored" / FILE).unlink()
    with pytest.raises(RestoreFailed, match=f"The file {FILE} of an attachment is missing"):
        verify(urls, busy.owner.user.email, "wrong")


def found_faults(email: str = "", password: str = "") -> list[str]:
    return list(restore_checks.faults(email, password))


def test_faults_are_named(
    busy: Cast, owner: psycopg.Connection, tamper: Callable[..., None], settings: LazySettings
) -> None:
    email = busy.owner.user.email
    assert found_faults(email, PASSWORD) == []
    assert found_faults(email, "wrong") == [f"{email} cannot sign in."]
    tamper("UPDATE optout_consentevent SET reason = 'changed'")
    assert [fault[:25] for fault in found_faults()] == ["The ledger is not whole: "]
    owner.execute("ALTER TABLE messaging_message DISABLE ROW LEVEL SECURITY")
    try:
        assert "Rows are visible without a team in scope: the policies were not restored." in found_faults()
    finally:
        owner.execute("ALTER TABLE messaging_message ENABLE ROW LEVEL SECURITY")
    storages["media"].delete(FILE)
    assert f"The file {FILE} of an attachment is missing." in found_faults()


def test_age_of_the_newest_state(tmp_path: Path) -> None:
    ago: Callable[[float], Any] = lambda seconds: datetime.now(UTC) - timedelta(seconds=seconds)  # noqa: E731
    assert "90 seconds old. No write-ahead log is archived" in newest_state(
        Backup(tmp_path, ago(90), {}, None)
    )
    assert "is archived up to 20 seconds ago." in newest_state(Backup(tmp_path, ago(90), {}, ago(20)))
