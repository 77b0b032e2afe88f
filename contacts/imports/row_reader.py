"""Row reader: the values of a row of a file of contacts, and what the row says about opting out.

The two are read apart from each other: a row that cannot be imported may have a readable opt-out all the same.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from contacts.custom_fields.models import CustomField
from contacts.imports.columns import (
    ContactResource,
    CustomFieldWidget,
    OptOutWidget,
    opted_out_number,
    split_numbers,
)
from contacts.imports.consent_columns import consent_widgets
from kernel.recipient_numbers import recipient_fault

_MOST_SHIFTS = 5  # places by which a value with a delimiter may have moved the cells after it


class BadRow(ValueError):
    """A row that cannot be imported; the message has a sentence for each reason."""


# The name of a field, the index of its cell in the row, and the function that reads the cell.
ColumnReader = tuple[str, int, Callable[[str], Any]]


@dataclass(frozen=True)
class RowOptOut:
    """What a row says about opting out, for each readable number of the row."""

    numbers: list[str]
    words: str  # the header and the cell, like "Status: Unsubscribed"
    happened_at: datetime | None = None
    unclear: bool = False  # whether the cell may mean an opt-out, or not
    moved: bool = False  # whether only a cell beside the column says it, in a row with too many cells


class RowReader:
    """Reads the rows of one file. Its columns are known, so each cell goes straight to its widget.

    `titles` are the file's own headers. `number` must be among `columns`. `short_codes`: whether the team allows them.
    """

    def __init__(
        self,
        columns: Sequence[str],
        country: str,
        fields: Iterable[CustomField] = (),
        *,
        titles: Sequence[str] = (),
        each_number: bool = False,
        short_codes: bool = False,
        read_time: Callable[[str], datetime | None] = lambda cell: None,
        zone: ZoneInfo | None = None,
    ) -> None:
        ours, custom = ContactResource(country).fields, {field.column: field for field in fields}
        self.width, self.each_number, self.read_time = len(columns), each_number, read_time
        self.short_codes = short_codes
        self.titles = titles or columns
        self.used = {at for at, name in enumerate(columns) if name}
        apart = {"number", "opt_out"}
        self.plan: list[ColumnReader] = [
            (name, at, ours[name].widget.clean)
            for at, name in enumerate(columns)
            if name in ours and name not in apart
        ]
        agreed = consent_widgets(country, zone or ZoneInfo("UTC"))
        self.agreed: list[ColumnReader] = [
            (name, at, agreed[name].clean) for at, name in enumerate(columns) if name in agreed
        ]
        self.custom: list[ColumnReader] = [
            (custom[name].key, at, CustomFieldWidget(custom[name], country).clean)
            for at, name in enumerate(columns)
            if name in custom
        ]
        others = [at for at, name in enumerate(columns) if name == "other_number"]
        self.numbers = [at for at, name in enumerate(columns) if name == "number"] + others
        self.clean_number = ours["number"].widget.clean
        self.consent: list[ColumnReader] = [
            (self._title(at, name), at, OptOutWidget(self._title(at, name), opt_in=name == "opt_in").clean)
            for at, name in enumerate(columns)
            if name in ("opt_out", "opt_in")
        ]

    def _title(self, at: int, name: str) -> str:
        return self.titles[at] if self.titles[at] not in ("", name) else "Opt Out"

    def read(self, cells: list[str]) -> dict[str, Any]:
        """The values of the row's first contact. Raises BadRow with all its reasons."""
        return self.read_contacts(cells)[0]

    def read_contacts(self, cells: list[str]) -> list[dict[str, Any]]:
        """The values of the row's contacts by field, those of custom fields under "custom". Raises BadRow.

        A row has one contact, or with `each_number` a contact for each of its numbers.
        """
        if len(cells) != self.width:
            cells = self._fit(cells)
        try:
            numbers = self._contact_numbers(cells)
            values = {name: clean(cells[at]) for name, at, clean in self.plan}
            if self.consent:
                values["opt_out"] = self._says(cells)
            stated = {name: value for name, at, clean in self.agreed if (value := clean(cells[at]))}
            if stated:
                values["consent"] = stated
            if self.custom:
                read = {key: clean(cells[at]) for key, at, clean in self.custom}
                values["custom"] = {key: value for key, value in read.items() if value is not None}
        except ValueError:
            raise BadRow(self._reasons(cells)) from None
        return [values | {"number": number} for number in numbers]

    def _contact_numbers(self, cells: list[str]) -> list[str]:
        """The numbers of the row's contacts. Raises ValueError."""
        given = [cells[at] for at in self.numbers if cells[at].strip()] or [""]
        if not self.each_number:
            return [self._recipient(given[0])]
        parts = [part for cell in given for part in split_numbers(cell)]
        return list(dict.fromkeys(self._recipient(part) for part in parts))

    def _recipient(self, cell: str) -> str:
        """A number that may become a contact. Raises ValueError."""
        number = self.clean_number(cell)
        if fault := recipient_fault(number, short_codes=self.short_codes):
            raise ValueError(fault)
        return number

    def _says(self, cells: list[str]) -> bool | None:
        """The strictest statement of all opt-out columns. Raises ValueError if it may be an opt-out."""
        found, unclear = [], None
        for _, at, clean in self.consent:
            try:
                found.append(clean(cells[at]))
            except ValueError as error:
                unclear = error
        if unclear and True not in found:
            raise unclear
        return True if True in found else False if False in found else None

    def _fit(self, cells: list[str]) -> list[str]:
        if any(cells[self.width :]):
            raise BadRow(
                f"This row has {len(cells)} cells, but the header has {self.width}. "
                "Put values that contain a delimiter in quotation marks."
            )
        return cells[: self.width] + [""] * (self.width - len(cells))

    def _reasons(self, cells: list[str]) -> str:
        reasons = []
        readers: list[Callable[[], Any]] = [
            partial(self._contact_numbers, cells),
            *(partial(clean, cells[at]) for _, at, clean in self.plan),
            partial(self._says, cells),
            *(partial(clean, cells[at]) for _, at, clean in [*self.agreed, *self.custom]),
        ]
        for reader in readers:
            try:
                reader()
            except ValueError as reason:
                reasons.append(str(reason))
        return " ".join(reasons)

    # -- opt-outs ------------------------------------------------------------------------------------------------

    def opt_out(self, cells: list[str], faulty: Container[int | None] = ()) -> RowOptOut | None:
        """The row's opt-out, also if the row cannot be imported; None if it says nothing or has no readable number.

        A `faulty` cell, such as a formula without a stored value, may mean an opt-out. In a row with too many cells, a
        value with a delimiter may have moved the others: each place where they may be is read.
        """
        if not self.consent:
            return None
        extra = len(cells) - self.width if any(cells[self.width :]) else 0
        shifts = range(min(extra, _MOST_SHIFTS) + 1)
        stated = [(*word, shift) for shift in shifts for word in self._statements(cells, shift, faulty)]
        clear = [(words, at, shift) for words, at, unclear, shift in stated if not unclear]
        if not stated or not (numbers := self._readable_numbers(cells, shifts)):
            return None
        if not clear:
            return RowOptOut(numbers, stated[0][0], unclear=True)
        words, _, shift = clear[0]
        times = [at for _, at, _ in clear if at]
        return RowOptOut(numbers, words, max(times, default=None), moved=shift > 0)

    def _statements(
        self, cells: list[str], shift: int, faulty: Container[int | None]
    ) -> Iterator[tuple[str, datetime | None, bool]]:
        """The cells that mean an opt-out, or may mean it: the words, the time, and whether it is unclear."""
        for title, at, clean in self.consent:
            cell = cells[at + shift] if at + shift < len(cells) else ""
            if at in faulty:
                yield f"{title}: {cell.strip()}"[:200], None, True
                continue
            try:
                if clean(cell):
                    yield f"{title}: {cell.strip()}"[:200], self.read_time(cell), False
            except ValueError:
                if not shift:
                    yield f"{title}: {cell.strip()}"[:200], None, True

    def _readable_numbers(self, cells: list[str], shifts: Iterable[int]) -> list[str]:
        numbers = []
        for at in (at + shift for shift in shifts for at in self.numbers):
            for part in split_numbers(cells[at]) if at < len(cells) else ():
                try:
                    numbers.append(opted_out_number(part, self.clean_number))
                except ValueError:
                    continue
        return list(dict.fromkeys(numbers))
