"""Migrations since the last release leave what that release uses: it goes on serving while they run, and after them.

A release first adds (expand), and only the release after the one that stopped using a thing removes it (contract).
docs/releases.md says how.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from tests.structure.source import PACKAGES
from tests.upgrades.releases import RELEASES

# Migrations (app/name) that may do what is forbidden, each with the reason.
ALLOWED: dict[str, str] = {}


def faults_of(operation: Operation, app: str, before: ProjectState, released: ProjectState) -> Iterator[str]:
    """What of the operation the release's code would notice."""
    match operation:
        case migrations.SeparateDatabaseAndState():
            for inner in operation.database_operations:
                yield from faults_of(inner, app, before, released)
        case migrations.DeleteModel() | migrations.AlterModelTable() if _has(released, app, operation.name):
            yield f"{type(operation).__name__} {operation.name}: the release uses its table"
        case migrations.RenameModel() if _has(released, app, operation.old_name):
            yield f"RenameModel {operation.old_name}: the release uses its table"
        case migrations.RemoveField() if _has(released, app, operation.model_name, operation.name):
            yield f"RemoveField {_label(operation)}: the release uses its column"
        case migrations.RenameField() if _has(released, app, operation.model_name, operation.old_name):
            yield f"RenameField {operation.model_name}.{operation.old_name}: the release uses its column"
        case migrations.AddField() if _has(released, app, operation.model_name):
            if not _may_be_left_out(operation.field):
                yield f"AddField {_label(operation)}: the release inserts rows without it; give it a db_default"
        case migrations.AlterField() if _has(released, app, operation.model_name, operation.name):
            yield from _narrowing(operation, before.models[app, operation.model_name_lower])


def _has(state: ProjectState, app: str, model: str, field: str | None = None) -> bool:
    found = state.models.get((app, model.lower()))
    return found is not None and (field is None or field in found.fields)


def _label(operation: Any) -> str:
    return f"{operation.model_name}.{operation.name}"


def _may_be_left_out(field: Any) -> bool:
    return field.many_to_many or field.null or field.has_db_default() or field.generated


def _narrowing(operation: migrations.AlterField, model: ModelState) -> Iterator[str]:
    """What the altered column no longer takes, and had taken."""
    before: Any = model.fields[operation.name]
    after: Any = operation.field
    if before.null and not after.null:
        yield f"AlterField {_label(operation)}: the release may write NULL"
    if before.has_db_default() and not _may_be_left_out(after):
        yield f"AlterField {_label(operation)}: the release may leave it out"
    if (after.max_length or 1 << 30) < (before.max_length or 1 << 30):
        yield f"AlterField {_label(operation)}: the release may write longer values"
    if after.get_internal_type() != before.get_internal_type():
        yield f"AlterField {_label(operation)}: another type"


def test_no_migration_since_the_last_release_breaks_it() -> None:
    loader = MigrationLoader(None)
    old = [node for node in loader.graph.leaf_nodes() if node[0] not in PACKAGES]
    old += [node for node in RELEASES[-1].migrations() if node in loader.graph.nodes]
    released = loader.project_state(old)
    state, found = loader.project_state(old), {}
    done = {node for leaf in old for node in loader.graph.forwards_plan(leaf)}
    for leaf in loader.graph.leaf_nodes():
        for app, name in loader.graph.forwards_plan(leaf):
            if (app, name) in done:
                continue
            done.add((app, name))
            migration, faults = loader.get_migration(app, name), list[str]()
            for operation in migration.operations:
                faults += faults_of(operation, app, state, released)
                operation.state_forwards(app, state)
            if faults and f"{app}/{name}" not in ALLOWED:
                found[f"{app}/{name}"] = faults
    assert found == {}


def _released() -> ProjectState:
    state = ProjectState()
    fields: list[tuple[str, Any]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("note", models.CharField(max_length=20, null=True)),
        ("count", models.IntegerField(db_default=0)),
    ]
    state.add_model(ModelState("app", "Text", fields))
    return state


GOOD: dict[str, Operation] = {
    "a nullable column": migrations.AddField("Text", "at", models.DateTimeField(null=True)),
    "a column with a default": migrations.AddField("Text", "at", models.IntegerField(db_default=0)),
    "a new table": migrations.CreateModel("New", [("id", models.BigAutoField(primary_key=True))]),
    "a table that the release has not": migrations.DeleteModel("New"),
    "a longer column": migrations.AlterField("Text", "note", models.CharField(max_length=40, null=True)),
    "out of Django's state only": migrations.SeparateDatabaseAndState(
        state_operations=[migrations.RemoveField("Text", "note")]
    ),
}
BAD: dict[str, Operation] = {
    "a column that must be given": migrations.AddField("Text", "at", models.IntegerField(default=0)),
    "a removed column": migrations.RemoveField("Text", "note"),
    "a renamed column": migrations.RenameField("Text", "note", "remark"),
    "a renamed table": migrations.RenameModel("Text", "Message"),
    "another table": migrations.AlterModelTable("Text", "texts"),
    "a deleted table": migrations.DeleteModel("Text"),
    "not null": migrations.AlterField("Text", "note", models.CharField(max_length=20, db_default="")),
    "a shorter column": migrations.AlterField("Text", "note", models.CharField(max_length=10, null=True)),
    "no default": migrations.AlterField("Text", "count", models.IntegerField()),
    "another type": migrations.AlterField("Text", "note", models.TextField(null=True)),
    "removed from the database only": migrations.SeparateDatabaseAndState(
        [migrations.RemoveField("Text", "note")]
    ),
}


@pytest.mark.parametrize("operation", GOOD.values(), ids=GOOD)
def test_what_the_release_does_not_notice_passes(operation: Operation) -> None:
    assert list(faults_of(operation, "app", _released(), _released())) == []


@pytest.mark.parametrize("operation", BAD.values(), ids=BAD)
def test_what_the_release_would_notice_is_reported(operation: Operation) -> None:
    assert list(faults_of(operation, "app", _released(), _released())) != []
