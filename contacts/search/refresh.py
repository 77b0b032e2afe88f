"""Refresh of the stored search words of contacts, after the function that makes them has changed."""

from collections.abc import Iterator

from kernel.sql import fetch
from kernel.tenancy import scope

BATCH = 500
FOLDED_LETTERS = "łøđðħŧŋıĸßæœþ"  # as in the SQL function contacts_folded

_REFRESH = f"""
    WITH batch AS (
        SELECT id FROM contacts_contact WHERE team_id = $1 AND id > $2
        AND lower(first_name || last_name || display_name COLLATE pg_c_utf8) ~ '[{FOLDED_LETTERS}ẞ]'
        ORDER BY id LIMIT {BATCH} FOR NO KEY UPDATE),
      refreshed AS (
        UPDATE contacts_contact AS c SET first_name = c.first_name FROM batch
        WHERE c.team_id = $1 AND c.id = batch.id RETURNING c.id)
    SELECT count(*), max(id) FROM refreshed
"""


def refresh_search_words(team_id: int) -> Iterator[int]:
    """Write the words of every contact with such letters again, in batches, each in a transaction of its own.

    Yields how many contacts a batch had. May be interrupted and repeated.
    """
    after = 0
    while True:
        with scope(team_id):
            ((count, last),) = fetch(_REFRESH, team_id, after)
        if not count:
            return
        yield count
        after = last
