"""Command `manage.py export_team SLUG --output FILE.zip`: everything of a team in a file that `import_team` reads."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit.actions import ActorKind, AuditAction
from accounts.audit.recording import AuditActor, record_action
from accounts.scope_lookups import team_ids_by_slug
from kernel.pacing import paced
from kernel.tenancy import scope
from portability.exporting.audit import EXPORT
from portability.exporting.export import TeamExport


class Command(BaseCommand):
    help = "Write everything of a team to a ZIP file, without secrets, for `import_team` of another installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the team's name in addresses: /t/SLUG/")
        parser.add_argument(
            "--output", type=Path, required=True, metavar="FILE.zip", help="must not exist yet"
        )

    def handle(self, *args: Any, slug: str, output: Path, **options: Any) -> None:
        team_id = team_ids_by_slug().get(slug)
        if team_id is None:
            raise CommandError(f"There is no team {slug!r}.")
        export = TeamExport(team_id)
        part = output.with_name(f"{output.name}.part")
        try:
            if output.exists():
                raise FileExistsError(f"{output} exists.")
            with part.open("wb") as file:
                part.chmod(0o600)
                for piece in paced(export.pieces()):
                    file.write(piece)
            part.rename(output)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise CommandError(f"The file could not be written: {error}") from error
        _record(team_id, export.rows)
        self.stdout.write(f"{output}: {export.rows} rows of team {slug}.")


def _record(team_id: int, rows: int) -> None:
    """Recorded afterwards: two exports of an unchanged team are equal."""
    actor = AuditActor(ActorKind.SYSTEM, str(ActorKind.SYSTEM.label))
    with scope(team_id):
        record_action(
            team_id, actor, AuditAction.EXPORT_ENDED, EXPORT, format="zip", rows=rows, complete=True
        )
