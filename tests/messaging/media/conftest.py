"""Fixtures of the tests of attachments: the worker that fetches, and the attachments of a team."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from kernel.tenancy import scope
from messaging.media import fetching
from messaging.media.models import Attachment
from messaging.scope_lookups import attachments_due
from tests.cast import Cast


@pytest.fixture
def fetch() -> Callable[[], None]:
    """One round of the worker: all attachments that the sweep would find."""

    def round() -> None:
        for found in attachments_due(100):
            fetching.work_on(found.team_id, found.id)

    return round


@pytest.fixture
def attachments(cast: Cast) -> Callable[..., list[Attachment]]:
    """Northside's attachments, in the order of their texts."""

    def read(**lookups: Any) -> list[Attachment]:
        with scope(cast.northside.id):
            rows = Attachment.objects.filter(team_id=cast.northside.id, **lookups)
            return list(rows.order_by("message_id", "position", "id"))

    return read


@pytest.fixture
def stored_files() -> Callable[[], list[Path]]:
    """All files in the storage."""

    def read() -> list[Path]:
        folder = Path(django_settings.STORAGES["media"]["OPTIONS"]["location"])
        return sorted(path for path in folder.rglob("*") if path.is_file())

    for path in read():
        path.unlink()
    return read
