"""Random files: every row is imported or refused, and every readable opt-out is recorded."""

from collections import Counter
from collections.abc import Callable

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Member
from contacts.imports import upload
from contacts.imports.models import Import
from contacts.runs import worker
from contacts.runs.models import RunState
from kernel.spreadsheets.table import NotATable
from kernel.tenancy import scope
from kernel.visible_text import has_visible_characters
from tests.cast import Cast
from tests.fuzz.crawl import crawl
from tests.fuzz.odd_values import OddValues, csv_file

HEADER = ["Phone Number", "First Name", "Email", "Note", "Opt Out", "List", "Tags", "Birthday"]
ROWS_OF_A_FILE = 500

pytestmark = pytest.mark.usefixtures("quick_reading")


def test_random_files(
    cast: Cast,
    odd: OddValues,
    share: Callable[[float], int],
    tried: Counter[str],
    most_pages: int,
    owner: psycopg.Connection,
    verify_ledger: Callable[[], str],
    as_client: Callable[[Member], Client],
) -> None:
    left = share(0.6)
    while left > 0:
        rows, opted_out = _rows(odd, min(left, ROWS_OF_A_FILE))
        left -= len(rows)
        tried["rows"] += len(rows)
        run = _imported(cast, csv_file(HEADER, rows))
        assert run.state == RunState.DONE, run.sentence
        done = sum(run.counts.get(word, 0) for word in ("created", "updated", "unchanged", "refused"))
        # A line break in a name or a number may be a stray quotation mark: then the lines are read apart.
        assert done == run.counts["read"] >= len(list(filter(_is_visible, rows))), run.counts
        assert _opted_out(owner, opted_out) == opted_out
    assert "The ledger is whole" in verify_ledger()
    crawl(as_client(cast.owner), cast.northside, most_pages)


def test_random_bytes(cast: Cast, odd: OddValues, share: Callable[[float], int], tried: Counter[str]) -> None:
    """A file of any bytes is read or refused with a sentence."""
    for _ in range(share(0.01)):
        tried["files"] += 1
        content = odd.choice([b"", b"Phone Number,Opt Out\n", b"\xff\xfe", b"PK\x03\x04"]) + odd.choice([
            odd.randbytes(odd.randrange(300)), odd.text().encode(errors="replace"), b'"' * odd.randrange(9),
        ])  # fmt: skip
        run = _read(cast, content)
        assert run is None or run.state in (RunState.DONE, RunState.FAILED), (content, run.state)
        assert run is None or run.state == RunState.DONE or run.sentence, content


def _read(cast: Cast, content: bytes) -> Import | None:
    """The import of a file; None if the file is refused with a sentence."""
    try:
        return _imported(cast, content)
    except NotATable as refused:
        if not str(refused).strip():
            raise
        return None


def _is_visible(row: list[str]) -> bool:
    """Whether the row is not blank: blank rows are skipped."""
    return has_visible_characters("".join(row))


def _rows(odd: OddValues, count: int) -> tuple[list[list[str]], set[str]]:
    """Rows, each with a readable number or none, and the numbers whose opt-out is readable."""
    rows, opted_out = [], set()
    for _ in range(count):
        number, says = odd.number(), odd.choice(["yes", "TRUE", "1", "no", "", "", ""])
        readable = odd.random() < 0.9
        row = [
            odd.spelled(number) if readable else odd.unicode_text(2),
            *(odd.unicode_text(3) for _ in HEADER[1:]),
        ]
        row[4] = says
        if odd.random() < 0.1:
            row.append(odd.unicode_text(2))
        elif odd.random() < 0.1:
            del row[5:]
        rows.append(row)
        if readable and says in ("yes", "TRUE", "1"):
            opted_out.add(number)
    return rows, opted_out


def _imported(cast: Cast, content: bytes) -> Import:
    """The import after all its steps, with the columns that the upload matched. Raises NotATable."""
    team = cast.northside
    with scope(team.id):
        run = upload.create_from_upload(team, SimpleUploadedFile("odd.csv", content), cast.admin)
        run.start_check(run.columns, run.options)
    worker.advance(team.id, run.id, "import")
    with scope(team.id):
        run = Import.objects.get(team=team, id=run.id)
        if run.state != RunState.CHECKED:
            return run
        run.confirm(lift_ours=False)
    worker.advance(team.id, run.id, "import")
    with scope(team.id):
        return Import.objects.get(team=team, id=run.id)


def _opted_out(owner: psycopg.Connection, numbers: set[str]) -> set[str]:
    found = owner.execute(
        "SELECT DISTINCT number FROM optout_suppression WHERE kind = 'opt_out' AND number = ANY(%s)",
        [list(numbers)],
    )
    return {number for (number,) in found}
