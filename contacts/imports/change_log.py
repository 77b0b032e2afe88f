"""Notes what an import does to contact_id, in the very statement that does it, so that it can be undone (undoing.py).

What is wrapped here goes on doing what it did, and answers how many rows it wrote.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models import JSONField

from contacts.contact.models import Contact
from contacts.imports.models import Import
from contacts.imports.preview import VALUE_COLUMNS
from contacts.imports.undo.models import MadeKind
from optout.models import ConsentEvent

NOTHING = "jsonb_build_object()"

# Columns that hold several values, each of which is noted and given back by itself, as "custom.birthday".
JSON_COLUMNS = [field.attname for field in Contact._meta.concrete_fields if isinstance(field, JSONField)]


def values_of(contact: str) -> str:
    """SQL: the values of a contact that an import may write, as one JSON object."""
    one = f"jsonb_build_object({', '.join(f"'{value}', {contact}.{value}" for value in VALUE_COLUMNS)})"
    several = (
        f"coalesce((SELECT jsonb_object_agg('{column}.' || key, value) FROM jsonb_each({contact}.{column})), {NOTHING})"
        for column in JSON_COLUMNS
    )
    return " || ".join([one, *several])


def restore_values(back: str, contact: str) -> str:
    """SQL: what an UPDATE of a contact sets to give it these values back; null is a value that was not there."""
    one = (f"{value} = coalesce({back} ->> '{value}', {contact}.{value})" for value in VALUE_COLUMNS)
    several = (
        f"""{column} = {contact}.{column}
            - ARRAY(SELECT substr(key, {len(column) + 2}) FROM jsonb_each({back})
                WHERE starts_with(key, '{column}.') AND value = 'null')
            || coalesce((SELECT jsonb_object_agg(substr(key, {len(column) + 2}), value) FROM jsonb_each({back})
                WHERE starts_with(key, '{column}.') AND value <> 'null'), {NOTHING})"""
        for column in JSON_COLUMNS
    )
    return ", ".join([*one, *several])


def log_ledger_entries(run: Import, events: Sequence[ConsentEvent]) -> None:
    """Lines of the ledger that an import wrote."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_importmade (team_id, run_id, kind, what) SELECT %s, %s, %s, unnest(%s::bigint[])",
            [run.team_id, run.id, MadeKind.EVENT, [event.id for event in events]],
        )


def log_repeated(lines: str) -> str:
    """For a query of lines that other imports wrote, and this one says again."""
    return f"""
    WITH noted AS (
        INSERT INTO contacts_importmade (team_id, run_id, kind, what)
        SELECT %(team)s, %(run)s, '{MadeKind.REPEATED.value}', event_id FROM ({lines}) AS lines
        ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*) FROM noted
    """


def log_created(insert: str, told: Sequence[str] = ()) -> str:
    """For an INSERT of contacts. With `told` it answers these columns of each instead of how many they are."""
    return f"""
    WITH made AS ({insert} RETURNING {", ".join(dict.fromkeys(["id", *told]))}),
    noted AS (
        INSERT INTO contacts_importchange (team_id, run_id, contact_id, created, at)
        SELECT %(team)s, %(run)s, id, true, %(now)s FROM made ORDER BY id)
    SELECT {", ".join(told) or "count(*)"} FROM made
    """


# For an UPDATE of contacts: what the query before it selects of each contact c, and what it returns itself. A contact
# that got the number of a later row meanwhile is changed twice.
COLUMNS_BEFORE = f"c.updated_at AS was_at, {values_of('c')} AS was"
COLUMNS_AFTER = f"c.id, r.was_at, r.was, {values_of('c')} AS became"
LOG_CHANGED = f""", noted AS (
        INSERT INTO contacts_importchange AS mine (team_id, run_id, contact_id, created, at, was_at, before, after)
        SELECT %(team)s, %(run)s, id, false, %(now)s, was_at, differing.before, differing.after
        FROM changed, LATERAL (
            SELECT jsonb_object_agg(key, was -> key) AS before, jsonb_object_agg(key, value) AS after
            FROM jsonb_each(became) WHERE value IS DISTINCT FROM was -> key) AS differing
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
    noted AS (
        INSERT INTO contacts_importmade (team_id, run_id, kind, what)
        SELECT %(team)s, %(run)s, '{MadeKind(kind).value}', id FROM made)
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
    noted AS (
        INSERT INTO contacts_importchange AS mine (team_id, run_id, contact_id, created, {labels}, {rows})
        SELECT %(team)s, %(run)s, contact_id, false, array_agg({label} ORDER BY id), array_agg(id ORDER BY id)
        FROM done GROUP BY contact_id ORDER BY contact_id
        ON CONFLICT (team_id, run_id, contact_id) DO UPDATE SET
            {labels} = mine.{labels} || excluded.{labels}, {rows} = mine.{rows} || excluded.{rows})
    SELECT count(*) FROM done
    """


def log_unlisted(delete: str) -> str:
    """For a DELETE of list entries e."""
    return f"""
    WITH done AS ({delete} RETURNING e.list_id, e.contact_id),
    noted AS (
        INSERT INTO contacts_importchange AS mine (team_id, run_id, contact_id, created, "left")
        SELECT %(team)s, %(run)s, contact_id, false, array_agg(list_id ORDER BY list_id)
        FROM done GROUP BY contact_id ORDER BY contact_id
        ON CONFLICT (team_id, run_id, contact_id) DO UPDATE SET "left" = mine."left" || excluded."left")
    SELECT count(*) FROM done
    """
