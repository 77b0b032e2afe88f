"""Tests of `python -m optout.score`: its counts, rates and wrong rows, and errors for unreadable files."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from optout import score

TABLE = (
    "text\tlabel\tlanguage\n"
    "STOP\topt-out\ten\n"
    "See you at 5\topt-out\ten\n"
    "Wrong number\tambiguous\ten\n"
    "Gracias, hasta mañana\tnot-opt-out\tes\n"
    "stop\\nSent from my iPhone\tnot-opt-out\ten\n"
    "\n"
    "START\topt-in\ten\n"
    "HELP\thelp\ten\n"
)


def run(path: Path, *options: str) -> list[str]:
    output = io.StringIO()
    assert score.main([str(path), *options], output) == 0
    return output.getvalue().splitlines()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "texts.tsv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_the_table_counts_outcomes_by_label_and_language(table: Path) -> None:
    rows = [line.split() for line in run(table)]
    assert ["label", "language", "opt", "out", "hold", "conversation", "help", "opt", "in", "texts"] in rows
    assert ["opt-out", "en", "1", "0", "1", "0", "0", "2"] in rows
    assert ["ambiguous", "en", "0", "1", "0", "0", "0", "1"] in rows
    assert ["not-opt-out", "en", "1", "0", "0", "0", "0", "1"] in rows
    assert ["not-opt-out", "es", "0", "0", "1", "0", "0", "1"] in rows
    assert ["not-opt-out", "all", "1", "0", "1", "0", "0", "2"] in rows
    assert ["opt-in", "en", "0", "0", "0", "0", "1", "1"] in rows
    assert ["help", "en", "0", "0", "0", "1", "0", "1"] in rows


def test_the_rates_are_per_thousand(table: Path) -> None:
    lines = [" ".join(line.split()) for line in run(table)]
    assert "opt-outs caught (opted out or held) 500.0 per 1,000 (1 of 2)" in lines
    assert "opt-outs opted out at once 500.0 per 1,000 (1 of 2)" in lines
    assert "ambiguous texts held 1000.0 per 1,000 (1 of 1)" in lines
    assert "false opt-outs: ordinary texts opted out 500.0 per 1,000 (1 of 2)" in lines
    assert "false holds: ordinary texts held 0.0 per 1,000 (0 of 2)" in lines
    assert "en 500.0 500.0 1000.0 0.0" in lines
    assert "es – – 0.0 0.0" in lines


def test_wrong_rows_are_shown_with_their_line_and_reason(table: Path) -> None:
    lines = run(table, "--wrong")
    assert lines[0] == "2 wrong"
    assert lines[1] == "line 3\ten\topt-out\tconversation\tno rule\tSee you at 5"
    assert lines[2].startswith("line 6\ten\tnot-opt-out\topt out\tis a keyword: ")
    assert lines[2].endswith("\tstop\\nSent from my iPhone")


def test_the_language_may_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "texts.tsv"
    path.write_text("label\ttext\r\nopt-out\tSTOP\r\n", encoding="utf-8-sig")
    assert ["opt-out", "–", "1", "0", "0", "0", "0", "1"] in [line.split() for line in run(path)]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "line 1: the header needs one column “text”, separated by tabs."),
        (b"text,label\nSTOP,opt-out\n", "line 1: the header needs one column “text”, separated by tabs."),
        (b"text\ttext\tlabel\n", "line 1: the header needs one column “text”, separated by tabs."),
        (b"text\nSTOP\n", "line 1: the header needs one column “label”, separated by tabs."),
        (b"text\tlabel\nSTOP\n", "line 2: 1 columns, but the header has 2."),
        (b"text\tlabel\nSTOP\topt-out\tmore\n", "line 2: 3 columns, but the header has 2."),
        (
            b"text\tlabel\n\nSTOP\tstop\n",
            "line 3: the label “stop” is none of opt-out, ambiguous, not-opt-out",
        ),
        (b"text\tlabel\nok\tnot-opt-out\n\xff\topt-out\n", "line 3: not UTF-8."),
    ],
)
def test_an_unreadable_file_gets_an_error_that_names_the_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, error: str
) -> None:
    path = tmp_path / "texts.tsv"
    path.write_bytes(content)
    assert score.main([str(path)]) == 2
    assert f"{path}, {error}" in capsys.readouterr().err


def test_a_missing_file_gets_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert score.main([str(tmp_path / "none.tsv")]) == 2
    assert "No such file or directory" in capsys.readouterr().err


def test_a_file_with_a_header_alone_has_no_rates(tmp_path: Path) -> None:
    path = tmp_path / "texts.tsv"
    path.write_text("text\tlabel\n")
    assert "0 texts" in run(path)


def test_the_command_needs_no_settings(table: Path) -> None:
    command = [sys.executable, "-m", "optout.score", str(table), "--wrong"]
    done = subprocess.run(
        command, env={"PYTHONUTF8": "1"}, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout.splitlines()[0], done.stderr) == (0, "2 wrong", "")
