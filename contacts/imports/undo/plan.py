"""What the undo of an import does with each contact and each line of the ledger.

The page that asks counts by these questions, and each batch of the undo acts on their answers: so they agree.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from contacts.imports.change_log import values_of
from contacts.imports.models import Import
from contacts.imports.undo.models import MadeKind
from optout.models import PERSONS_OWN

# What is counted, in the order in which it is told.
COUNT_NAMES = (
    "deleted", "given_back", "taken_off_lists", "untagged", "put_back_on_lists", "lists_deleted", "tags_deleted",
    "opt_outs_put_back", "opt_outs_lifted",
    "texted_since", "edited_since", "relabelled_since", "consent_changed_since", "gone", "newer_values_kept",
    "opt_outs_kept", "opted_out_themselves", "opt_outs_repeated", "opt_ins_kept",
)  # fmt: skip


@dataclass(frozen=True)
class ContactOutcome:
    """What becomes of a contact that the import touched."""

    contact_id: int
    fate: str  # "deleted"; "known" before the import; "gone", or why one that it made stays: a word of WORDS
    back: str | None  # JSON: the values that it gets back, by column
    kept_newer: int  # values that somebody has changed since, or whose field takes the former one no more
    at: Any  # updated_at as the import left and found it, where nobody has changed it since
    was_at: Any
    entries: list[int]  # of lists and tags, as far as they are still there
    taggings: list[int]
    comes_back_to: list[int]  # lists


# -- contacts ----------------------------------------------------------------------------------------------------

# Why a contact that the import made stays. Deleting it would lose what somebody did with it, or the name of somebody
# with whom texts were exchanged. Its lists are the import's own where just the entries are there that it made; an entry
# that is gone together with its list says nothing about the contact.
_LABELLED = """
    CASE WHEN (SELECT count(*) = coalesce(cardinality(m.{rows}), 0) AND coalesce(bool_and(e.id = ANY(m.{rows})), true)
        FROM contacts_{row} e WHERE e.team_id = %(team)s AND e.contact_id = c.id) THEN false
    ELSE EXISTS (SELECT FROM contacts_{row} e WHERE e.team_id = %(team)s AND e.contact_id = c.id
        AND e.id <> ALL (coalesce(m.{rows}, '{{}}')))
    OR EXISTS (SELECT FROM unnest(m.{labels}, m.{rows}) AS given (label, row)
        WHERE EXISTS (SELECT FROM contacts_{label} l WHERE l.team_id = %(team)s AND l.id = given.label)
        AND NOT EXISTS (SELECT FROM contacts_{row} e WHERE e.team_id = %(team)s AND e.id = given.row)) END
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
                WHERE e.team_id = %(team)s AND e.number = c.number ORDER BY e.position DESC LIMIT 1) AS newest
            WHERE newest.recorded_at > m.at
            AND newest.id NOT IN (SELECT o.what FROM contacts_importmade o
                WHERE o.team_id = %(team)s AND o.run_id = %(run)s AND o.kind = 'event')) THEN 'consent_changed_since'
        ELSE 'deleted' END
"""
_THERE = """
    CASE WHEN f.{rows} IS NULL OR f.fate IN ('deleted', 'gone') THEN '{{}}' ELSE ARRAY(
        SELECT e.id FROM contacts_{row} e WHERE e.team_id = %(team)s AND e.id = ANY(f.{rows})) END
"""

# Whether its field still takes the value that goes back, as fields.read would: an option may be gone since, or another
# field stand under the key. A value that was not there can always go.
_TAKEN = """
    (NOT starts_with(given.key, 'custom.') OR f.before -> given.key = 'null' OR EXISTS (
        SELECT FROM contacts_customfield d WHERE d.team_id = %(team)s AND d.key = substr(given.key, 8)
        AND CASE d.kind WHEN 'choice' THEN d.options @> jsonb_build_array(f.before -> given.key)
            WHEN 'date' THEN f.before ->> given.key ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
                AND pg_input_is_valid(f.before ->> given.key, 'date')
            ELSE jsonb_typeof(f.before -> given.key)
                = CASE d.kind WHEN 'number' THEN 'number' WHEN 'yes_no' THEN 'boolean' ELSE 'string' END END))
"""


def _fates(which: str) -> str:
    """The question after the fates of some of the import's records m.

    OFFSET keeps PostgreSQL from finding out each fate anew wherever it is asked for.
    """
    return f"""
    SELECT f.contact_id, f.fate, differing.back, coalesce(differing.kept_newer, 0) AS kept_newer, f.at, f.was_at,
        {_THERE.format(row="listentry", rows="entries")} AS entries,
        {_THERE.format(row="tagging", rows="taggings")} AS taggings,
        CASE WHEN f."left" IS NULL OR f.fate = 'gone' THEN '{{}}' ELSE ARRAY(
            SELECT l.id FROM contacts_contactlist l WHERE l.team_id = %(team)s AND l.id = ANY(f."left")
            AND NOT EXISTS (SELECT FROM contacts_listentry e
                WHERE e.team_id = %(team)s AND e.list_id = l.id AND e.contact_id = f.contact_id)) END AS comes_back_to
    FROM (
        SELECT m.contact_id, {_FATE} AS fate, m.entries, m.taggings, m."left", m.before,
            CASE WHEN c.id IS NOT NULL AND NOT m.created THEN m.after END AS after,
            CASE WHEN m.after IS NOT NULL THEN {values_of("c")} END AS is_now,
            CASE WHEN c.updated_at = m.at THEN m.at END AS at, m.was_at
        FROM contacts_importchange m
        LEFT JOIN contacts_contact c ON c.team_id = %(team)s AND c.id = m.contact_id
        WHERE m.team_id = %(team)s AND m.run_id = %(run)s AND {which} OFFSET 0
    ) AS f
    LEFT JOIN LATERAL (
        SELECT jsonb_object_agg(key, f.before -> key) FILTER (WHERE goes) AS back,
            count(*) FILTER (WHERE goes IS NOT TRUE) AS kept_newer
        FROM (SELECT given.key, given.value = f.is_now -> given.key AND {_TAKEN} AS goes
            FROM jsonb_each(f.after) AS given) AS each
    ) AS differing ON f.after IS NOT NULL
"""


_SOME = f"""
    SELECT contact_id, fate, back::text, kept_newer, at, was_at, entries, taggings, comes_back_to
    FROM ({_fates("m.contact_id = ANY(%(contact_id)s)")}) AS f ORDER BY contact_id
"""


def contact_outcomes(run: Import, contact_id: list[int]) -> list[ContactOutcome]:
    """Of these contacts, in the order of their ids; they are locked."""
    with connection.cursor() as cursor:
        cursor.execute(_SOME, {**_place(run), "contact_id": contact_id})
        return [ContactOutcome(*row) for row in cursor.fetchall()]


_OF_CONTACTS = f"""
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
    FROM ({_fates("true")} OFFSET 0) AS f
"""

# -- standings ---------------------------------------------------------------------------------------------------

_THESE_LINES = "m.team_id = %(team)s AND m.run_id = %(run)s AND m.kind = 'event'"
# Another import said the same, and is not undone itself.
_REPEATED = """
    EXISTS (SELECT FROM contacts_importmade a WHERE a.team_id = %(team)s AND a.kind = 'repeated'
        AND a.what = m.what AND a.run_id <> m.run_id)
"""
_OF_LINES = f"""
    SELECT count(*) FILTER (WHERE s.id IS NOT NULL AND NOT own.stands AND NOT again.said) AS opt_outs_lifted,
        count(*) FILTER (WHERE s.id IS NOT NULL AND own.stands) AS opted_out_themselves,
        count(*) FILTER (WHERE s.id IS NOT NULL AND NOT own.stands AND again.said) AS opt_outs_repeated,
        count(*) FILTER (WHERE e.action = 'opted_in' AND NOT since.spoken) AS opt_outs_put_back,
        count(*) FILTER (WHERE e.action = 'opted_in' AND since.spoken) AS opt_ins_kept
    FROM contacts_importmade m
    JOIN optout_consentevent e ON e.team_id = %(team)s AND e.id = m.what
    LEFT JOIN optout_suppression s ON s.team_id = %(team)s AND s.number = e.number AND s.event_id = e.id,
    LATERAL (SELECT EXISTS (SELECT FROM optout_suppression o WHERE o.team_id = %(team)s AND o.number = e.number
        AND o.kind = 'opt_out' AND o.origin = ANY(%(own)s)) AS stands) AS own,
    LATERAL (SELECT EXISTS (SELECT FROM optout_consentevent n WHERE n.team_id = %(team)s AND n.number = e.number
        AND n.position > e.position AND n.action IN ('opted_in', 'opted_out')) AS spoken) AS since,
    LATERAL (SELECT {_REPEATED} AS said) AS again
    WHERE {_THESE_LINES}
"""


def count_ledger_outcomes(run: Import, events: list[int], *, lift: bool) -> dict[str, int]:
    """Counts of these lines of the ledger, whose numbers are locked."""
    return _lifting(_one(f"{_OF_LINES} AND m.what = ANY(%(events)s)", run, events=events), lift=lift)


_SAID_AGAIN = f"SELECT m.what FROM contacts_importmade m WHERE {_THESE_LINES} AND {_REPEATED}"


def repeated_by_others(run: Import, events: list[int]) -> set[int]:
    """Of these lines, whose numbers are locked, those that stay since another import says so, too."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_SAID_AGAIN} AND m.what = ANY(%(events)s)", {**_place(run), "events": events})
        return {event for (event,) in cursor.fetchall()}


def _lifting(counts: dict[str, int], *, lift: bool) -> dict[str, int]:
    """Without `lift` what could be lifted stays."""
    if not lift:
        counts["opt_outs_kept"] = counts.pop("opt_outs_lifted")
    return counts


# -- lists and tags that nobody is on any more ---------------------------------------------------------------------

_EMPTIED = """
    SELECT count(*) FROM contacts_importmade m
    JOIN contacts_{label} l ON l.team_id = %(team)s AND l.id = m.what
    WHERE m.team_id = %(team)s AND m.run_id = %(run)s AND m.kind = '{kind}'
    AND NOT EXISTS (SELECT FROM contacts_{row} e WHERE e.team_id = %(team)s AND e.{key} = l.id
        AND NOT EXISTS (SELECT FROM contacts_importchange c WHERE c.team_id = %(team)s AND c.run_id = %(run)s
            AND c.contact_id = e.contact_id AND e.id = ANY(c.{rows})))
"""
LABEL_TABLES = {
    MadeKind.LIST: {"label": "contactlist", "kind": "list", "row": "listentry", "key": "list_id", "rows": "entries"},
    MadeKind.TAG: {"label": "tag", "kind": "tag", "row": "tagging", "key": "tag_id", "rows": "taggings"},
}  # fmt: skip


# -- together ----------------------------------------------------------------------------------------------------


def plan_undo(run: Import, *, lift: bool) -> dict[str, int]:
    """What an undo would do now, word by word; nothing that is nought."""
    counts = _one(_OF_CONTACTS, run) | _lifting(_one(_OF_LINES, run), lift=lift)
    for kind, names in LABEL_TABLES.items():
        counts[f"{kind}s_deleted"] = _one(_EMPTIED.format(**names), run)["count"]
    return sort_counts(counts)


def sort_counts(counts: dict[str, int]) -> dict[str, int]:
    return {word: counts[word] for word in COUNT_NAMES if counts.get(word)}


def _one(question: str, run: Import, **more: Any) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(question, {**_place(run), **more})
        names = [column.name for column in cursor.description]
        return {name: int(value or 0) for name, value in zip(names, cursor.fetchone(), strict=True)}


def _place(run: Import) -> dict[str, Any]:
    return {"team": run.team_id, "run": run.id, "own": [str(origin) for origin in PERSONS_OWN]}
