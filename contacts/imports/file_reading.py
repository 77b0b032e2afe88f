"""Reading of an import's file: the sheet, the encoding and the header that the upload found or an admin chose."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from contacts.custom_fields.models import CustomField, keys_in
from contacts.imports.headers import SYNONYMS, known_headers
from contacts.imports.models import Import
from kernel.spreadsheets.header import plain_header
from kernel.spreadsheets.table import Reading, SpreadsheetTable

# Fields whose cells may have line breaks. In a name or a number a line break means a stray quotation mark.
_SEVERAL_LINES = {"note", "lists", "tags"}


@dataclass(frozen=True)
class StoredReading:
    """How the file of an import is read, with what the page shows about it."""

    sheet: str = ""  # chosen or found; empty for CSV, and until one is chosen
    encoding: str = ""  # of a CSV file
    header_line: int = 0
    above: list[list[str]] = field(default_factory=list)  # the rows above the header, which are not imported
    sheets: list[str] = field(default_factory=list)  # of a workbook, with rows
    hidden_sheets: list[str] = field(default_factory=list)
    refused: str = ""  # why the file cannot be read like this

    @classmethod
    def of(cls, run: Import) -> Self:
        stored = run.reading or {}
        return cls(**{item.name: stored[item.name] for item in fields(cls) if item.name in stored})

    @classmethod
    def found(cls, table: SpreadsheetTable) -> Self:
        """What was found in an open table."""
        above = [[cell[:80] for cell in cells if cell][:5] for cells in table.above[:5]]
        return cls(
            table.sheet, table.encoding, table.header_line, above, table.sheets[:50], table.hidden_sheets[:50]
        )

    @property
    def sentence(self) -> str:
        """What is read and what is not, for a person."""
        hidden = set(self.hidden_sheets)
        others = [f"“{name}”{' (hidden)' * (name in hidden)}" for name in self.sheets if name != self.sheet]
        parts = [
            f"Sheet “{self.sheet}”" if self.sheet else self.encoding,
            f"headers in line {self.header_line}",
        ]
        if others:
            parts.insert(1, f"not read: {', '.join(others)}")
        if self.above:
            lines = "1 line" if len(self.above) == 1 else f"{len(self.above)} lines"
            parts.append(f"{lines} above not read")
        return "; ".join(part for part in parts if part) + "."

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def reading_of(run: Import) -> Reading:
    """How a worker reads the file, with the line breaks that the chosen columns may have."""
    stored = StoredReading.of(run)
    one_line = [
        plain_header(title)
        for title, name in zip(run.header, run.columns, strict=True)
        if name and name not in _SEVERAL_LINES and not keys_in([name])
    ]
    return Reading(stored.sheet, stored.encoding, stored.header_line, one_line=tuple(one_line))


def reading_for_upload(custom: Iterable[CustomField], chosen: StoredReading) -> Reading:
    """How a new file is read: with the headers of all fields, by which its header is found."""
    words = known_headers()
    known = words | {plain_header(name) for each in custom for name in (each.name, each.key)}
    one_line = words - {word for name in _SEVERAL_LINES for word in SYNONYMS[name].split()}
    return Reading(
        chosen.sheet, chosen.encoding, chosen.header_line, tuple(sorted(known)), tuple(sorted(one_line))
    )
