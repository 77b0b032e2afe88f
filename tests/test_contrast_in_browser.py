"""Contrast of texts by axe: a pale text is named, beside what else axe finds; a look is checked once."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.contrast import violations_of_new_looks

PAGE = """<html lang="en"><title>Colors</title><main><h1>Dark</h1><p style="color: #ccc">Pale</p><p>Dark</p>
<button disabled style="color: #ccc">Off</button><img src="data:,"></main></html>"""


def found(page: Page, known: set[str], everything: bool = False) -> list[tuple[str, list[str]]]:
    violations = violations_of_new_looks(page, known, everything)
    return [(violation["id"], [node["html"][:4] for node in violation["nodes"]]) for violation in violations]


def test_each_look_is_checked_once(page: Page) -> None:
    page.set_content(PAGE)
    page.evaluate(Axe().axe_script)
    known = set[str]()
    assert found(page, known, everything=True) == [("color-contrast", ["<p s"]), ("image-alt", ["<img"])]
    assert len(known) == 3, "two texts and a pale one; not the button, to which the rule does not apply"
    assert found(page, known, everything=True) == [("image-alt", ["<img"])]
    assert found(page, known) == []
    assert found(page, set()) == [("color-contrast", ["<p s"])]
    assert page.locator("[data-new-look]").count() == 0
