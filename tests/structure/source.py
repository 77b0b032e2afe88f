"""The project's own source files, as the structure tests read them."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
# From the lowest package to the highest; those in one tuple do not import each other.
LAYERS = (
    ("kernel",), ("accounts",), ("webhooks", "api"), ("optout",), ("contacts",), ("messaging",), ("reports",),
    ("portability",), ("demo",), ("heymarket",),
)  # fmt: skip
PACKAGES = tuple(package for layer in LAYERS for package in layer)
BESIDE = ("devserver", "bench", "tests")


@cache
def python_files(*packages: str) -> dict[str, Path]:
    """The files of these packages by their module's dotted name, without migrations."""
    found = {}
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" not in parts:
                found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def syntax_tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


@cache
def syntax_nodes(path: Path) -> list[ast.AST]:
    """All nodes of the file's syntax tree, which takes longer to walk than to parse."""
    return list(ast.walk(syntax_tree(path)))


def location(path: Path, node: ast.AST) -> str:
    """file:line of a node, for messages."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"
