"""Filter values of contacts from before there were any: custom values are copied to where filters read them."""

from collections.abc import Iterator

from contacts.custom_fields.models import CustomField
from kernel.distribution.shards import on_shards
from kernel.sql import fetch
from kernel.tenancy import scope

BATCH = 500

# The contacts are locked, so that the trigger of a change waits and then writes the newer value.
_FILL = f"""
    WITH batch AS (
        SELECT id, custom FROM contacts_contact WHERE team_id = $1 AND id > $2 AND custom <> '{{}}'
        ORDER BY id LIMIT {BATCH} FOR NO KEY UPDATE),
      filled AS (
        INSERT INTO contacts_filtervalue (team_id, contact_id, key, words, number)
        SELECT $1, batch.id, v.key, contacts_filter_words(v.value #>> '{{}}'),
            CASE jsonb_typeof(v.value) WHEN 'number' THEN v.value::float8 END
        FROM batch, jsonb_each(batch.custom) AS v
        ON CONFLICT (team_id, contact_id, key) DO UPDATE SET words = excluded.words, number = excluded.number)
    SELECT count(*), max(id) FROM batch
"""


def fill_filter_values(team_id: int) -> Iterator[int]:
    """Copy the values of a team's contacts, in batches of one transaction each; then its fields are filterable.

    Yields how many contacts a batch had. May be interrupted and repeated.
    """
    with scope(team_id):
        fields = list(
            CustomField.objects.filter(team_id=team_id, filterable=False).values_list("id", flat=True)
        )
    if not fields:
        return
    after = 0
    while True:
        with scope(team_id):
            ((count, last),) = fetch(on_shards(_FILL), team_id, after)
            if not count:
                CustomField.objects.filter(team_id=team_id, id__in=fields).update(filterable=True)
                return
        yield count
        after = last
