"""Change log of an import: each SQL statement that writes contacts also records its changes for the undo.

The functions wrap a statement. The wrapped statement does the same, and returns how many rows it wrote.
"""

from collections.abc import Sequence

from django.db.models import JSONField

from contacts.contact.models import Contact
from contacts.imports.models import Import
from contacts.imports.preview import VALUE_COLUMNS
from contacts.imports.undo.models import MadeKind
from kernel.sql import counted, fetch
from optout.models import ConsentEvent

# An empty object, without the braces that format() would take. Citus wants it to be immutable in SET.
NOTHING = "jsonb_object(ARRAY[]::text[])"

# Columns with several values, each of which is logged and restored by itself, as "custom.birthday".
JSON_COLUMNS = [field.attname for field in Contact._meta.concrete_fields if isinstance(field, JSONField)]


def values_of(contact: str) -> str:
    """SQL: the values of a contact that an import can write, as one JSON object."""
    columns = f"jsonb_build_object({', '.join(f"'{value}', {contact}.{value}" for value in VALUE_COLUMNS)})"
    json_columns = (
        f"coalesce((SELECT jsonb_object_agg('{column}.' || key, value) FROM jsonb_each({contact}.{column})), {NOTHING})"
        for column in JSON_COLUMNS
    )
    return " || ".join([columns, *json_columns])


def restore_values(back: str, contact: str) -> str:
    """SQL: the SET clause that restores these values of a contact; null means that there was no value."""
    columns = (f"{value} = coalesce({back} ->> '{value}', {contact}.{value})" for value in VALUE_COLUMNS)
    json_columns = (
        f"""{column} = {contact}.{column}
            - ARRAY(SELECT substr(key, {len(column) + 2}) FROM jsonb_each({back})
                WHERE starts_with(key, '{column}.') AND value = 'null')
            || coalesce((SELECT jsonb_object_agg(substr(key, {len(column) + 2}), value) FROM jsonb_each({back})
                WHERE starts_with(key, '{column}.') AND value <> 'null'), {NOTHING})"""
        for column in JSON_COLUMNS
    )
    return ", ".join([*columns, *json_columns])


def log_ledger_entries(run: Import, events: Sequence[ConsentEvent]) -> None:
    """Log the ledger entries that an import wrote."""
    fetch(
        _LOG_ENTRIES, run.team_id, run.id, MadeKind.EVENT, [event.id for event in events],
    )  # fmt: skip


_LOG_ENTRIES = counted("""
    INSERT INTO contacts_importmade (team_id, run_id, kind, what)
    SELECT $1, $2, $3, what FROM unnest($4::bigint[]) AS what
""")


def log_repeated(entries: str) -> str:
    """For a query of ledger entries of other imports that this import repeats."""
    return f"""
    WITH logged AS (
        INSERT INTO contacts_importmade (team_id, run_id, kind, what)
        SELECT $team, $run, '{MadeKind.REPEATED.value}', event_id FROM ({entries}) AS entries
        ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*) FROM logged
    """


def log_created(insert: str, returning: Sequence[str] = ()) -> str:
    """For an INSERT of contacts. With `returning` it returns these columns instead of the number of rows."""
    return f"""
    WITH made AS ({insert} RETURNING {", ".join(dict.fromkeys(["id", *returning]))}),
    logged AS (
        INSERT INTO contacts_importchange (team_id, run_id, contact_id, created, at)
        SELECT $team, $run, id, true, $now FROM made ORDER BY id RETURNING 1)
    SELECT {", ".join(returning) or "count(*)"} FROM made
    """


# For an UPDATE of contacts: the columns that the query before it selects of each contact c, and the columns that it
# returns. A contact that got the number of a later row meanwhile is changed twice.
COLUMNS_BEFORE = f"c.updated_at AS was_at, {values_of('c')} AS was"
COLUMNS_AFTER = (
    f"c.id, r.was_at, r.was, {', '.join(f'c.{column}' for column in (*VALUE_COLUMNS, *JSON_COLUMNS))}"
)
LOG_CHANGED = f""", logged AS (
        INSERT INTO contacts_importchange AS mine (team_id, run_id, contact_id, created, at, was_at, before, after)
        SELECT $team, $run, id, false, $now, was_at, differing.before, differing.after
        FROM changed, LATERAL (
            SELECT jsonb_object_agg(key, was -> key) AS before, jsonb_object_agg(key, value) AS after
            FROM jsonb_each({values_of("changed")}) WHERE value IS DISTINCT FROM was -> key) AS differing
        ORDER BY id
        ON CONFLICT (team_id, run_id, contact_id) DO UPDATE SET
            at = CASE WHEN mine.created THEN mine.at ELSE excluded.at END,
            was_at = coalesce(mine.was_at, excluded.was_at),
            before = excluded.before || coalesce(mine.before, {NOTHING}),
            after = coalesce(mine.after, {NOTHING}) || excluded.after)
    SELECT count(*) FROM changed
"""


def log_made(kind: str, insert: str) -> str:
    """For an INSERT of lists or tags."""
    return f"""
    WITH made AS ({insert} RETURNING id),
    logged AS (
        INSERT INTO contacts_importmade (team_id, run_id, kind, what)
        SELECT $team, $run, '{MadeKind(kind).value}', id FROM made RETURNING 1)
    SELECT count(*) FROM made
    """


def log_listed(insert: str) -> str:
    """For an INSERT of list entries."""
    return _labelled(insert, "list_id", "lists", "entries")


def log_tagged(insert: str) -> str:
    """For an INSERT of taggings."""
    return _labelled(insert, "tag_id", "tags", "taggings")


def _labelled(insert: str, label: str, labels: str, rows: str) -> str:
    return f"""
    WITH done AS ({insert} RETURNING id, {label}, contact_id),
    logged AS (
        INSERT INTO contacts_importchange AS mine (team_id, run_id, contact_id, created, {labels}, {rows})
        SELECT $team, $run, contact_id, false, array_agg({label} ORDER BY id), array_agg(id ORDER BY id)
        FROM done GROUP BY contact_id ORDER BY contact_id
        ON CONFLICT (team_id, run_id, contact_id) DO UPDATE SET
            {labels} = mine.{labels} || excluded.{labels}, {rows} = mine.{rows} || excluded.{rows})
    SELECT count(*) FROM done
    """


def log_unlisted(delete: str) -> str:
    """For a DELETE of list entries e."""
    return f"""
    WITH done AS ({delete} RETURNING e.list_id, e.contact_id),
    logged AS (
        INSERT INTO contacts_importchange AS mine (team_id, run_id, contact_id, created, "left")
        SELECT $team, $run, contact_id, false, array_agg(list_id ORDER BY list_id)
        FROM done GROUP BY contact_id ORDER BY contact_id
        ON CONFLICT (team_id, run_id, contact_id) DO UPDATE SET "left" = mine."left" || excluded."left")
    SELECT count(*) FROM done
    """
