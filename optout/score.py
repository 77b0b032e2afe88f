"""Measurement of the reader on labelled texts, `python -m optout.score FILE.tsv`; no database, no settings."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from optout.labelled_texts import LABELS, LabelledText, UnreadableTableError, read_labelled_texts
from optout.reader.outcome import Outcome, TextReading
from optout.reader.reading import read

OUTCOMES = {
    Outcome.OPT_OUT: "opt out",
    Outcome.HOLD: "hold",
    Outcome.CONVERSATION: "conversation",
    Outcome.HELP: "help",
    Outcome.OPT_IN: "opt in",
    Outcome.YES: "opt in",
}
COLUMNS = tuple(dict.fromkeys(OUTCOMES.values()))
CAUGHT = ("opt out", "hold")
# A text with these labels asks for no opt-out. Opt-ins and questions for help are few and are counted apart.
ORDINARY = ("not-opt-out",)


@dataclass(frozen=True, slots=True)
class ScoredText:
    """A labelled text and what the reader makes of it."""

    row: LabelledText
    reading: TextReading

    @property
    def outcome(self) -> str:
        return OUTCOMES[self.reading.outcome]

    @property
    def is_wrong(self) -> bool:
        """Whether the outcome is one that the label does not allow. An ambiguous text must be held.

        A wish to be texted again is right in conversation, where it is marked; so is a question for help in other
        words than HELP, which a member answers.
        """
        allowed = {
            "opt-out": CAUGHT,
            "ambiguous": ("hold",),
            "not-opt-out": ("conversation",),
            "opt-in": ("conversation", "opt in"),
            "help": ("conversation", "help"),
        }
        return self.outcome not in allowed[self.row.label]


def main(arguments: list[str] | None = None, output: TextIO = sys.stdout) -> int:
    """The command. Returns its exit status: 2 if a file cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m optout.score", description=__doc__)
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE.tsv", help="columns text, label, language"
    )
    parser.add_argument("--wrong", action="store_true", help="show only the rows that are wrong")
    options = parser.parse_args(arguments)
    try:
        rows = [row for path in options.files for row in read_labelled_texts(path)]
    except UnreadableTableError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    texts = [ScoredText(row, read(row.text)) for row in rows]
    for line in wrong_rows(texts) if options.wrong else report(texts):
        print(line, file=output)
    return 0


def report(texts: list[ScoredText]) -> Iterator[str]:
    """The lines of the whole report."""
    yield f"{len(texts)} texts"
    yield ""
    yield from outcome_table(texts)
    yield ""
    yield from rates(texts)
    yield ""
    yield from language_rates(texts)
    yield ""
    yield from wrong_rows(texts)


def outcome_table(texts: list[ScoredText]) -> Iterator[str]:
    """How many texts of each label and language had each outcome."""
    yield _table_row("label", "language", [*COLUMNS, "texts"])
    for label in LABELS:
        of_label = [text for text in texts if text.row.label == label]
        languages = sorted({text.row.language for text in of_label})
        for language in languages:
            yield _counts(
                label, language or "–", [text for text in of_label if text.row.language == language]
            )
        if len(languages) > 1:
            yield _counts(label, "all", of_label)


def rates(texts: list[ScoredText]) -> Iterator[str]:
    """The figures that matter, in texts per thousand."""
    opt_outs = [text for text in texts if text.row.label == "opt-out"]
    ambiguous = [text for text in texts if text.row.label == "ambiguous"]
    ordinary = [text for text in texts if text.row.label in ORDINARY]
    yield _rate("opt-outs caught (opted out or held)", opt_outs, CAUGHT)
    yield _rate("opt-outs opted out at once", opt_outs, ("opt out",))
    yield _rate("ambiguous texts held", ambiguous, ("hold",))
    yield _rate("ambiguous texts opted out", ambiguous, ("opt out",))
    yield _rate("false opt-outs: ordinary texts opted out", ordinary, ("opt out",))
    yield _rate("false holds: ordinary texts held", ordinary, ("hold",))


def language_rates(texts: list[ScoredText]) -> Iterator[str]:
    """The main rates of each language, in texts per thousand."""
    yield _table_row("per thousand", "language", ["caught", "at once", "false opt-out", "false hold"])
    for language in sorted({text.row.language for text in texts}):
        of_language = [text for text in texts if text.row.language == language]
        opt_outs = [text for text in of_language if text.row.label == "opt-out"]
        ordinary = [text for text in of_language if text.row.label in ORDINARY]
        figures = [
            _per_thousand(opt_outs, CAUGHT),
            _per_thousand(opt_outs, ("opt out",)),
            _per_thousand(ordinary, ("opt out",)),
            _per_thousand(ordinary, ("hold",)),
        ]
        yield _table_row("", language or "–", figures)


def wrong_rows(texts: list[ScoredText]) -> Iterator[str]:
    """The texts with a wrong outcome, with the reason of the outcome."""
    wrong = [text for text in texts if text.is_wrong]
    yield f"{len(wrong)} wrong"
    for text in wrong:
        row = text.row
        shown = row.text.replace("\n", "\\n").replace("\t", " ")
        yield "\t".join(
            [f"line {row.line}", row.language, row.label, text.outcome, _reason(text.reading), shown]
        )


def _reason(reading: TextReading) -> str:
    if reading.score is not None:
        return f"score {reading.score} ({reading.version})"
    return f"{reading.rule}: “{reading.found}”".replace("\n", " ") if reading.rule else "no rule"


def _counts(label: str, language: str, texts: list[ScoredText]) -> str:
    counts = Counter(text.outcome for text in texts)
    return _table_row(label, language, [*(str(counts[column]) for column in COLUMNS), str(len(texts))])


def _rate(name: str, texts: list[ScoredText], outcomes: Iterable[str]) -> str:
    count = sum(text.outcome in outcomes for text in texts)
    return f"{name:<42}{_per_thousand(texts, outcomes):>7} per 1,000   ({count} of {len(texts)})"


def _per_thousand(texts: list[ScoredText], outcomes: Iterable[str]) -> str:
    count = sum(text.outcome in outcomes for text in texts)
    return f"{1000 * count / len(texts):.1f}" if texts else "–"


def _table_row(label: str, language: str, figures: Iterable[str]) -> str:
    return f"{label:<13}{language:<10}" + "".join(f"{figure:>14}" for figure in figures)


if __name__ == "__main__":
    sys.exit(main())
