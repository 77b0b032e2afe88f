"""Plan of an import undo: the outcome for each contact and each ledger entry of the import.

The confirmation page counts with these queries and each batch acts on their results, so the two agree.
"""

from dataclasses import dataclass
from typing import Any

from contacts.imports.change_log import values_of
from contacts.imports.models import Import
from contacts.imports.undo.models import MadeKind
from kernel.sql import fetch, fetch_row
from optout.models import PERSONS_OWN

# The counts, in the order in which pages show them.
COUNT_NAMES = (
    "deleted", "given_back", "taken_off_lists", "untagged", "put_back_on_lists", "lists_deleted", "tags_deleted",
    "opt_outs_put_back", "opt_outs_lifted",
    "texted_since", "edited_since", "relabelled_since", "consent_changed_since", "gone", "newer_values_kept",
    "opt_outs_kept", "opted_out_themselves", "opt_outs_repeated", "opt_ins_kept",
)  # fmt: skip


@dataclass(frozen=True)
class ContactOutcome:
    """The outcome for a contact that the import created or changed."""

    contact_id: int
    fate: str  # "deleted"; "known" before the import; "gone"; or a word of COUNT_NAMES: why a created contact is kept
    back: str | None  # JSON: the values to restore, by column
    kept_newer: int  # values changed since, or whose previous value is no longer valid
    at: Any  # updated_at after the import; None if the contact was changed since
    was_at: Any  # updated_at before the import
    entries: list[int]  # IDs of list entries that still exist
    taggings: list[int]
    comes_back_to: list[int]  # IDs of lists


# -- contacts ----------------------------------------------------------------------------------------------------

# The reason why a created contact is kept. Deleting it would lose later edits, or the name of a person with texts. Its
# lists are unchanged if exactly the entries exist that the import made; an entry that was deleted with its list does
# not count as a change of the contact.
_LABELLED = """
    CASE WHEN (SELECT count(*) = coalesce(cardinality(m.{rows}), 0) AND coalesce(bool_and(e.id = ANY(m.{rows})), true)
        FROM contacts_{row} e WHERE e.team_id = $team AND e.contact_id = c.id) THEN false
    ELSE EXISTS (SELECT FROM contacts_{row} e WHERE e.team_id = $team AND e.contact_id = c.id
        AND e.id <> ALL (coalesce(m.{rows}, '{{}}')))
    OR EXISTS (SELECT FROM unnest(m.{labels}, m.{rows}) AS given (label, row)
        WHERE EXISTS (SELECT FROM contacts_{label} l WHERE l.team_id = $team AND l.id = given.label)
        AND NOT EXISTS (SELECT FROM contacts_{row} e WHERE e.team_id = $team AND e.id = given.row)) END
"""
_ON_OTHER_LISTS = _LABELLED.format(row="listentry", rows="entries", labels="lists", label="contactlist")
_OTHERWISE_TAGGED = _LABELLED.format(row="tagging", rows="taggings", labels="tags", label="tag")
_FATE = f"""
    CASE WHEN c.id IS NULL THEN 'gone'
        WHEN NOT m.created THEN 'known'
        WHEN c.last_message_at IS NOT NULL THEN 'texted_since'
        WHEN c.updated_at <> m.at THEN 'edited_since'
        WHEN {_ON_OTHER_LISTS} OR {_OTHERWISE_TAGGED} THEN 'relabelled_since'
        WHEN EXISTS (SELECT FROM (SELECT e.id, e.recorded_at FROM optout_consentevent e
                WHERE e.team_id = $team AND e.number = c.number
                AND e.action NOT IN ('held', 'released') ORDER BY e.position DESC LIMIT 1) AS newest
            WHERE newest.recorded_at > m.at
            AND newest.id NOT IN (SELECT o.what FROM contacts_importmade o
                WHERE o.team_id = $team AND o.run_id = $run AND o.kind = 'event')) THEN 'consent_changed_since'
        ELSE 'deleted' END
"""
_EXISTING = """
    CASE WHEN f.{rows} IS NULL OR f.fate IN ('deleted', 'gone') THEN '{{}}' ELSE ARRAY(
        SELECT e.id FROM contacts_{row} e WHERE e.team_id = $team AND e.id = ANY(f.{rows})) END
"""

# Whether the field still allows the previous value, as read_value() decides: the option may have been removed, or the
# key may belong to another field. Restoring "no value" is always possible.
_IS_VALID = """
    (NOT starts_with(given.key, 'custom.') OR f.before -> given.key = 'null' OR EXISTS (
        SELECT FROM contacts_customfield d WHERE d.team_id = $team AND d.key = substr(given.key, 8)
        AND CASE d.kind WHEN 'choice' THEN d.options @> jsonb_build_array(f.before -> given.key)
            WHEN 'date' THEN f.before ->> given.key ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
                AND pg_input_is_valid(f.before ->> given.key, 'date')
            ELSE jsonb_typeof(f.before -> given.key)
                = CASE d.kind WHEN 'number' THEN 'number' WHEN 'yes_no' THEN 'boolean' ELSE 'string' END END))
"""


def _outcomes(condition: str) -> str:
    """The query of outcomes for those of the import's change records m that meet the condition.

    OFFSET keeps PostgreSQL from computing a fate again wherever it is used.
    """
    return f"""
    SELECT f.contact_id, f.fate, differing.back, coalesce(differing.kept_newer, 0) AS kept_newer, f.at, f.was_at,
        {_EXISTING.format(row="listentry", rows="entries")} AS entries,
        {_EXISTING.format(row="tagging", rows="taggings")} AS taggings,
        CASE WHEN f."left" IS NULL OR f.fate = 'gone' THEN '{{}}' ELSE ARRAY(
            SELECT l.id FROM contacts_contactlist l WHERE l.team_id = $team AND l.id = ANY(f."left")
            AND NOT EXISTS (SELECT FROM contacts_listentry e
                WHERE e.team_id = $team AND e.list_id = l.id AND e.contact_id = f.contact_id)) END AS comes_back_to
    FROM (
        SELECT m.contact_id, {_FATE} AS fate, m.entries, m.taggings, m."left", m.before,
            CASE WHEN c.id IS NOT NULL AND NOT m.created THEN m.after END AS after,
            CASE WHEN m.after IS NOT NULL THEN {values_of("c")} END AS is_now,
            CASE WHEN c.updated_at = m.at THEN m.at END AS at, m.was_at
        FROM contacts_importchange m
        LEFT JOIN contacts_contact c ON c.team_id = $team AND c.id = m.contact_id
        WHERE m.team_id = $team AND m.run_id = $run AND {condition} OFFSET 0
    ) AS f
    LEFT JOIN LATERAL (
        SELECT jsonb_object_agg(key, f.before -> key) FILTER (WHERE restorable) AS back,
            count(*) FILTER (WHERE restorable IS NOT TRUE) AS kept_newer
        FROM (SELECT given.key, given.value = f.is_now -> given.key AND {_IS_VALID} AS restorable
            FROM jsonb_each(f.after) AS given) AS each
    ) AS differing ON f.after IS NOT NULL
"""


_CONTACT_OUTCOMES = f"""
    SELECT contact_id, fate, back::text, kept_newer, at, was_at, entries, taggings, comes_back_to
    FROM ({_outcomes("m.contact_id = ANY($contact_ids)")}) AS f ORDER BY contact_id
"""


def contact_outcomes(run: Import, contact_ids: list[int]) -> list[ContactOutcome]:
    """Outcomes for these contacts, which are locked, in the order of their IDs."""
    rows = fetch(_CONTACT_OUTCOMES, contact_ids=contact_ids, **_parameters(run))
    return [ContactOutcome(*row) for row in rows]


_COUNT_CONTACTS = f"""
    SELECT count(*) FILTER (WHERE fate = 'deleted') AS deleted,
        count(*) FILTER (WHERE back IS NOT NULL) AS given_back,
        sum(cardinality(entries)) AS taken_off_lists,
        sum(cardinality(taggings)) AS untagged,
        sum(cardinality(comes_back_to)) AS put_back_on_lists,
        count(*) FILTER (WHERE fate = 'texted_since') AS texted_since,
        count(*) FILTER (WHERE fate = 'edited_since') AS edited_since,
        count(*) FILTER (WHERE fate = 'relabelled_since') AS relabelled_since,
        count(*) FILTER (WHERE fate = 'consent_changed_since') AS consent_changed_since,
        count(*) FILTER (WHERE fate = 'gone') AS gone, sum(kept_newer) AS newer_values_kept
    FROM ({_outcomes("true")} OFFSET 0) AS f
"""

# -- standings ---------------------------------------------------------------------------------------------------

_ENTRIES = "m.team_id = $team AND m.run_id = $run AND m.kind = 'event'"
# Another import, which has not been undone, has the same opt-out.
_REPEATED = """
    EXISTS (SELECT FROM contacts_importmade a WHERE a.team_id = $team AND a.kind = 'repeated'
        AND a.what = m.what AND a.run_id <> m.run_id)
"""
_COUNT_ENTRIES = f"""
    SELECT count(*) FILTER (WHERE s.id IS NOT NULL AND NOT own.in_force AND NOT again.recorded) AS opt_outs_lifted,
        count(*) FILTER (WHERE s.id IS NOT NULL AND own.in_force) AS opted_out_themselves,
        count(*) FILTER (WHERE s.id IS NOT NULL AND NOT own.in_force AND again.recorded) AS opt_outs_repeated,
        count(*) FILTER (WHERE e.action = 'opted_in' AND NOT since.changed) AS opt_outs_put_back,
        count(*) FILTER (WHERE e.action = 'opted_in' AND since.changed) AS opt_ins_kept
    FROM contacts_importmade m
    JOIN optout_consentevent e ON e.team_id = $team AND e.id = m.what
    LEFT JOIN optout_suppression s ON s.team_id = $team AND s.number = e.number AND s.event_id = e.id,
    LATERAL (SELECT EXISTS (SELECT FROM optout_suppression o WHERE o.team_id = $team AND o.number = e.number
        AND o.kind = 'opt_out' AND o.origin = ANY($own)) AS in_force) AS own,
    LATERAL (SELECT EXISTS (SELECT FROM optout_consentevent n WHERE n.team_id = $team AND n.number = e.number
        AND n.position > e.position AND n.action IN ('opted_in', 'opted_out')) AS changed) AS since,
    LATERAL (SELECT {_REPEATED} AS recorded) AS again
    WHERE {_ENTRIES}
"""


def count_ledger_outcomes(run: Import, entry_ids: list[int], *, lift: bool) -> dict[str, int]:
    """Counts of these ledger entries, whose numbers are locked."""
    return _without_lift(
        _count(f"{_COUNT_ENTRIES} AND m.what = ANY($entry_ids)", run, entry_ids=entry_ids), lift=lift
    )


_REPEATED_ENTRIES = f"SELECT m.what FROM contacts_importmade m WHERE {_ENTRIES} AND {_REPEATED}"


def repeated_by_others(run: Import, entry_ids: list[int]) -> set[int]:
    """Those of these ledger entries, whose numbers are locked, that are kept since another import repeats them."""
    statement = f"{_REPEATED_ENTRIES} AND m.what = ANY($entry_ids)"
    return {entry_id for (entry_id,) in fetch(statement, entry_ids=entry_ids, **_parameters(run))}


def _without_lift(counts: dict[str, int], *, lift: bool) -> dict[str, int]:
    """Without `lift`, opt-outs that could be lifted are counted as kept."""
    if not lift:
        counts["opt_outs_kept"] = counts.pop("opt_outs_lifted")
    return counts


# -- unused lists and tags ---------------------------------------------------------------------

_COUNT_UNUSED = """
    SELECT count(*) FROM contacts_importmade m
    JOIN contacts_{label} l ON l.team_id = $team AND l.id = m.what
    WHERE m.team_id = $team AND m.run_id = $run AND m.kind = '{kind}'
    AND NOT EXISTS (SELECT FROM contacts_{row} e WHERE e.team_id = $team AND e.{key} = l.id
        AND NOT EXISTS (SELECT FROM contacts_importchange c WHERE c.team_id = $team AND c.run_id = $run
            AND c.contact_id = e.contact_id AND e.id = ANY(c.{rows})))
"""
LABEL_TABLES = {
    MadeKind.LIST: {"label": "contactlist", "kind": "list", "row": "listentry", "key": "list_id", "rows": "entries"},
    MadeKind.TAG: {"label": "tag", "kind": "tag", "row": "tagging", "key": "tag_id", "rows": "taggings"},
}  # fmt: skip


# -- all ----------------------------------------------------------------------------------------------------


def plan_undo(run: Import, *, lift: bool) -> dict[str, int]:
    """The counts of an undo that started now, without zeros."""
    counts = _count(_COUNT_CONTACTS, run, prepare=False)
    counts |= _without_lift(_count(_COUNT_ENTRIES, run, prepare=False), lift=lift)
    for kind, names in LABEL_TABLES.items():
        unused = _count(_COUNT_UNUSED.format(**names), run, prepare=False)
        counts[f"{kind}s_deleted"] = unused["count"]
    return sort_counts(counts)


def sort_counts(counts: dict[str, int]) -> dict[str, int]:
    return {word: counts[word] for word in COUNT_NAMES if counts.get(word)}


def _count(query: str, run: Import, prepare: bool | None = None, **more: Any) -> dict[str, int]:
    row = fetch_row(query, prepare=prepare, **_parameters(run), **more)
    return {name: int(value or 0) for name, value in row.items()}


def _parameters(run: Import) -> dict[str, Any]:
    return {"team": run.team_id, "run": run.id, "own": [str(origin) for origin in PERSONS_OWN]}
