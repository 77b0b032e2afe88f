"""Generator of odd values: texts, numbers, cells, forms and JSON as people, programs and attackers send them."""

import csv
import io
import random
from collections.abc import Callable
from typing import Any

KEYWORDS = ["STOP", "stop", "Stop.", "UNSUBSCRIBE", "cancel", "END", "quit", "START", "YES", "UNSTOP", "HELP"]
WORDS = [
    "hello", "Maria", "O'Brien", "Łukasz", "Straße", "José", "李小龍", "محمد", "שלום", "🙂", "e\u0301", "Ω", "ﬁ", "İ",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467",
]  # fmt: skip
ODD_PIECES = [
    "\x00", "\x01", "\x1b[31m", "\x7f", "\u200b", "\u200e", "\u202e", "\u2028", "\ufeff", "\ufffd", "\ud83d", "\udc00",
    "\U000e0041", "\u0300" * 40, "\n", "\r\n", "\t", "\\", "\\'", '"', "'", "`", ",", ";", "|", "%", "%%", "%s", "%00",
    "%2f", "&amp;", "<b>", "<script>alert(1)</script>", "{{ 7|add:1 }}", "{% now %}", "=1+1", "+1", "-1", "@SUM(1)",
    "\n=1+1", "＝1", "../", "..", ".", "/", "//", "?", "#", "&", "=", "+", "~", "$1", "$name", ":", "null",
    "None", "NaN", "0", "-0", "1e309", "9" * 30, "2026-02-30", "31.12.2026", "24:00", "a" * 300, "\u00e9" * 200,
    "𝕊𝕋𝕆ℙ", "ＳＴＯＰ",
]  # fmt: skip


class OddValues(random.Random):
    """A random generator with a seed, so that a failure can be repeated."""

    def piece(self) -> str:
        kind = self.random()
        if kind < 0.35:
            return self.choice(WORDS)
        if kind < 0.45:
            return self.choice(KEYWORDS)
        if kind < 0.85:
            return self.choice(ODD_PIECES)
        return chr(self.choice([self.randrange(0x20), self.randrange(0x300), self.randrange(0x110000)]))

    def text(self, most: int = 6) -> str:
        """A text of up to `most` pieces, which may be no valid Unicode."""
        pieces = [self.piece() for _ in range(self.randrange(most + 1))]
        return self.choice(["", " ", "\n"]).join(pieces)

    def unicode_text(self, most: int = 6) -> str:
        """A text that can be encoded."""
        return self.text(most).encode(errors="replace").decode()

    def body(self) -> str:
        return self.choice(KEYWORDS) if self.random() < 0.4 else self.unicode_text()

    def number(self) -> str:
        """A valid number, one of a few hundred, so that numbers meet again."""
        return f"+1415555{self.randrange(100, 400):04d}"

    def sender(self) -> str:
        """A sender as a carrier may write it."""
        kind = self.random()
        if kind < 0.6:
            return self.number()
        if kind < 0.7:
            return self.choice(["rcs:", "whatsapp:", "SMS:", "tel:"]) + self.number()
        if kind < 0.8:
            return self.choice(
                ["384387", "22000", "ALERTS", "My Bank", "A/B", "a.b", "..", "Straße", "+", "+0", "1"]
            )
        return self.unicode_text(3)[:64] or "Nobody"

    def spelled(self, number: str) -> str:
        """The number as somebody may write it in a file."""
        national = number.removeprefix("+1")
        return self.choice([
            number, national, f"({national[:3]}) {national[3:6]}-{national[6:]}", f" {number} ", f"1-{national}",
            f"{national[:3]}.{national[3:6]}.{national[6:]}", f"\u202a{number}\u202c", f"'{number}",
        ])  # fmt: skip

    def json(self, depth: int = 2) -> Any:
        """A JSON value."""
        simple: list[Callable[[], Any]] = [
            self.unicode_text, self.number, lambda: None, lambda: True, lambda: self.randrange(-(2**70), 2**70),
            lambda: self.randrange(10), self.random, lambda: "", lambda: self.choice(KEYWORDS),
        ]  # fmt: skip
        if depth and self.random() < 0.3:
            if self.random() < 0.5:
                return [self.json(depth - 1) for _ in range(self.randrange(4))]
            return {self.unicode_text(2): self.json(depth - 1) for _ in range(self.randrange(4))}
        return self.choice(simple)()

    def mutated(self, value: Any) -> Any:
        """The JSON value with a part of it replaced, removed or added."""
        if isinstance(value, dict) and value and self.random() < 0.9:
            key = self.choice(list(value))
            change = self.random()
            if change < 0.1:
                return {name: part for name, part in value.items() if name != key}
            if change < 0.2:
                return {**value, self.unicode_text(2): self.json()}
            return {**value, key: self.mutated(value[key])}
        if isinstance(value, list) and value and self.random() < 0.8:
            at = self.randrange(len(value))
            return [*value[:at], self.mutated(value[at]), *value[at + 1 :]]
        return self.json()


def csv_file(header: list[str], rows: list[list[str]]) -> bytes:
    """A file whose cells are quoted as they need."""
    file = io.StringIO()
    csv.writer(file).writerows([header, *rows])
    return file.getvalue().encode(errors="replace")
