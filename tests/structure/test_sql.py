"""SQL: a package names only tables of its own and of lower packages; raw SQL is only where the docs list it."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.apps import apps

from tests.structure.source import LAYERS, PACKAGES, ROOT, location, python_files, syntax_nodes

LEVELS = {package: level for level, layer in enumerate(LAYERS) for package in layer}
OWNERS = {
    model._meta.db_table: model._meta.app_label
    for model in apps.get_models(include_auto_created=True)
    if model._meta.app_label in PACKAGES
}
TABLE = re.compile(rf"\b({'|'.join(sorted(OWNERS, key=len, reverse=True))})\b")


def higher_tables(package: str, text: str) -> set[str]:
    """The tables in a text of packages that this package must not name."""
    return {
        table
        for table in TABLE.findall(text)
        if OWNERS[table] != package and LEVELS[OWNERS[table]] >= LEVELS[package]
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_names_no_table_of_a_higher_package(package: str) -> None:
    files = [(str(path.relative_to(ROOT)), path.read_text()) for path in (ROOT / package).rglob("*.sql")]
    texts = [
        (location(path, node), node.value)
        for path in python_files(package).values()
        for node in syntax_nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert {where: found for where, text in [*files, *texts] if (found := higher_tables(package, text))} == {}


def test_a_table_of_a_higher_package_would_be_found() -> None:
    assert higher_tables("accounts", "SELECT FROM contacts_contact") == {"contacts_contact"}
    assert higher_tables("api", "SELECT FROM webhooks_endpoint e") == {"webhooks_endpoint"}
    assert higher_tables("contacts", "SELECT FROM optout_suppression, contacts_contact") == set()


RAW = {"fetch", "fetch_row", "fetch_unprepared", "insert_together", "insert_statement", "insert_row"}
RAW |= {"begin_transaction", "begin_with", "as_insert_statement", "select_rows"}


def uses_raw_sql(path: Path) -> bool:
    """Whether a module runs SQL of its own: by kernel.sql, or by a cursor of Django's."""
    nodes = syntax_nodes(path)
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    # `messages(id).fetch()` is a carrier's API: the functions and methods here belong to modules and classes.
    attributes = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and not isinstance(node.value, ast.Call)
    }
    return bool(RAW & (names | attributes)) or ("cursor" in attributes and "connection" in names)


def test_raw_sql_is_only_where_the_docs_list_it() -> None:
    listed = (ROOT / "docs" / "architecture.md").read_text().partition("## Raw SQL")[2].partition("\n## ")[0]
    modules = set(re.findall(r"`([a-z_/]+\.py)`", listed))
    used = {str(path.relative_to(ROOT)) for path in python_files(*PACKAGES).values() if uses_raw_sql(path)}
    assert used == modules


# Rows that these modules delete. A lock for deletion makes everything wait that points at the row: inbound texts wait
# for a locked inbox or conversation, and a deadlock follows when they hold another row.
DELETES_LOCKED_ROWS = {
    "accounts/roles/team_roles.py",
    "contacts/contact/merge.py",
    "contacts/custom_fields/deletion.py",
    "contacts/retention.py",
    "messaging/erasure.py",
    "messaging/undo/undo.py",
}


def full_row_locks(nodes: Iterable[ast.AST]) -> list[ast.Call]:
    """The calls of select_for_update that also lock a row's key."""
    return [
        node
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "select_for_update"
        and "no_key" not in {keyword.arg for keyword in node.keywords}
    ]


def test_only_rows_that_are_deleted_have_their_key_locked() -> None:
    locking = {
        str(path.relative_to(ROOT))
        for path in python_files(*PACKAGES).values()
        if full_row_locks(syntax_nodes(path))
    }
    assert locking == DELETES_LOCKED_ROWS
    code = ast.parse("a.select_for_update(); b.select_for_update(no_key=True)")
    assert len(full_row_locks(ast.walk(code))) == 1
