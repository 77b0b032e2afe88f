"""Generated columns go behind the team's before a table is distributed: otherwise Citus could not split its shards.

Citus 14.0.1 counts the team's column among all, and then looks for it in rows without generated columns
(worker_split_copy). So a team could not be given a shard of its own.
"""

from collections.abc import Iterator

from kernel.sql import fetch


def moved_behind_team(table: str) -> Iterator[str]:
    """The statements that drop and add generated columns before team_id, with their indexes. They rewrite the table.

    No constraint may involve such a column: it would be lost.
    """
    columns = fetch(_COLUMNS, table)
    if not columns:
        return
    indexes = fetch(_INDEXES, table, [number for number, *_ in columns])
    dropped = [f"DROP COLUMN {name}" for _, name, _ in columns]
    added = [f"ADD COLUMN {name} {definition}" for _, name, definition in columns]
    yield f"ALTER TABLE {table} {', '.join([*dropped, *added])}"
    yield from (definition for (definition,) in indexes)


_COLUMNS = """
    SELECT g.attnum, quote_ident(g.attname),
        concat_ws(' ', format_type(g.atttypid, g.atttypmod), 'COLLATE ' || c.oid::regcollation,
            format('GENERATED ALWAYS AS (%s) STORED', pg_get_expr(d.adbin, d.adrelid)),
            CASE WHEN g.attnotnull THEN 'NOT NULL' END)
    FROM pg_attribute g
    JOIN pg_attribute t ON t.attrelid = g.attrelid AND t.attname = 'team_id' AND g.attnum < t.attnum
    JOIN pg_attrdef d ON d.adrelid = g.attrelid AND d.adnum = g.attnum
    LEFT JOIN pg_collation c ON c.oid = g.attcollation AND c.collname <> 'default'
    WHERE g.attrelid = $1::text::regclass AND g.attgenerated = 's' ORDER BY g.attnum
"""
_INDEXES = """
    SELECT DISTINCT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_depend d ON d.objid = i.indexrelid
    WHERE i.indrelid = $1::text::regclass AND d.classid = 'pg_class'::regclass
        AND d.refobjid = i.indrelid AND d.refobjsubid = ANY($2::integer[])
"""
