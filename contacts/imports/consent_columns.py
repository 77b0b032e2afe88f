"""Columns of consent: how, to what, in whose words, where and when a person agreed to get texts.

Their headers are words that no other system uses for opt-out columns, so that no opt-out is taken for consent.
"""

import re
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from import_export.widgets import Widget

from contacts.imports.columns import TextWidget
from kernel.spreadsheets.cells import unescape_formula
from kernel.spreadsheets.dates import read_datetime
from optout.consent_records.models import ConsentCategory, ConsentMethod

CONSENT_HEADERS = {
    "agreed_to": "Agreed To",
    "agreed_by": "Agreed By",
    "agreed_words": "Agreed Words",
    "agreed_source": "Agreed Source",
    "agreed_on": "Agreed On",
}
_CLOCK = re.compile(r"\d:\d\d")


class WordWidget(Widget):
    """One of some words, which the cell begins with, in any case."""

    def __init__(self, name: str, words: dict[str, str]) -> None:
        super().__init__()
        self.name, self.words = name, words

    def clean(self, value: str, row: Any = None, **_: Any) -> str:
        text = unescape_formula(value.strip()).casefold()
        found = next((word for known, word in self.words.items() if text.startswith(known)), "")
        if text and not found:
            raise ValueError(f"“{self.name}” is “{value.strip()[:80]}”. Use {', '.join(self.words)}.")
        return found


class AgreedOnWidget(Widget):
    """The time of consent. A day without a time means its start: in doubt an opt-out of that day is newer."""

    def __init__(self, country: str, zone: ZoneInfo) -> None:
        super().__init__()
        self.country, self.zone = country, zone

    def clean(self, value: str, row: Any = None, **_: Any) -> str:
        text = unescape_formula(value.strip())
        if not text:
            return ""
        at = read_datetime(text, self.country, self.zone, timezone.now())
        return (at if _CLOCK.search(text) else self._start_of_day(at)).isoformat()

    def _start_of_day(self, at: datetime) -> datetime:
        return datetime.combine(at.astimezone(self.zone).date(), time(), self.zone)


def consent_widgets(country: str, zone: ZoneInfo) -> dict[str, Widget]:
    """The widget of each column of consent. They return texts, empty for an empty cell."""
    methods = {ConsentMethod.TEXT: "text", ConsentMethod.FORM: "form", ConsentMethod.OTHER: "other"}
    return {
        "agreed_to": WordWidget("Agreed To", {str(word): str(word) for word in ConsentCategory.granting()}),
        "agreed_by": WordWidget(
            "Agreed By",
            {word: str(method) for method, word in methods.items()}
            | {"spoken": str(ConsentMethod.SPOKEN), "in person": str(ConsentMethod.SPOKEN)},
        ),
        "agreed_words": TextWidget("Agreed Words", 1000),
        "agreed_source": TextWidget("Agreed Source", 200),
        "agreed_on": AgreedOnWidget(country, zone),
    }
