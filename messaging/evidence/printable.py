"""Words and times as a sheet prints them. Pure functions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

STANDINGS = {"active": "active", "opt_out": "opted out", "block": "blocked"}
FONT_ENCODING = "cp1252"  # of the fonts that every PDF reader has


def in_font(text: str) -> str:
    """The text with what the PDF's fonts lack as code points: “سلام!” is [U+0633 U+0644 U+0627 U+0645]!

    Controls are among them, except for line breaks. Nothing is left out.
    """
    return re.sub(r"(?:(?!\n)[^ -~\u00a1-\u00ac\u00ae-\u00ff‘’“”–—…€•])+", _code_points, text)


def _code_points(run: re.Match[str]) -> str:
    return f"[{' '.join(f'U+{ord(character):04X}' for character in run[0])}]"


def clock(at: str | None) -> str:
    """28 Nov 2026, 14:03:22 UTC"""
    return f"{_read(at).astimezone(UTC):%-d %b %Y, %H:%M:%S} UTC" if at else ""


def local_clocks(times: list[dict[str, str]]) -> str:
    """06:03:22 (Los Angeles), with the day: 28 Nov, 06:03:22 (Los Angeles)"""
    return " or ".join(
        f"{_read(time['at']):%-d %b, %H:%M:%S} ({time['zone'].rpartition('/')[2].replace('_', ' ')})"
        for time in times
    )


def _read(at: str) -> datetime:
    return datetime.fromisoformat(at)


# -- parts -------------------------------------------------------------------------------------------------------


def entry_title(part: dict[str, Any]) -> str:
    return f"{part['ledger']['position']}. {str(part['ledger']['action']).replace('_', ' ').capitalize()}"


def entry_rows(part: dict[str, Any]) -> list[tuple[str, str]]:
    """What a sheet says about an entry besides its words: labels and values."""
    columns = part["ledger"]
    inbox = columns["inbox_name"] + (f" ({part['inbox_number']})" if part["inbox_number"] else "")
    rows = [
        ("What", part["what"]),
        ("By", part["by"]),
        ("Inbox", inbox),
        ("Scope", _scope(columns)),
        ("Happened", clock(columns["happened_at"])),
        ("Their clock", local_clocks(part["local_times"])),
        ("Recorded", clock(columns["recorded_at"])),
        ("Reason", columns["reason"]),
        ("Source", columns["source"]),
        ("Consent given", clock(columns["obtained_at"])),
        ("Our text before", _text(part["text_before"])),
        ("Our reply", _text(part["confirmation"])),
        ("Also told", "; ".join(map(_told, part["told"]))),
        ("Standing", f"{STANDINGS[columns['before']]}, then {STANDINGS[columns['after']]}"),
        ("Hash", part["hash"]),
    ]
    return [(label, value) for label, value in rows if value]


def _scope(columns: dict[str, Any]) -> str:
    """The inboxes that an entry concerns, where it was one alone or the team chose so. Older entries have no scope."""
    scope = f"{columns['inbox_name']} alone" if columns.get("only_in_inbox") else "all inboxes"
    if since := columns.get("each_inbox_since"):
        return f"{scope}. The team has a STOP stop each inbox by itself since {clock(since)}"
    return scope if columns.get("only_in_inbox") else ""


def _text(text: dict[str, Any] | None) -> str:
    if text is None:
        return ""
    outcome = text["outcome"] + (f", carrier ID {text['carrier_id']}" if text["carrier_id"] else "")
    return f"“{text['words']}” {clock(text['at'])}. {outcome}"


def _told(told: dict[str, Any]) -> str:
    return f"{told['endpoint']}, {clock(told['at']) or 'not delivered'}"


def refused_sentence(part: dict[str, Any]) -> str:
    """When, from where and by whom a send was refused, and why."""
    by = f"by {part['by']}" if part["by"] else ""
    where = " ".join(filter(None, [f"from {part['inbox']}" if part["inbox"] else "", by]))
    words = f" “{shortened(part['words'])}”" if part["words"] else ""
    return f"{clock(part['at'])}, {where}: {part['reason']}{words}"


def shortened(words: str) -> str:
    """At most 120 characters on one line; the JSON file has all."""
    line = " ".join(words.split())
    return line if len(line) <= 120 else f"{line[:119]}…"


@dataclass(frozen=True)
class ShownSheet:
    """A number's sheet for a page."""

    parts: Sequence[dict[str, Any]]
    signature: dict[str, str]

    @property
    def about(self) -> dict[str, Any]:
        return self.parts[0]

    @property
    def made_at(self) -> str:
        return clock(self.about["made"]["at"])

    @property
    def entries(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """Title, words and rows of each entry."""
        found = [part for part in self.parts if part["kind"] == "entry"]
        return [(entry_title(part), part["ledger"]["words"], entry_rows(part)) for part in found]

    @property
    def refusals(self) -> list[str]:
        return [refused_sentence(part) for part in self.parts if part["kind"] == "refused_send"]

    @property
    def root(self) -> dict[str, Any] | None:
        """The statement of the newest root."""
        return next((part["statement"] for part in self.parts if part["kind"] == "root"), None)
