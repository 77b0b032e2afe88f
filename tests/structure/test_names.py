"""Names: no two classes of the project, and of its style sheets, have the same name."""

import ast
import re
from collections import defaultdict

from tests.structure.source import BESIDE, PACKAGES, ROOT, location, python_files, syntax_nodes

# Names that Django asks for.
GIVEN_BY_DJANGO = {"Meta", "Command", "Migration"}


def test_no_two_classes_share_a_name() -> None:
    locations = defaultdict(list)
    for path in python_files(*PACKAGES, *BESIDE).values():
        for node in syntax_nodes(path):
            if isinstance(node, ast.ClassDef) and node.name not in GIVEN_BY_DJANGO:
                locations[node.name].append(location(path, node))
    assert {name: found for name, found in locations.items() if len(found) > 1} == {}


def test_a_class_is_laid_out_by_one_style_sheet() -> None:
    """Two components with a class of one name would change each other."""
    sheets = defaultdict[str, set[str]](set)
    for sheet in (ROOT / "static/css/components").glob("*.css"):
        for selectors in re.findall(r"(?:^|[{};])\s*([^{};]+)\{", sheet.read_text()):
            for name in re.findall(r"(?:^|,)\s*(\.[\w-]+)(?=\s*(?:,|$))", selectors):
                sheets[name].add(sheet.name)
    sheets.pop(".button")  # not printed in some components
    assert [name for name, of in sheets.items() if len(of) > 1] == []
