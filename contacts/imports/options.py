"""Options of an import, as the admin chose them."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True)
class ImportOptions:
    """Whatever the options, empty cells never erase anything."""

    country: str = "US"  # of numbers without +
    replace: bool = False  # existing values; otherwise only empty values are filled in
    replace_lists: bool = False  # a row that names lists removes its contact from all other lists
    add_to: str = ""  # name of a list for all contacts of the file
    consent_note: str = ""  # for the ledger
    consent_method: str = (
        ""  # how these people agreed to get texts: a ConsentMethod; empty: nothing is recorded
    )
    consent_category: str = ""  # to which texts; empty: informational
    consent_words: str = ""
    consent_source: str = ""
    lift_ours: bool = False  # whether "no" lifts opt-outs that the team recorded
    told: bool = False  # whether the opt-outs are the persons' own word, as another system recorded it
    each_number: bool = False  # a contact for each number of a row; otherwise for the first

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        return cls(**{field.name: stored[field.name] for field in fields(cls) if field.name in stored})

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
