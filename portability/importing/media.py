"""Stored files of an import: kept below the new team's ID, and deleted again if the import does not commit.

A marker in the storage names a team whose import has begun. A killed import leaves it, and the next one removes what
it had stored.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from accounts.scope_lookups import team_ids_by_slug
from messaging.media.storage import put
from portability.exporting.archive import MEDIA_FOLDER
from portability.importing.archive_reader import TeamArchive

MARKERS = "unfinished-imports"


@contextmanager
def files_of_import(team_id: int) -> Iterator[None]:
    """Keep the files that are stored meanwhile, unless the import fails."""
    storage = storages["media"]
    storage.save(f"{MARKERS}/{team_id}", ContentFile(b"import"))
    try:
        yield
    except BaseException:
        _delete_folder(team_id)
        raise
    finally:
        storage.delete(f"{MARKERS}/{team_id}")


def remove_leftovers(besides: int) -> None:
    """Delete the files of imports that were killed; `besides` is the team of the import that asks."""
    storage = storages["media"]
    present = set(team_ids_by_slug().values())
    for team_id in [int(name) for name in storage.listdir(MARKERS)[1] if name.isdecimal()]:
        if team_id == besides:
            continue
        if team_id not in present:
            _delete_folder(team_id)
        storage.delete(f"{MARKERS}/{team_id}")


def store_media(archive: TeamArchive, team_id: int) -> int:
    """Store the files of attachments under their names below the new team. Returns how many."""
    stored = 0
    with TemporaryDirectory(prefix="heymarket-import-") as folder, closing(archive.media()) as entries:
        path = Path(folder) / "file"
        for entry in entries:
            with archive.open_media(entry["name"]) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
            put(f"{team_id}/{entry['name'].removeprefix(MEDIA_FOLDER)}", path)
            stored += 1
    return stored


def _delete_folder(team_id: int) -> None:
    storage = storages["media"]
    with suppress(OSError):
        for name in storage.listdir(f"{team_id}")[1]:
            storage.delete(f"{team_id}/{name}")
        storage.delete(f"{team_id}")
