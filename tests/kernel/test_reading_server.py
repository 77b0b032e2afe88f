"""The server of reading processes: a forked process gives what a started one gives, within the same limits."""

from pathlib import Path

import pytest

from kernel.spreadsheets import limits
from kernel.spreadsheets.reader import open_table
from kernel.spreadsheets.table import NotATable

FILES = {
    "rows": b"Phone,Name\n" + b"+15105553344,Maria\n" * 1_000,
    "more rows than anybody reads": b"Phone\n" + b"+15105553344\n" * 300_000,
    "a stray quotation mark": b'Phone,Name\n+15105553344,"Maria\n+15105553345,Tom\n',
    "nothing": b"",
    "a broken workbook": b"PK\x03\x04 and more",
    "too much memory": b"Phone\n" + b'"' + b"a" * (64 * limits.MEGABYTE),
}


def read(path: Path) -> object:
    """The header and at most a thousand rows, or the refusal."""
    try:
        with open_table(path, "people.csv") as table:
            return table.header, [row for row, _ in zip(table, range(1_000), strict=False)]
    except NotATable as refused:
        return str(refused)


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_forked_and_started_processes_give_the_same(
    content: bytes, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_MEMORY", 100 * limits.MEGABYTE)
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    of_started = read(path)
    request.getfixturevalue("quick_reading")
    assert read(path) == of_started
