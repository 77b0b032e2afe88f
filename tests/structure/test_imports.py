"""Imports: no cycle between modules, and none inside a function. import-linter checks the order of the packages."""

import ast
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from tests.structure.source import BESIDE, PACKAGES, location, python_files, syntax_nodes

FILES = python_files(*PACKAGES, *BESIDE)
# Imports that can only run when the function runs, with the reason.
LATE_IMPORTS = {
    "kernel.apps": "Django loads models after the app's own module.",
    "messaging.apps": "The same.",
    "optout.apps": "The same.",
    "reports.apps": "The same.",
    "webhooks.apps": "The same.",
}


def imported_modules(nodes: Iterable[ast.AST]) -> set[str]:
    """The project's modules that a piece of code imports, wherever in it."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in FILES else node.module for name in names}
    return found & FILES.keys()


def find_cycle(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_import_each_other_in_a_cycle() -> None:
    graph = {name: imported_modules(syntax_nodes(path)) - {name} for name, path in FILES.items()}
    assert find_cycle(graph) == []


def test_a_cycle_would_be_found() -> None:
    assert find_cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) != []


def test_functions_import_no_module_of_the_project() -> None:
    """An import inside a function usually hides a cycle."""
    late = [
        location(path, inner)
        for name, path in FILES.items()
        if name not in LATE_IMPORTS and not name.startswith(("tests.", "bench."))
        if any(imported_modules([node]) for node in syntax_nodes(path) if getattr(node, "col_offset", 0))
        for function in syntax_nodes(path)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom) and imported_modules([inner])
    ]
    assert late == []
