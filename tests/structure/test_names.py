"""Names: no two classes of the project have the same name."""

import ast
from collections import defaultdict

from tests.structure.source import BESIDE, PACKAGES, location, python_files, syntax_tree

# Names that Django asks for.
GIVEN_BY_DJANGO = {"Meta", "Command", "Migration"}


def test_no_two_classes_share_a_name() -> None:
    locations = defaultdict(list)
    for path in python_files(*PACKAGES, *BESIDE).values():
        for node in ast.walk(syntax_tree(path)):
            if isinstance(node, ast.ClassDef) and node.name not in GIVEN_BY_DJANGO:
                locations[node.name].append(location(path, node))
    assert {name: found for name, found in locations.items() if len(found) > 1} == {}
