"""Tenant isolation: the scope of one team, and the base class of the tables that it protects.

Three layers keep teams apart. Lookups start at the team; row-level security shows a transaction only the rows of the
team in its scope, and none without a scope; composite keys prevent a row from referring to another team's row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from django.db import DEFAULT_DB_ALIAS, connection, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kernel import sql as kernel_sql
from kernel.distribution.cluster import distribution_sql, is_distributed
from kernel.distribution.connection import scopes_ask_nodes
from kernel.distribution.nodes import keeps_here, transaction_at_home
from kernel.tenant_relations import TenantRow, TenantRows


class WrongScope(RuntimeError):
    """A scope was opened inside the scope of another team."""


@contextmanager
def scope(team_id: int, lock: int | None = None, *, snapshot: bool = False) -> Iterator[None]:
    """Open a transaction that sees only the rows of this team; it ends with the outermost scope.

    With `lock`, the key of an advisory lock, the same round trip takes that lock: the statements inside see all that
    was committed before. With `snapshot` the transaction only reads, all as of its beginning; it is no inner one.
    Raises WrongScope inside another team's scope. Code that runs on commit opens its own scope.
    On a cluster the transaction is on the node that holds the team (kernel.distribution.nodes). A scope inside another
    transaction goes on there: only that of a new team, whom nobody else knows yet, may take locks.
    """
    current = getattr(connection, "heymarket_team", None)
    if current == team_id:
        if lock is not None:
            kernel_sql.fetch("SELECT pg_advisory_xact_lock($1::bigint)", lock)
        yield
        return
    if current is not None:
        raise WrongScope(f"scope of team {team_id} inside the scope of team {current}")
    # SET takes no parameters; the integer is formatted here. LOCAL ends with the transaction.
    preparing = [f"SET LOCAL heymarket.team = '{int(team_id):d}'", _ONE_PROCESS]
    if snapshot:
        preparing.insert(0, _SNAPSHOT)
    locking = [f"SELECT pg_advisory_xact_lock({int(lock):d})"] if lock is not None else []
    nested, on_cluster = connection.in_atomic_block, scopes_ask_nodes()
    direct = on_cluster and not nested
    with transaction_at_home(team_id, preparing, locking) if direct else transaction.atomic():
        if on_cluster and nested:
            kernel_sql.begin_with([_REACHES_SHARDS, *preparing, *locking])
        elif not direct:
            kernel_sql.begin_transaction("; ".join(preparing + locking))
        connection.heymarket_team = team_id  # type: ignore[attr-defined]
        try:
            yield
        finally:
            connection.heymarket_team = None  # type: ignore[attr-defined]
        if nested:  # the outer transaction must not see the team's rows
            kernel_sql.fetch("SET LOCAL heymarket.team = ''")


def may_lock_here(team_id: int) -> bool:
    """Inside a scope: whether locks of a linked team count here. On a cluster they do if this node holds that team."""
    return not scopes_ask_nodes() or keeps_here(team_id)


@contextmanager
def linked_scope(team_id: int) -> Iterator[None]:
    """Inside a scope: see the rows of a linked team instead, in the same transaction.

    Only optout.ledger_writer uses it, to copy an opt-out; the link was checked by the database.
    """
    own: int = connection.heymarket_team  # type: ignore[attr-defined]
    kernel_sql.fetch(f"SET LOCAL heymarket.team = '{int(team_id):d}'")
    connection.heymarket_team = team_id  # type: ignore[attr-defined]
    try:
        yield
    finally:
        connection.heymarket_team = own  # type: ignore[attr-defined]
    kernel_sql.fetch(f"SET LOCAL heymarket.team = '{int(own):d}'")


_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
# The connection may be from before the distribution, which sets this for the database.
_REACHES_SHARDS = "SET LOCAL citus.propagate_set_commands = 'local'"
# A statement for a page or an export takes one processor at a time, and leaves the others to the texts that arrive.
_ONE_PROCESS = "SET LOCAL max_parallel_workers_per_gather = 0"


class TenantKey(models.ForeignKey):
    """A foreign key between tenant tables: joins and lookups include the team.

    Its constraint in the database is a TenantReference, since Django's would not include the team.
    """

    forward_related_accessor_class = TenantRow
    related_accessor_class = TenantRows

    def __init__(self, to: Any, **options: Any) -> None:
        options.update(on_delete=models.DO_NOTHING, db_constraint=False)
        options.setdefault("db_index", False)
        super().__init__(to, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        for implied in ("on_delete", "db_constraint", "db_index"):
            options.pop(implied, None)
        return name, path, args, options

    def get_joining_fields(self, reverse_join: bool = False) -> Any:
        ours, theirs = self.model._meta.get_field("team"), self.remote_field.model._meta.get_field("team")
        pair = (theirs, ours) if reverse_join else (ours, theirs)
        return (*super().get_joining_fields(reverse_join), pair)

    def get_extra_descriptor_filter(self, instance: Any) -> dict[str, Any]:
        return {"team_id": instance.team_id}


class _TenantConstraint(models.BaseConstraint):
    """A constraint with its own SQL, validated only by the database."""

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        if sql := self.create_sql(model, schema_editor):
            schema_editor.deferred_sql.append(sql)
        return ""

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _TenantConstraint) and self.deconstruct() == other.deconstruct()

    __hash__ = models.BaseConstraint.__hash__


class TenantIsolation(_TenantConstraint):
    """Primary key (team_id, id), and a policy that shows a row only to its own team.

    After a transaction the setting is '' instead of null, hence nullif: no scope means no rows.
    """

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        table = model._meta.db_table
        statements = self._statements(table)
        if kernel_sql.fetch("SELECT to_regclass($1)", table)[0][0] is None:  # Django creates it afterwards
            schema_editor.deferred_sql.extend(statements)
        else:
            for statement in statements:
                schema_editor.execute(statement, params=None)
        return ""

    def _statements(self, table: str) -> list[str]:
        """One by one: Citus passes the text of a statement on, which must be no more than the statement."""
        return [
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey, ADD PRIMARY KEY (team_id, id)",
            *([distribution_sql(table)] if is_distributed() else ()),
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY team ON {table} "
            "USING (team_id = nullif(current_setting('heymarket.team', true), '')::bigint)",
        ]

    def remove_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        table = model._meta.db_table
        return (
            f"DROP POLICY team ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey, ADD PRIMARY KEY (id)"
        )


class TenantReference(_TenantConstraint):
    """The foreign key (team_id, x_id) -> (team_id, id) behind a TenantKey.

    `on_delete` is SQL: RESTRICT or CASCADE. A distributed database refuses SET NULL for one of the columns, so a
    package that needs it has a trigger (contacts/triggers.sql).
    """

    def __init__(self, *, field: str, on_delete: str = "RESTRICT", name: str, **options: Any) -> None:
        self.field, self.on_delete = field, on_delete
        super().__init__(name=name, **options)

    def deconstruct(self) -> Any:
        path, args, options = super().deconstruct()
        return path, args, {**options, "field": self.field, "on_delete": self.on_delete}

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        field = model._meta.get_field(self.field)
        # At the end of the migration, since the other table may get its primary key later.
        schema_editor.deferred_sql.append(
            f"ALTER TABLE {model._meta.db_table} ADD CONSTRAINT {self.name} FOREIGN KEY (team_id, {field.column}) "
            f"REFERENCES {field.related_model._meta.db_table} (team_id, id) ON DELETE {self.on_delete}"
        )
        return ""

    def remove_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        return f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {self.name}"


class TenantModel(models.Model):
    """A row of one team. Its UPDATE and DELETE include the team besides the ID."""

    team = models.ForeignKey(
        "accounts.Team", on_delete=models.DO_NOTHING, db_index=False, related_name="%(class)ss"
    )
    team_id: int

    class Meta:
        abstract = True
        constraints = [TenantIsolation(name="%(app_label)s_%(class)s_isolation")]

    def as_insert_statement(self) -> kernel_sql.InsertStatement:
        """INSERT statement for this unsaved instance."""
        return kernel_sql.insert_statement(type(self), **kernel_sql.column_values(self))

    def insert(self) -> None:
        """`save` of a new row, for operations that run once per text: see sql.insert_row."""
        kernel_sql.insert_row(self)

    @classmethod
    def insert_statement(
        cls, on_conflict: str = "", returning: str = "", condition: str = "", **values: Any
    ) -> kernel_sql.InsertStatement:
        """An INSERT to be run together with others: see sql.insert_statement."""
        return kernel_sql.insert_statement(cls, on_conflict, returning, condition, **values)

    @classmethod
    def select_rows(cls, where: str, *values: Any) -> list[Self]:
        """`filter`, for operations that run once per text: see sql.select_rows."""
        return kernel_sql.select_rows(cls, where, *values)

    def save_base(self, *args: Any, **options: Any) -> None:
        """Raises NotUpdated if the row was deleted since it was loaded: saving never brings back a deleted row."""
        if not self._state.adding and not options.get("force_insert"):
            options["force_update"] = True
        super().save_base(*args, **options)

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, *args: Any) -> Any:
        # The team is in WHERE, not in SET: a row never changes its team, and Citus refuses a distribution column there.
        values = [value for value in values if value[0].attname != "team_id"]
        return super()._do_update(base_qs.filter(team_id=self.team_id), using, pk_val, values, *args)

    def delete(self, **_: Any) -> tuple[int, dict[str, int]]:  # type: ignore[override]
        return type(self)._base_manager.filter(team_id=self.team_id, pk=self.pk).delete()
