"""Buttons for what cannot be taken back look alike on all pages: outline, icon and word; never like Save, never red."""

import re
from pathlib import Path

from django.conf import settings

BUTTON = re.compile(
    r'<(?P<tag>button|a)\b[^>]*?class="(?P<classes>button[^"]*)".*?>(?P<inside>.*?)</(?P=tag)>', re.DOTALL
)
DANGEROUS = re.compile(
    r"(Delete|Erase|Save and erase|Merge|Revoke|Remove (?!the sample)|Leave$|Undo import|Undo the rest)"
)
TAKEN_BACK = {  # by the same page: these only look like it
    ("messaging/ticked_bar.html", "Remove"),  # a tag
    ("messaging/review.html", "Leave opted out"),
    ("account/email.html", "Remove"),  # an address, which may be added again
}


def buttons() -> list[tuple[str, str, str, str]]:
    """Template, classes, words and HTML of each button."""
    root = Path(settings.BASE_DIR) / "templates"
    return [
        (path.relative_to(root).as_posix(), found["classes"], words_of(found["inside"]), found["inside"])
        for path in sorted(root.rglob("*.html"))
        for found in BUTTON.finditer(path.read_text())
    ]


def words_of(html: str) -> str:
    return " ".join(re.sub(r"{%.*?%}|<.*?>", " ", html, flags=re.DOTALL).split())


def test_what_cannot_be_taken_back_has_the_same_button_everywhere() -> None:
    wrong, seen = [], 0
    for template, classes, words, html in buttons():
        if not DANGEROUS.match(words) or any(template == t and words.startswith(w) for t, w in TAKEN_BACK):
            continue
        seen += 1
        alike = "button-danger" in classes and not re.search("button-(primary|stop|quiet)", classes)
        if not alike or 'include "icon.html"' not in html:
            wrong.append((template, words, classes))
    assert seen >= 20
    assert wrong == []
