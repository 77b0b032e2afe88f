"""A team with a row of every kind, its files, a ledger with a root, and secrets; and its archive."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from accounts.memberships import rename_member
from kernel.tenancy import scope
from messaging.models import Message, MessageStatus
from optout.roots.making import make_root
from portability.exporting.export import TeamExport
from tests.cast import Cast
from tests.kernel.test_tenancy import populate
from tests.messaging.media.files import stored_picture

SECRETS = ("front-desk-token", "billing-token", "a-second-credential")


@pytest.fixture
def whole(cast: Cast, tamper: Callable[..., None]) -> Cast:
    """Northside with rows in all tables. Populated roots and blocks are no real ones."""
    populate(cast.northside, cast.member, cast.front_desk)
    tamper("DELETE FROM optout_ledgerroot")
    tamper("DELETE FROM optout_ledgerblock")
    make_root(cast.northside.id)
    with scope(cast.northside.id):
        cast.front_desk.add_credentials({"secret": "a-second-credential"})
        cast.front_desk.save()
        rename_member(cast.second, "Dr. Silva", by=cast.owner)
        text = Message.objects.get(team=cast.northside, status=MessageStatus.QUEUED)
        picture = stored_picture(text)
        text.media = [picture.stored_medium()]
        text.save()
    return cast


@dataclass(frozen=True)
class Archive:
    path: Path
    export: TeamExport


def archive_of(team_id: int, path: Path) -> Archive:
    export = TeamExport(team_id)
    path.write_bytes(b"".join(export.pieces()))
    return Archive(path, export)


@pytest.fixture
def archive(whole: Cast, tmp_path: Path) -> Archive:
    return archive_of(whole.northside.id, tmp_path / "northside.zip")
