"""Lists and tags of an import: the labels that its rows name are created and given to their contacts."""

from contacts.imports.batch import BATCH_ROWS, ImportBatch, run_logged
from contacts.imports.change_log import log_listed, log_made, log_tagged, log_unlisted
from kernel.sql import fetch_row


def write_labels(batch: ImportBatch) -> None:
    """Write the lists and tags of the batch, whose contacts have been written, and count them."""
    run = batch.run
    if batch.options.add_to:
        run.count(added_to_lists=run_logged(_THE_LIST, batch, _JOIN_THE_LIST))
    named = fetch_row(_COUNT_NAMED, **batch.parameters)
    if named["lists"]:
        if batch.options.replace_lists:
            run.count(taken_off_lists=run_logged(_LEAVE_LISTS, batch))
        run.count(added_to_lists=run_logged(_LISTS, batch, _JOIN_LISTS))
    if named["tags"]:
        run.count(tagged=run_logged(_TAGS, batch, _TAG))


_COUNT_NAMED = (
    f"SELECT count(r.lists) AS lists, count(r.tags) AS tags FROM contacts_importrow r WHERE {BATCH_ROWS}"
)

_THE_LIST = log_made(
    "list",
    """
    INSERT INTO contacts_contactlist (team_id, name, created_at, import_id) VALUES ($team, $add_to, $now, $run)
    ON CONFLICT (team_id, lower(name)) DO NOTHING
""",
)
_JOIN_THE_LIST = log_listed(f"""
    INSERT INTO contacts_listentry (team_id, list_id, contact_id, source, import_id, added_at)
    WITH joining AS MATERIALIZED (
        SELECT l.id AS list_id, c.id AS contact_id FROM contacts_importrow r
        JOIN contacts_contact c ON c.team_id = $team AND c.number = r.number
        JOIN contacts_contactlist l ON l.team_id = $team AND NOT l.is_live AND lower(l.name) = lower($add_to)
        WHERE {BATCH_ROWS} ORDER BY c.id)
    SELECT $team, list_id, contact_id, 'import', $run, $now FROM joining
    ON CONFLICT (team_id, list_id, contact_id) DO NOTHING
""")
_LISTS = log_made(
    "list",
    f"""
    INSERT INTO contacts_contactlist (team_id, name, created_at, import_id)
    SELECT DISTINCT ON (lower(given.word)) $team, given.word, $now, $run
    FROM contacts_importrow r, jsonb_array_elements_text(r.lists) AS given (word)
    WHERE {BATCH_ROWS} ORDER BY lower(given.word)
    ON CONFLICT (team_id, lower(name)) DO NOTHING
""",
)
_JOIN_LISTS = log_listed(f"""
    INSERT INTO contacts_listentry (team_id, list_id, contact_id, source, import_id, added_at)
    SELECT $team, l.id, c.id, 'import', $run, $now
    FROM contacts_importrow r CROSS JOIN jsonb_array_elements_text(r.lists) AS given (word)
    JOIN contacts_contactlist l ON l.team_id = $team AND NOT l.is_live AND lower(l.name) = lower(given.word)
    JOIN contacts_contact c ON c.team_id = $team AND c.number = r.number
    WHERE {BATCH_ROWS} ORDER BY c.id ON CONFLICT (team_id, list_id, contact_id) DO NOTHING
""")
_LEAVE_LISTS = log_unlisted(f"""
    DELETE FROM contacts_listentry e USING contacts_importrow r, contacts_contact c, contacts_contactlist l
    WHERE {BATCH_ROWS} AND r.lists IS NOT NULL AND c.team_id = $team AND c.number = r.number
    AND e.team_id = $team AND e.contact_id = c.id AND l.team_id = $team AND l.id = e.list_id
    AND lower(l.name) <> lower($add_to)
    AND NOT EXISTS (
        SELECT FROM jsonb_array_elements_text(r.lists) AS given (word) WHERE lower(given.word) = lower(l.name))
""")
_TAGS = log_made(
    "tag",
    f"""
    INSERT INTO contacts_tag (team_id, name, created_at)
    SELECT DISTINCT ON (lower(given.word)) $team, given.word, $now
    FROM contacts_importrow r, jsonb_array_elements_text(r.tags) AS given (word)
    WHERE {BATCH_ROWS} ORDER BY lower(given.word)
    ON CONFLICT (team_id, lower(name)) DO NOTHING
""",
)
_TAG = log_tagged(f"""
    INSERT INTO contacts_tagging (team_id, tag_id, contact_id)
    SELECT $team, t.id, c.id FROM contacts_importrow r CROSS JOIN jsonb_array_elements_text(r.tags) AS given (word)
    JOIN contacts_tag t ON t.team_id = $team AND lower(t.name) = lower(given.word)
    JOIN contacts_contact c ON c.team_id = $team AND c.number = r.number
    WHERE {BATCH_ROWS} ORDER BY c.id ON CONFLICT (team_id, tag_id, contact_id) DO NOTHING
""")
