"""`manage.py import_contacts --team SLUG FILE`: the import of the pages, in the foreground."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import scope_lookups
from accounts.models import Team
from contacts.custom_fields.models import CustomField
from contacts.imports import refused_rows, upload
from contacts.imports.columns import CONTACT_HEADERS
from contacts.imports.headers import all_headers
from contacts.imports.models import Import
from contacts.imports.options import ImportOptions
from contacts.runs import worker
from contacts.runs.models import RunState
from kernel.regions import COUNTRIES
from kernel.spreadsheets.table import NotATable
from kernel.tenancy import scope

PREVIEW = ("good", "created", "updated", "unchanged", "opted_out", "staying", "liftable")
WORDS = {
    "good": "rows can be imported",
    "staying": "stay opted out, since the person asked for it",
    "liftable": "were opted out by the team, and the file says no (--lift-ours)",
}


class Command(BaseCommand):
    help = (
        "Imports contacts from a CSV or XLSX file, in the foreground. Rows that cannot be imported are written to "
        "FILE.errors.csv. Fails only when the whole file is refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--team", required=True, metavar="SLUG", help="the team's name in addresses")
        parser.add_argument("--dry-run", action="store_true", help="only say what would come of it")
        parser.add_argument("--list", default="", metavar="NAME", help="add everybody to this list")
        parser.add_argument(
            "--replace", action="store_true", help="replace values that contacts have already"
        )
        parser.add_argument(
            "--replace-lists",
            action="store_true",
            help="take contacts off lists that their row does not name",
        )
        parser.add_argument(
            "--country", choices=list(COUNTRIES), help="of numbers without +; else the team's"
        )
        parser.add_argument(
            "--consent-note", default="", metavar="WORDS", help="kept with each opt-out in the ledger"
        )
        parser.add_argument(
            "--lift-ours",
            action="store_true",
            help="let “no” lift opt-outs that the team recorded, never a person's own",
        )
        parser.add_argument(
            "--column", action="append", default=[], metavar="HEADER=FIELD",
            help=f"what a column is, where its header does not tell; FIELD is one of {', '.join(CONTACT_HEADERS.values())}, "
            "or the name of a field of the team's own",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        team_id = scope_lookups.team_ids_by_slug().get(options["team"])
        if team_id is None:
            raise CommandError(f"There is no team “{options['team']}”.")
        run = self._uploaded(team_id, options)
        run = self._awaited(run)
        if run.state == RunState.CHECKED:
            self._show("To import", run, {word: run.preview[word] for word in PREVIEW})
            run = self._ended(run) if options["dry_run"] else self._written(run, options["lift_ours"])
        self._write_refusals(run, options["file"])
        if run.state == RunState.FAILED:
            raise CommandError(run.sentence)

    def _uploaded(self, team_id: int, options: dict[str, Any]) -> Import:
        path = options["file"]
        if len(options["list"]) > 80:
            raise CommandError("The name of a list has 80 characters at most.")
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        with scope(team_id):
            team = Team.objects.get(pk=team_id)
            try:
                run = upload.create_from_path(team, path, path.name, by_name="manage.py import_contacts")
            except NotATable as refused:
                raise CommandError(str(refused)) from None
            chosen = ImportOptions(
                country=options["country"] or team.country,
                replace=options["replace"],
                replace_lists=options["replace_lists"],
                add_to=options["list"],
                consent_note=options["consent_note"],
            )
            run.start_check(self._columns(run, options["column"]), chosen.stored())
        return run

    def _columns(self, run: Import, named: list[str]) -> list[str]:
        """As the headers tell, or as --column says."""
        own = CustomField.objects.of(run.team_id)
        fields = {header.casefold(): name for name, header in all_headers(own).items()}
        columns = list(run.columns)
        for pair in named:
            title, _, field = pair.rpartition("=")
            if title not in run.header or field.casefold() not in fields:
                raise CommandError(f"--column {pair}: write HEADER=FIELD, with a header of the file.")
            name = fields[field.casefold()]
            columns = ["" if column == name else column for column in columns]
            columns[run.header.index(title)] = name
        if "number" not in columns:
            raise CommandError(
                "No column is the Phone Number. Name it with --column, like --column “Work=Phone Number”."
            )
        return columns

    def _written(self, run: Import, lift_ours: bool) -> Import:
        with scope(run.team_id):
            run.confirm(lift_ours=lift_ours)
        run = self._awaited(run)
        self._show("Done" if run.state == RunState.DONE else "Stopped", run, run.counts)
        return run

    def _ended(self, run: Import) -> Import:
        with scope(run.team_id):
            run.end(RunState.CANCELLED, "Only a dry run: nothing was imported.")
            run.save()
        return run

    def _awaited(self, run: Import) -> Import:
        """Do the work here; or wait, where a worker has been quicker."""
        while True:
            worker.advance(run.team_id, run.id, "import")
            with scope(run.team_id):
                run = Import.objects.get(team_id=run.team_id, id=run.id)
            if not run.at_work:
                return run
            time.sleep(0.5)

    def _show(self, title: str, run: Import, counts: dict[str, int]) -> None:
        self.stdout.write(f"{title}: {run.file_name}")
        for word, number in counts.items():
            self.stdout.write(f"  {number:>10,} {WORDS.get(word, word).replace('_', ' ')}")

    def _write_refusals(self, run: Import, path: Path) -> None:
        if not run.counts.get("refused"):
            return
        target = path.with_name(f"{path.name}.errors.csv")
        with scope(run.team_id), target.open("w", encoding="utf-8", newline="") as file:
            file.writelines(refused_rows.refused_rows_csv(run))
        self.stdout.write(f"  {run.counts['refused']:>10,} refused, see {target}")
