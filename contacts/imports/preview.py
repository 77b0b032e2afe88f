"""Preview of a checked import: exact counts of its changes, and the numbers that stay opted out."""

from typing import Any, NamedTuple

from contacts.imports.models import Import
from contacts.imports.options import ImportOptions
from kernel.phone_numbers import display
from kernel.sql import fetch, fetch_row
from optout.models import PERSONS_OWN, Origin

SAMPLE_SIZE = 5
VALUE_COLUMNS = ("first_name", "last_name", "display_name", "email", "note")


def row_changes_contact(replace: bool) -> str:
    """SQL: whether the row r changes the contact c. Empty cells change nothing."""
    column_changes = "(r.{0} <> '' AND c.{0} <> r.{0})" if replace else "(r.{0} <> '' AND c.{0} = '')"
    custom_changes = f"(r.custom IS NOT NULL AND {merged_custom(replace)} <> c.custom)"
    return " OR ".join([*(column_changes.format(value) for value in VALUE_COLUMNS), custom_changes])


def merged_custom(replace: bool) -> str:
    """SQL: the custom values of the contact c after the row r. Each value is kept or replaced by itself."""
    return "c.custom || r.custom" if replace else "r.custom || c.custom"


def count_changes(run: Import) -> dict[str, int]:
    """Counts of new, changed and unchanged contacts, of opt-outs, and of numbers that stay opted out.

    Tables that were just filled have no statistics. With nested loops, which the planner then prefers, the counts of
    a large file would take quadratic time; the rest of this transaction does without them.
    """
    fetch("SET LOCAL enable_nestloop = off")
    return _values(run, ImportOptions.read(run.options).replace) | _opt_outs(run) | _standings(run)


def sample_still_opted_out(run: Import) -> list[dict[str, Any]]:
    """The first numbers that stay opted out, stored so that the page need not search a million rows."""
    return [number._asdict() for number in find_still_opted_out(run, 0, SAMPLE_SIZE)]


_VALUES = """
    SELECT count(*) AS good, count(*) FILTER (WHERE c.id IS NULL) AS created,
        count(*) FILTER (WHERE c.id IS NOT NULL AND ({changes})) AS updated,
        count(*) FILTER (WHERE c.id IS NOT NULL AND NOT ({changes})) AS unchanged,
        count(*) FILTER (WHERE NOT r.opt_out) AS noes
    FROM contacts_importrow r LEFT JOIN contacts_contact c ON c.team_id = $team AND c.number = r.number
    WHERE r.team_id = $team AND r.run_id = $run
"""

# All opt-outs that are clear; of them the new ones of good rows, the new ones of refused rows, and the others.
_OPT_OUTS = """
    SELECT count(*) FILTER (WHERE NOT unclear) AS opt_outs, count(*) FILTER (WHERE unclear) AS unclear,
        count(*) FILTER (WHERE NOT (unclear OR refused OR before)) AS opted_out,
        count(*) FILTER (WHERE refused AND NOT (unclear OR before)) AS opted_out_from_refused_rows,
        count(*) FILTER (WHERE before AND NOT unclear) AS opted_out_before
    FROM (SELECT unclear, refused, EXISTS (SELECT FROM optout_suppression s WHERE s.team_id = $team
            AND s.number = o.number AND s.kind = 'opt_out' AND s.inbox_id IS NULL) AS before
        FROM contacts_importoptout o WHERE o.team_id = $team AND o.run_id = $run) AS stated
"""

# Numbers of the file that are opted out already. A person's own opt-out prevents lifting those that the team recorded.
_OPTED_OUT = """
    SELECT r.line, r.number, r.opt_out, bool_or(s.origin = ANY($own)) AS own,
        array_agg(DISTINCT s.origin) AS origins
    FROM contacts_importrow r JOIN optout_suppression s ON s.team_id = $team AND s.number = r.number
    WHERE r.team_id = $team AND r.run_id = $run AND s.kind = 'opt_out'
    GROUP BY r.line, r.number, r.opt_out
"""
_STANDINGS = f"""
    SELECT count(*) FILTER (WHERE own AND opt_out IS NOT TRUE) AS staying,
        count(*) FILTER (WHERE NOT own AND NOT opt_out) AS liftable
    FROM ({_OPTED_OUT}) AS known
"""
_STILL_OPTED_OUT = f"""
    SELECT line, number, opt_out, origins FROM ({_OPTED_OUT}) AS known
    WHERE own AND opt_out IS NOT TRUE AND line > $after ORDER BY line LIMIT $limit
"""


def _values(run: Import, replace: bool) -> dict[str, int]:
    statement = _VALUES.format(changes=row_changes_contact(replace))
    return fetch_row(statement, prepare=False, **_parameters(run))


def _opt_outs(run: Import) -> dict[str, int]:
    return fetch_row(_OPT_OUTS, prepare=False, **_parameters(run))


def _standings(run: Import) -> dict[str, int]:
    return fetch_row(_STANDINGS, prepare=False, **_parameters(run))


class StillOptedOutRow(NamedTuple):
    """A number that stays opted out, since the person opted out themselves."""

    line: int
    number: str
    shown: str  # as displayed
    says_no: bool  # otherwise its Opt Out cell is empty
    origins: list[str]


def find_still_opted_out(run: Import, after: int, limit: int) -> list[StillOptedOutRow]:
    """Numbers of lines after the line `after`, in the order of the file."""
    country = ImportOptions.read(run.options).country
    rows = fetch(_STILL_OPTED_OUT, after=after, limit=limit, **_parameters(run))
    return [
        StillOptedOutRow(line, number, display(number, country), opt_out is False, _labels(origins))
        for line, number, opt_out, origins in rows
    ]


def _labels(origins: list[str]) -> list[str]:
    return [str(Origin(origin).label) for origin in origins]


def _parameters(run: Import) -> dict[str, Any]:
    return {
        "team": run.team_id,
        "run": run.id,
        "own": [str(origin) for origin in PERSONS_OWN],
    }
