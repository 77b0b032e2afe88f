"""Names: no two classes of the project share one."""

import ast
from collections import defaultdict

from tests.structure.source import BESIDE, PACKAGES, place, python_files, syntax_tree

# Names that Django asks for.
GIVEN_BY_DJANGO = {"Meta", "Command", "Migration"}


def test_no_two_classes_share_a_name() -> None:
    places = defaultdict(list)
    for path in python_files(*PACKAGES, *BESIDE).values():
        for node in ast.walk(syntax_tree(path)):
            if isinstance(node, ast.ClassDef) and node.name not in GIVEN_BY_DJANGO:
                places[node.name].append(place(path, node))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
