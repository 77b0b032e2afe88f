"""Export of a whole team: one snapshot of all its rows and files, as an archive that another installation imports."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kernel.tenancy import scope
from messaging.media.models import Attachment, AttachmentState
from messaging.media.storage import open_file
from portability.contents import LEFT_OUT, TEAM_WITHOUT, ExportedTable, Values, tables_in_order
from portability.exporting.archive import CHUNK, MEDIA, MEDIA_FOLDER, TEAM, ArchiveWriter
from portability.exporting.at_rest import without_team
from portability.exporting.rows import PAGE, file_columns, line_of, pages, team_values


@dataclass
class TeamExport:
    """An export of a team. `pieces` are the bytes of the archive; what it counts is complete at their end."""

    team_id: int
    rows: int = 0
    highest_id: int = 0
    _writer: ArchiveWriter = field(default_factory=ArchiveWriter)

    def pieces(self) -> Iterator[bytes]:
        """The archive. Everything is of one moment: later changes of the team are not in it."""
        with scope(self.team_id, snapshot=True):
            team = team_values(self.team_id)
            yield from self._writer.add_rows(TEAM, tuple(sorted(team)), iter([(1, line_of(team))]))
            for table in tables_in_order():
                yield from self._writer.add_rows(table.file, file_columns(table), self._lines(table))
            yield from self._media()
            facts = {"team": {"slug": team["slug"], "name": team["name"]}, "highest_id": self.highest_id}
            yield from self._writer.finish(**facts, left_out=_left_out())

    def _lines(self, table: ExportedTable) -> Iterator[tuple[int, bytes]]:
        for page in pages(table, self.team_id):
            self.rows += len(page)
            self.highest_id = max(self.highest_id, *map(_highest_id, page))
            yield len(page), b"".join(map(line_of, page))

    def _media(self) -> Iterator[bytes]:
        """The stored files, and the list of them."""
        entries: list[bytes] = []
        for name in _file_names(self.team_id):
            if (chunks := _read(name)) is None:
                continue
            archived = yield from self._writer.add_file(f"{MEDIA_FOLDER}{without_team(name)}", chunks)
            about = {"name": archived.name, "bytes": archived.size, "sha256": archived.hashed.hexdigest()}
            entries.append(line_of(about))
        batches = (entries[at : at + PAGE] for at in range(0, len(entries), PAGE))
        lines = ((len(batch), b"".join(batch)) for batch in batches)
        yield from self._writer.add_rows(MEDIA, ("bytes", "name", "sha256"), lines)


def _highest_id(row: Values) -> int:
    """The highest ID in a row, its own or one that it refers to. No new row of the imported team may get it."""
    names = (name for name in row if (name == "id" or name.endswith("_id")) and name != "hashed_team_id")
    return max((row[name] for name in names if isinstance(row[name], int)), default=0)


def _file_names(team_id: int) -> Iterator[str]:
    last = 0
    while True:
        rows = Attachment.objects.filter(team_id=team_id, state=AttachmentState.STORED, id__gt=last)
        batch = list(rows.order_by("id")[:PAGE])
        for attachment in batch:
            yield attachment.file
            if attachment.width:
                yield attachment.thumbnail
        if len(batch) < PAGE:
            return
        last = batch[-1].id


def _read(name: str) -> Iterator[bytes] | None:
    """The chunks of a stored file; None if it is no longer there."""
    try:
        file = open_file(name)
    except FileNotFoundError:
        return None

    def chunks() -> Iterator[bytes]:
        with file:
            while chunk := file.read(CHUNK):
                yield chunk

    return chunks()


def _left_out() -> list[dict[str, Any]]:
    tables = [{"what": model._meta.label, "why": why} for model, why in LEFT_OUT.items()]
    columns = [
        {"what": f"{table.model._meta.label}.{column}", "why": "Belongs to this installation."}
        for table in tables_in_order()
        for column in table.without
    ]
    team = [
        {"what": f"accounts.Team.{column}", "why": "Belongs to this installation."} for column in TEAM_WITHOUT
    ]
    return sorted([*tables, *columns, *team], key=lambda one: one["what"])
