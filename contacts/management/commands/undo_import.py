"""`manage.py undo_import --team SLUG ID`: the undo of an import, done in the foreground."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.scope_lookups import team_ids_by_slug
from contacts.imports.models import Import
from contacts.imports.undo.models import ImportUndo
from contacts.imports.undo.operation import can_undo, start_undo
from contacts.imports.undo.plan import plan_undo
from contacts.imports.undo.wording import kept_counts, reverted_counts
from contacts.runs.models import RunState
from contacts.runs.worker import advance
from kernel.tenancy import scope


class Command(BaseCommand):
    help = (
        "Undoes the changes of an import, except those that somebody has changed since. Opt-outs that it recorded are "
        "kept unless --lift-opt-outs is given; those of people who opted out themselves are always kept."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=int, help="ID of the import, as in the address of its page")
        parser.add_argument("--team", required=True, metavar="SLUG", help="the team's name in addresses")
        parser.add_argument("--dry-run", action="store_true", help="only show what would be undone")
        parser.add_argument(
            "--lift-opt-outs", action="store_true", help="also lift the opt-outs that this import recorded"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        team_id = team_ids_by_slug().get(options["team"])
        if team_id is None:
            raise CommandError(f"Unknown team “{options['team']}”.")
        lift = options["lift_opt_outs"]
        with scope(team_id):
            run = (
                Import.objects.select_for_update(no_key=True)
                .filter(team_id=team_id, id=options["id"])
                .first()
            )
            if run is None:
                raise CommandError(f"This team has no import {options['id']}.")
            if not can_undo(run):
                raise CommandError(f"The import of {run.file_name} has no changes that can be undone.")
            if options["dry_run"]:
                return self._show(f"To undo: {run.file_name}", plan_undo(run, lift=lift))
            undo = start_undo(run, lift=lift, by_name="manage.py undo_import")
            assert undo is not None
        undo = self._finish(undo)
        self._show(f"{'Undone' if undo.state == RunState.DONE else 'Stopped'}: {run.file_name}", undo.counts)
        if undo.state == RunState.FAILED:
            raise CommandError(undo.sentence)
        return None

    def _finish(self, undo: ImportUndo) -> ImportUndo:
        """Do the work in this process, or wait if a worker has the run."""
        while True:
            advance(undo.team_id, undo.id, "import_undo")
            with scope(undo.team_id):
                undo = ImportUndo.objects.get(team_id=undo.team_id, id=undo.id)
            if not undo.at_work:
                return undo
            time.sleep(0.5)

    def _show(self, title: str, counts: dict[str, int]) -> None:
        self.stdout.write(title)
        for number, meaning in reverted_counts(counts):
            self.stdout.write(f"  {number:>10,} {meaning}")
        for number, meaning in kept_counts(counts):
            self.stdout.write(f"  {number:>10,} kept: {meaning}")
