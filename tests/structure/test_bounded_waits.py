"""No test waits for ever: what waits for a thread, a process or an event has a limit, so a failed test ends."""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from tests.structure.source import location, python_files, syntax_nodes

WAITS = {"wait", "join", "result", "acquire", "communicate"}
RUNS = {"run", "check_call", "check_output"}


def unbounded_waits(nodes: Collection[ast.AST]) -> Iterator[ast.Call]:
    """Calls without any argument of a method that waits, and commands that are run without a timeout."""
    awaited = {id(node.value) for node in nodes if isinstance(node, ast.Await)}
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and id(node) not in awaited:
            bare = node.func.attr in WAITS and not node.args and not node.keywords
            if bare or (runs_a_command(node.func) and all(word.arg != "timeout" for word in node.keywords)):
                yield node


def runs_a_command(function: ast.Attribute) -> bool:
    return function.attr in RUNS and ast.unparse(function.value) == "subprocess"


def test_every_wait_has_a_limit() -> None:
    files: list[Path] = list(python_files("tests").values())
    assert len(files) > 300
    found = [location(path, call) for path in files for call in unbounded_waits(syntax_nodes(path))]
    assert found == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("thread.join()", 1),
        ("future.result()", 1),
        ("event.wait()", 1),
        ("subprocess.run(words, check=True)", 1),
        ("thread.join(30)", 0),
        ("future.result(timeout=30)", 0),
        ("', '.join(words)", 0),
        ("subprocess.run(words, timeout=30)", 0),
        ("async def f():\n    await event.wait()", 0),
    ],
)
def test_what_counts_as_a_wait(code: str, count: int) -> None:
    assert len(list(unbounded_waits(list(ast.walk(ast.parse(code)))))) == count
