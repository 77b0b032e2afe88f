"""Opt-outs of an import: those that its rows state are recorded before its contacts are written.

Each transaction records some hundred opt-outs and deletes them from the staging table, so none is recorded twice.
"""

from datetime import datetime
from typing import Any, NamedTuple

from contacts.imports.change_log import log_ledger_entries, log_repeated
from contacts.imports.models import Import
from contacts.imports.options import ImportOptions
from kernel.sql import fetch
from optout.bulk_consent import opt_out_many
from optout.consent_types import Actor, StatedOptOut
from optout.models import PERSONS_OWN, ConsentEvent, Origin
from optout.number_locks import lock_numbers

MAX_LOCKS = 500  # numbers that are locked in one transaction


class _Staged(NamedTuple):
    id: int
    number: str
    happened_at: datetime | None
    words: str
    refused: bool


def write_opt_outs(run: Import, options: ImportOptions) -> bool:
    """Record the next opt-outs; False after the last. The locks make a simultaneous undo wait."""
    staged = [_Staged(*row) for row in fetch(_NEXT, run.team_id, run.id, MAX_LOCKS)]
    if not staged:
        return False
    numbers = [row.number for row in staged]
    lock_numbers(run.team_id, numbers)
    fetch(_REPEATED, team=run.team_id, run=run.id, numbers=numbers)
    known = _opted_out_before(run, options, numbers)
    _record(run, options, [row for row in staged if row.happened_at or row.number not in known])
    fetch(_DELETE, run.team_id, run.id, [row.id for row in staged])
    run.position += len(staged)
    return True


def _record(run: Import, options: ImportOptions, rows: list[_Staged]) -> None:
    actor, reason = actor_and_reason(run, options)
    if options.told:
        actor, reason = actor.recording_the_persons_word(), options.consent_note.strip()[: len(reason)]
        stated = [StatedOptOut(row.number, row.happened_at, run.file_name[:200], row.words) for row in rows]
    else:
        stated = [StatedOptOut(row.number, row.happened_at) for row in rows]
    entries = opt_out_many(run.team_id, stated, actor, reason=reason)
    log_ledger_entries(run, entries)
    new = {entry.number for entry in entries if entry.changed}
    refused = sum(row.number in new for row in rows if row.refused)
    counts = {"opted_out": len(new) - refused, "opted_out_from_refused_rows": refused}
    run.count(**{word: number for word, number in counts.items() if number})


def actor_and_reason(run: Import, options: ImportOptions) -> tuple[Actor, str]:
    """The actor and the reason, cut to the lengths that the ledger allows."""
    ledger: Any = ConsentEvent._meta
    name, reason = (ledger.get_field(field).max_length for field in ("actor_name", "reason"))
    actor = Actor(Origin.IMPORT, f"{run.by_name} ({run.file_name})"[:name], run.by_id)
    return actor, (options.consent_note.strip() or f"Opt Out column of {run.file_name}")[:reason]


_NEXT = """
    SELECT id, number, happened_at, words, refused FROM contacts_importoptout
    WHERE team_id = $1 AND run_id = $2 ORDER BY id LIMIT $3
"""
_DELETE = "DELETE FROM contacts_importoptout WHERE team_id = $1 AND run_id = $2 AND id = ANY($3::bigint[])"
_REPEATED = log_repeated("""
    SELECT s.event_id FROM optout_suppression s
    WHERE s.team_id = $team AND s.number = ANY($numbers::text[]) AND s.kind = 'opt_out'
        AND s.origin IN ('import', 'told_import') AND s.inbox_id IS NULL
""")
_OPTED_OUT = """
    SELECT DISTINCT number FROM optout_suppression
    WHERE team_id = $1 AND number = ANY($2::text[]) AND kind = 'opt_out' AND inbox_id IS NULL
        AND origin = ANY($3::text[])
"""


def _opted_out_before(run: Import, options: ImportOptions, numbers: list[str]) -> set[str]:
    """The numbers for which a statement without a time says nothing new: importing an export again changes nothing.

    The person's own word says more than a decision of the team.
    """
    origins = PERSONS_OWN if options.told else Origin
    return {
        number for (number,) in fetch(_OPTED_OUT, run.team_id, numbers, [str(origin) for origin in origins])
    }
