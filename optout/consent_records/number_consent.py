"""Consent of one number for its pages: its records, the suppression lists that have it, and an open double opt-in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel.sql import fetch
from optout.consent_records.models import ConsentCategory, ConsentMethod, ConsentRecord
from optout.consent_records.on_record import counts_sql
from optout.consent_records.wording import describe_record

SHOWN = 50  # records


@dataclass(frozen=True)
class RecordLine:
    """A consent record as pages show it; `counts` is false once an opt-out of the person has taken it back."""

    record: ConsentRecord
    counts: bool

    @property
    def sentence(self) -> str:
        return describe_record(self.record)


@dataclass(frozen=True)
class NumberConsent:
    """What besides its standing decides about automatic and marketing texts to a number."""

    records: list[RecordLine]  # newest first
    lists: list[str]  # names of the suppression lists that have the number
    asked_in: frozenset[int]  # the inboxes whose double opt-in the person has not answered

    @property
    def newest(self) -> RecordLine | None:
        """The newest record that counts, otherwise the newest."""
        return next((line for line in self.records if line.counts), self.records[0] if self.records else None)


def number_consent(team_id: int, number: str) -> NumberConsent:
    """All of it in one statement, since each page of a conversation shows it."""
    records, lists, asked_in = {}, [], []
    for kind, values, counts in fetch(_FACTS, team_id, number):
        if kind == "record":
            record = _record(values)
            records[record.id] = RecordLine(record, counts)
        elif kind == "list":
            lists.append(values[0])
        else:
            asked_in.append(int(values[0]))
    newest_first = [records[id] for id in sorted(records, reverse=True)]
    return NumberConsent(newest_first, sorted(lists), frozenset(asked_in))


_COLUMNS = (
    "id", "category", "method", "origin", "words", "source", "obtained_at", "recorded_at", "inbox_name", "actor_name",
)  # fmt: skip
_FACTS = f"""
    (SELECT 'record', ARRAY[{", ".join(f"r.{column}::text" for column in _COLUMNS)}], {counts_sql("$1", "r")}
     FROM optout_consentrecord r WHERE r.team_id = $1 AND r.number = $2 ORDER BY r.id DESC LIMIT {SHOWN})
    UNION ALL
    (SELECT 'list', ARRAY[l.name::text], true FROM optout_suppressednumber n
     JOIN optout_suppressionlist l ON l.team_id = $1 AND l.id = n.list_id WHERE n.team_id = $1 AND n.number = $2)
    UNION ALL
    (SELECT 'double', ARRAY[d.inbox_id::text], true FROM optout_doubleoptin d
     JOIN accounts_inbox i ON i.team_id = $1 AND i.id = d.inbox_id AND i.double_opt_in
     WHERE d.team_id = $1 AND d.number = $2 AND d.answered_at IS NULL)
"""


def _record(values: list[Any]) -> ConsentRecord:
    found = dict(zip(_COLUMNS, values, strict=True))
    for name in ("obtained_at", "recorded_at"):
        found[name] = datetime.fromisoformat(found[name]) if found[name] else None
    category, method = ConsentCategory(found.pop("category")), ConsentMethod(found.pop("method"))
    return ConsentRecord(id=int(found.pop("id")), category=category, method=method, **found)
