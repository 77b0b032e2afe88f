"""Invited keywords: texts of ours that ask for replies which act as keywords, in all languages."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from optout.invited_keywords import PATTERN, invitation_warning, invited_keywords

TEXTS: list[tuple[str, list[str]]] = [
    ("Your visit is tomorrow at 3. Reply CANCEL to cancel.", ["CANCEL"]),
    ("Reply C to confirm or CANCEL to cancel", ["CANCEL"]),
    ("Reply YES to confirm, CANCEL to cancel", ["YES", "CANCEL"]),
    ("Reply YES or NO", ["YES"]),
    ('Please reply with "yes" if you can come', ["YES"]),
    ("Text QUIT to leave the game", ["QUIT"]),
    ("text END", ["END"]),
    ("Respond with the word yes.", ["YES"]),
    ("Responda CANCELAR para cancelar su cita", ["CANCELAR"]),
    ("Envíe FIN para terminar", ["FIN"]),
    ("Répondez ANNULER pour annuler", ["ANNULER"]),
    ("Responda com a palavra CANCELAR", ["CANCELAR"]),
    ("Antworten Sie mit ENDE, um zu beenden", ["ENDE"]),
    ("Antwoord met CANCEL om te annuleren", ["CANCEL"]),
    ("Rispondi CANCELLA per annullare", ["CANCELLA"]),
    ("Rispondi YES per confermare", ["YES"]),
    ("Reply STOP to opt out", []),
    ("Reply HELP for help or STOP to opt out", []),
    ("Reply CANCEL to opt out", []),
    ("Text END to stop getting these texts", []),
    ("Please send your report by the end of the day", []),
    ("Text end of day works", []),
    ("You can cancel online. Reply to this text with questions", []),
    ("Yes, we can. Send it over", []),
    ("Reply C to confirm", []),
    ("I will text. Yes", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "words"), TEXTS)
def test_invited_keywords(text: str, words: list[str]) -> None:
    assert sorted(invited_keywords(text)) == sorted(words)
    assert bool(invitation_warning(text)) == bool(words)


@pytest.mark.parametrize(
    "text", ["reply " * 20_000, "reply or " * 20_000, "reply with " * 9_000 + "yes" * 9_000]
)
def test_long_texts(text: str) -> None:
    assert isinstance(invited_keywords(text), list)


def test_a_browser_finds_the_same(browser: Any) -> None:
    page = browser.new_page()
    page.add_script_tag(content=Path(settings.BASE_DIR, "static/js/invited_keywords.js").read_text())
    for text, words in TEXTS:
        found = page.evaluate("([text, e]) => invited(text, new RegExp(e, 'i'))", [text, PATTERN])
        assert sorted(found) == sorted(words), text
    page.close()
