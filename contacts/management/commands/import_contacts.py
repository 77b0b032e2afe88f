"""`manage.py import_contacts --team SLUG FILE`: an import, done in the foreground."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Team
from accounts.scope_lookups import team_ids_by_slug
from contacts.custom_fields.models import CustomField
from contacts.imports.consent_headers import ASK, OPT_IN, OPT_OUT
from contacts.imports.file_reading import StoredReading
from contacts.imports.headers import IMPORT_HEADERS, SEVERAL_TIMES, all_headers, states_persons_word
from contacts.imports.models import Import
from contacts.imports.options import ImportOptions
from contacts.imports.refused_rows import refused_rows_csv
from contacts.imports.upload import create_from_path
from contacts.runs.models import RunState
from contacts.runs.worker import advance
from kernel.regions import COUNTRIES
from kernel.spreadsheets.csv_reader import ENCODINGS
from kernel.spreadsheets.table import NotATable
from kernel.tenancy import scope
from optout.consent_records.models import ConsentCategory, ConsentMethod

PREVIEW = (
    "good", "created", "updated", "unchanged", "opted_out", "opted_out_from_refused_rows", "unclear", "staying",
    "liftable",
)  # fmt: skip
WORDS = {
    "good": "rows can be imported",
    "unclear": "have an opt-out cell that cannot be read (--opt-out-unclear)",
    "staying": "stay opted out, as the person requested",
    "liftable": "were opted out by the team and are marked “no” in the file (--lift-ours)",
}
CONSENT_DETAILS = ("consent_marketing", "consent_words", "consent_source")
COLUMN_ANSWERS = {
    "opt-out-column": "an opt-out column: “yes” or a date opts out",
    "opt-in-column": "an opt-in column: “no” opts out",
    "not-opt-out-column": "a column that looks like an opt-out column and is not one: it is skipped",
}


class Command(BaseCommand):
    help = (
        "Imports contacts from a CSV or XLSX file, in the foreground. Refused rows are written to FILE.errors.csv. "
        "Fails only if the whole file is refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--team", required=True, metavar="SLUG", help="the team's name in addresses")
        parser.add_argument("--dry-run", action="store_true", help="only show what would change")
        parser.add_argument("--list", default="", metavar="NAME", help="add all contacts to this list")
        parser.add_argument("--replace", action="store_true", help="replace existing values")
        parser.add_argument(
            "--replace-lists",
            action="store_true",
            help="remove contacts from lists not named in their row",
        )
        parser.add_argument(
            "--country", choices=list(COUNTRIES), help="country of numbers without + (default: the team's)"
        )
        parser.add_argument(
            "--consent-note", default="", metavar="WORDS", help="kept with each opt-out in the ledger"
        )
        parser.add_argument(
            "--consent", choices=ConsentMethod.values, default="",
            help="how these people agreed to get texts, recorded for each number whose row does not opt out "
            "(default: only what columns say)",
        )  # fmt: skip
        parser.add_argument(
            "--consent-marketing", action="store_true", help="they agreed to marketing, too, in writing"
        )
        parser.add_argument(
            "--consent-words", default="", metavar="WORDS", help="what they said or ticked (needs --consent)"
        )
        parser.add_argument(
            "--consent-source", default="", metavar="WHERE", help="the form, shop or event (needs --consent)"
        )
        parser.add_argument(
            "--lift-ours",
            action="store_true",
            help="let “no” lift opt-outs that the team recorded, but never a person's own",
        )
        parser.add_argument(
            "--sheet", default="", metavar="NAME", help="the sheet of a workbook with several"
        )
        parser.add_argument(
            "--encoding", choices=list(ENCODINGS), default="", help="of a CSV file (default: by its content)"
        )
        parser.add_argument(
            "--opt-out-unclear",
            action="store_true",
            help="also opt out numbers whose opt-out cell may mean an opt-out, or not",
        )
        parser.add_argument(
            "--opt-outs-are",
            choices=["told", "ours"],
            help="whether the opt-outs are the persons' own word, or our decision (default: told, if a column of "
            "another system states them)",
        )
        parser.add_argument(
            "--each-number",
            action="store_true",
            help="a contact for each number of a row, not for the first only",
        )
        for option, meaning in COLUMN_ANSWERS.items():
            parser.add_argument(f"--{option}", action="append", default=[], metavar="HEADER", help=meaning)
        parser.add_argument(
            "--column", action="append", default=[], metavar="HEADER=FIELD",
            help="the field of a column that its header does not name; FIELD is one of "
            f"{', '.join(IMPORT_HEADERS.values())}, or the name of a custom field",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        team_id = team_ids_by_slug().get(options["team"])
        if team_id is None:
            raise CommandError(f"Unknown team “{options['team']}”.")
        run = self._upload(team_id, options)
        run = self._finish_step(run)
        if run.state == RunState.CHECKED:
            self._show("To import", run, {word: run.preview[word] for word in PREVIEW})
            run = self._end_dry_run(run) if options["dry_run"] else self._write(run, options)
        self._write_refused_rows(run, options["file"])
        if run.state == RunState.FAILED:
            raise CommandError(run.sentence)

    def _upload(self, team_id: int, options: dict[str, Any]) -> Import:
        path = options["file"]
        if not options["consent"] and any(options[name] for name in CONSENT_DETAILS):
            raise CommandError("Say with --consent how these people agreed.")
        if len(options["list"]) > 80:
            raise CommandError("A list name can have up to 80 characters.")
        if not path.is_file():
            raise CommandError(f"File not found: {path}.")
        with scope(team_id):
            team = Team.objects.get(pk=team_id)
            try:
                chosen = StoredReading(sheet=options["sheet"], encoding=options["encoding"])
                run = create_from_path(
                    team, path, path.name, by_name="manage.py import_contacts", chosen=chosen
                )
            except NotATable as refused:
                raise CommandError(str(refused)) from None
            self.stdout.write(StoredReading.of(run).sentence)
            columns = self._columns(run, options)
            run.start_check(columns, self._options(run, columns, options).as_dict())
        return run

    def _options(self, run: Import, columns: list[str], options: dict[str, Any]) -> ImportOptions:
        if options["consent"] and not options["consent_words"].strip() and "agreed_words" not in columns:
            raise CommandError("Enter the words that these people agreed to with --consent-words.")
        told = states_persons_word(run.header, columns)
        return ImportOptions(
            country=options["country"] or run.team.country,
            replace=options["replace"],
            replace_lists=options["replace_lists"],
            add_to=options["list"],
            consent_note=options["consent_note"],
            consent_method=options["consent"],
            consent_category=ConsentCategory.MARKETING if options["consent_marketing"] else "",
            consent_words=options["consent_words"].strip()[:1000],
            consent_source=options["consent_source"].strip()[:200],
            told=options["opt_outs_are"] == "told" if options["opt_outs_are"] else told,
            each_number=options["each_number"],
        )

    def _columns(self, run: Import, options: dict[str, Any]) -> list[str]:
        """The field of each column, from the headers and the options that say what a column is."""
        headers = all_headers(CustomField.objects.of(run.team_id))
        fields = {header.casefold(): name for name, header in headers.items()}
        columns = list(run.columns)
        for assignment in options["column"]:
            title, _, field = assignment.rpartition("=")
            if title not in run.header or field.casefold() not in fields:
                raise CommandError(f"--column {assignment}: write HEADER=FIELD, with a header of the file.")
            name = fields[field.casefold()]
            if name not in SEVERAL_TIMES:
                columns = ["" if column == name else column for column in columns]
            columns[run.header.index(title)] = name
        self._answer(run, columns, options)
        if "number" not in columns:
            raise CommandError(
                "No column is the Phone Number. Choose it with --column, like --column “Work=Phone Number”."
            )
        return columns

    def _answer(self, run: Import, columns: list[str], options: dict[str, Any]) -> None:
        """Set the columns that an option says are opt-out columns, or are not. Raises CommandError for the others."""
        for option, name in zip(COLUMN_ANSWERS, (OPT_OUT, OPT_IN, ""), strict=True):
            for title in options[option.replace("-", "_")]:
                if title not in run.header:
                    raise CommandError(f"--{option} {title}: the file has no such header.")
                columns[run.header.index(title)] = name
        if asked := [title for title, name in zip(run.header, columns, strict=True) if name == ASK]:
            raise CommandError(
                f"“{asked[0]}” may be an opt-out column. Say what it is with --opt-out-column “{asked[0]}” (“yes” opts "
                f"out), --opt-in-column “{asked[0]}” (“no” opts out) or --not-opt-out-column “{asked[0]}”."
            )

    def _write(self, run: Import, options: dict[str, Any]) -> Import:
        with scope(run.team_id):
            run.confirm(lift_ours=options["lift_ours"], with_unclear=options["opt_out_unclear"])
        run = self._finish_step(run)
        self._show("Done" if run.state == RunState.DONE else "Stopped", run, run.counts)
        return run

    def _end_dry_run(self, run: Import) -> Import:
        with scope(run.team_id):
            run.end(RunState.CANCELLED, "Dry run: nothing was imported.")
            run.save()
        return run

    def _finish_step(self, run: Import) -> Import:
        """Do the work in this process, or wait if a worker has the run."""
        while True:
            advance(run.team_id, run.id, "import")
            with scope(run.team_id):
                run = Import.objects.get(team_id=run.team_id, id=run.id)
            if not run.at_work:
                return run
            time.sleep(0.5)

    def _show(self, title: str, run: Import, counts: dict[str, int]) -> None:
        self.stdout.write(f"{title}: {run.file_name}")
        for word, number in counts.items():
            self.stdout.write(f"  {number:>10,} {WORDS.get(word, word).replace('_', ' ')}")

    def _write_refused_rows(self, run: Import, path: Path) -> None:
        if not run.counts.get("refused"):
            return
        target = path.with_name(f"{path.name}.errors.csv")
        with scope(run.team_id), target.open("wb") as file:
            file.writelines(refused_rows_csv(run))
        self.stdout.write(f"  {run.counts['refused']:>10,} refused, see {target}")
