"""Imported rows per second, from the uploaded file to contacts and opt-outs.

Baselines with the same rows: django-import-export's own import_data, and the floor: a COPY into a staging table and
one INSERT … ON CONFLICT into the same contacts, without parsing. Imports in functions need Django's settings.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROWS, STOCK_ROWS = 1_000_000, 20_000
SPELLINGS = (
    "+1{}{}{}", "1{}{}{}", "{}{}{}", "({}) {}-{}", "{}-{}-{}", "+1 {} {} {}", "1-{}-{}-{}", "{}.{}.{}", "+1 ({}) {}-{}",
)  # fmt: skip
AREAS = ("415", "510", "212", "305", "416", "604", "787", "617", "702", "713")
FIRST_NAMES = ("Maria", "James", "Zoë", "Wei", "Amir", "Olivia", "José", "Anna", "Tom", "Ngozi")
LAST_NAMES = ("Lopez", "Smith", "Müller", "Chen", "Adams", "Owens", "García", "Becker", "Okafor", "Silva")
HEADER = "First Name,Last Name,Phone Number,Email,Opt Out,Note"


@dataclass
class ImportRates:
    rows: int
    stock: float  # rows per second, as are the next two
    floor: float
    ours: float
    check: float  # seconds
    write: float  # seconds
    peak: float  # MB
    counts: dict[str, int]


def measure(folder: Path, rows: int) -> ImportRates:
    from bench import teams

    people = folder / "people.csv"
    write_file(people, rows)
    stock = stock_rows_a_second(teams.create_owner("Stock"), people, min(rows, STOCK_ROWS))
    floor = floor_rows_a_second(teams.create_owner("Floor"), folder, rows)
    seen = import_with_product(teams.create_owner("Ours"), people, rows)
    return ImportRates(rows, stock, floor, rows / (seen["check"] + seen["write"]), **seen)


def write_file(path: Path, rows: int) -> None:
    """Write a file with numbers in mixed spellings; 3% opted out, 1% invalid."""
    chance = random.Random(3)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER + "\r\n")
        for nth in range(rows):
            area, middle, last = number(nth)
            spelling = SPELLINGS[nth % len(SPELLINGS)]
            phone = (
                spelling.format(area, middle, last) if nth % 100 else chance.choice(("", "12", "1.51E+10"))
            )
            opt_out = "yes" if nth % 33 == 1 else ("no" if nth % 7 == 0 else "")
            first, family = FIRST_NAMES[nth % 10], LAST_NAMES[nth // 10 % 10]
            mail = f"{family.lower()}.{nth}@example.com".encode("ascii", "ignore").decode() if nth % 3 else ""
            file.write(
                f"{first},{family},{phone},{mail},{opt_out},{'' if nth % 5 else 'Met at the fair'}\r\n"
            )


def number(nth: int) -> tuple[str, str, str]:
    """The parts of the nth number. Numbers are in random order and all differ."""
    spread = nth * 7919 % 7_999_993 + 2_000_000
    return AREAS[nth % 10], f"{spread // 10_000:03}", f"{spread % 10_000:04}"


def e164(nth: int) -> str:
    return "+1" + "".join(number(nth))


def create_existing_contacts(team_id: int, rows: int) -> None:
    """Create contacts for every tenth number."""
    copy_contacts(team_id, ((e164(nth), "Known", "", "", "") for nth in range(0, rows, 10)), rows)


# -- import_data---------------------------------------------------------------------------------------------------


def stock_rows_a_second(owner: Any, people: Path, rows: int) -> float:
    import tablib
    from import_export.fields import Field
    from import_export.resources import ModelResource

    from contacts.contact.models import Contact
    from contacts.imports.columns import NumberColumnWidget
    from kernel.tenancy import scope

    class Stock(ModelResource):
        number = Field("number", "Phone Number", NumberColumnWidget("US"))
        first_name = Field("first_name", "First Name")
        last_name = Field("last_name", "Last Name")
        email = Field("email", "Email")
        note = Field("note", "Note")

        class Meta:
            model = Contact
            import_id_fields = ("number",)
            fields = ("number", "first_name", "last_name", "email", "note")

        def get_queryset(self) -> Any:
            return Contact.objects.filter(team_id=owner.team_id)

        def init_instance(self, row: Any = None) -> Any:
            return Contact(team_id=owner.team_id)

    create_existing_contacts(owner.team_id, rows)
    with people.open(encoding="utf-8", newline="") as file:
        lines = [line for line, _ in zip(file, range(rows + 1), strict=False)]
    table = tablib.Dataset().load("".join(lines), format="csv")
    began = time.perf_counter()
    with scope(owner.team_id):
        result = Stock().import_data(table, dry_run=False, raise_errors=False)
    seconds = time.perf_counter() - began
    assert result.totals["new"] > rows * 0.8, result.totals
    return rows / seconds


# -- the floor -----------------------------------------------------------------------------------------------------


def floor_rows_a_second(owner: Any, folder: Path, rows: int) -> float:
    create_existing_contacts(owner.team_id, rows)
    people = (
        (
            e164(nth),
            FIRST_NAMES[nth % 10],
            LAST_NAMES[nth // 10 % 10],
            f"{nth}@example.com" if nth % 3 else "",
            "",
        )
        for nth in range(rows)
    )
    lines = "".join("\t".join(person) + "\n" for person in people)
    return rows / copy_contacts(owner.team_id, lines)


def copy_contacts(team_id: int, people: Iterator[tuple[str, ...]] | str, rows: int = 0) -> float:
    """Run COPY and one INSERT; returns the seconds."""
    from django.db import connection

    from kernel.tenancy import scope

    text = people if isinstance(people, str) else "".join("\t".join(person) + "\n" for person in people)
    began = time.perf_counter()
    with scope(team_id), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE floor (number text, first_name text, last_name text, email text, note text) "
            "ON COMMIT DROP"
        )
        with cursor.copy("COPY floor FROM STDIN") as copying:
            for at in range(0, len(text), 1 << 20):
                copying.write(text[at : at + (1 << 20)])
        cursor.execute(
            "INSERT INTO contacts_contact (team_id, number, first_name, last_name, display_name, email, note, "
            "created_at, updated_at) SELECT %s, number, first_name, last_name, '', email, note, now(), now() "
            "FROM floor "
            "ON CONFLICT (team_id, number) DO UPDATE SET first_name = excluded.first_name, "
            "last_name = excluded.last_name, email = excluded.email, note = excluded.note, updated_at = now()",
            [team_id],
        )
    return time.perf_counter() - began


# -- ours ----------------------------------------------------------------------------------------------------------


def import_with_product(owner: Any, people: Path, rows: int) -> dict[str, Any]:
    """Check and write in a separate process, as the worker does."""
    from contacts.imports import upload
    from kernel.tenancy import scope

    create_existing_contacts(owner.team_id, rows)
    with scope(owner.team_id):
        run = upload.create_from_path(owner.team, people, people.name, by=owner)
        run.start_check(run.columns, run.options)
    done = subprocess.run(
        [sys.executable, "-m", "bench.imports", str(owner.team_id), str(run.id)],
        env=os.environ, text=True, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        from bench.installation import NotMeasured

        raise NotMeasured(f"The import failed:\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def run_import(team_id: int, run_id: int) -> dict[str, Any]:
    from contacts.imports.models import Import
    from contacts.runs import worker
    from kernel.tenancy import scope

    def advanced() -> tuple[Import, float]:
        began = time.perf_counter()
        worker.advance(team_id, run_id, "import")
        seconds = time.perf_counter() - began
        with scope(team_id):
            return Import.objects.get(team_id=team_id, id=run_id), seconds

    run, check = advanced()
    with scope(team_id):
        run.confirm(lift_ours=False)
    run, write = advanced()
    assert run.state == "done", (run.state, run.sentence)
    return {"check": check, "write": write, "peak": peak_memory(), "counts": run.counts}


def peak_memory() -> float:
    """The peak memory of this process, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1000


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(run_import(int(sys.argv[1]), int(sys.argv[2]))))
