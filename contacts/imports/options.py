"""What an admin chose for an import."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True)
class ImportOptions:
    """Empty cells never erase anything, whatever is chosen here."""

    country: str = "US"  # the home of numbers without +
    replace: bool = False  # values that a contact has already; else only what is empty is filled in
    replace_lists: bool = False  # a row that names lists takes its contact off all others
    add_to: str = ""  # the name of a list for all of them
    consent_note: str = ""  # for the ledger
    lift_ours: bool = False  # whether "no" lifts opt-outs that the team recorded

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        return cls(**{field.name: stored[field.name] for field in fields(cls) if field.name in stored})

    def stored(self) -> dict[str, Any]:
        return asdict(self)
