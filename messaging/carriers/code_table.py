"""Form of a carrier's table of error codes: what each means, in words, and whom it concerns. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class CodeKind(StrEnum):
    """Whom an error concerns, as broadcasts judge it."""

    INBOX = "inbox"  # every further text of the inbox would meet it, too
    DAILY_CAP = "daily cap"  # the same until tomorrow
    FILTER = "filter"  # a spam filter
    PERSON = "person"  # this person's number or phone only
    OTHER = "other"


@dataclass(frozen=True)
class CodeTable:
    """A carrier's codes. They are stored with its prefix: "TX-40300"."""

    prefix: str
    page: str  # the address of the carrier's page of all codes
    words: Mapping[CodeKind, Mapping[str, str]]

    def codes_of(self, kind: CodeKind) -> frozenset[str]:
        return frozenset(f"{self.prefix}-{code}" for code in self.words.get(kind, {}))

    @property
    def all_words(self) -> dict[str, str]:
        """The words of all codes, by the code as it is stored."""
        return {
            f"{self.prefix}-{code}": words for part in self.words.values() for code, words in part.items()
        }
