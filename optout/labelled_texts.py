"""Labelled texts: a table of texts and what a reader should make of them, as tab-separated values in UTF-8."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

LABELS = ("opt-out", "ambiguous", "not-opt-out", "opt-in", "help")
_LONGEST_SHOWN = 60  # characters of a value in an error


class UnreadableTableError(Exception):
    """A table that cannot be read; the text says which line is wrong, and why."""


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text, its label (one of LABELS), its language and its writer (both may be empty), and its line in the file."""

    text: str
    label: str
    language: str
    writer: str
    line: int


def read_labelled_texts(path: Path) -> list[LabelledText]:
    r"""The rows of a file, whose header names at least `text` and `label`. `\n` in a text stands for a line break.

    Empty lines are skipped. Raises UnreadableTableError.
    """
    lines = _decoded(path).split("\n")
    columns = [name.strip().lower() for name in lines[0].split("\t")]
    for name in ("text", "label"):
        if columns.count(name) != 1:
            raise UnreadableTableError(
                f"{path}, line 1: the header needs one column “{name}”, separated by tabs."
            )
    rows = [(number, line.removesuffix("\r")) for number, line in enumerate(lines[1:], 2)]
    return [_row(path, number, columns, line) for number, line in rows if line.strip()]


def corpus_hash(rows: list[LabelledText]) -> str:
    """A hash of texts, labels and writers in any order: it says whether two sets of texts are the same."""
    lines = sorted(f"{row.language}\t{row.writer}\t{row.text}\t{row.label}" for row in rows)
    return hashlib.sha256("\x00".join(lines).encode()).hexdigest()[:16]


def _decoded(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UnreadableTableError(f"{path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UnreadableTableError(f"{path}, line {line}: not UTF-8.") from error


def _row(path: Path, number: int, columns: list[str], line: str) -> LabelledText:
    cells = line.split("\t")
    if len(cells) != len(columns):
        raise UnreadableTableError(
            f"{path}, line {number}: {len(cells)} columns, but the header has {len(columns)}."
        )
    row = dict(zip(columns, cells, strict=True))
    label = row["label"].strip()
    if label not in LABELS:
        raise UnreadableTableError(
            f"{path}, line {number}: the label “{label[:_LONGEST_SHOWN]}” is none of {', '.join(LABELS)}."
        )
    text = row["text"].replace("\\n", "\n")
    return LabelledText(text, label, row.get("language", "").strip(), row.get("writer", "").strip(), number)
