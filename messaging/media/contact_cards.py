"""Contact cards (vCard 2.1 to 4.0, RFC 6350): the name and the number of the first person in a file."""

import quopri
import re
from typing import NamedTuple

from kernel.visible_text import has_visible_characters


class ContactCard(NamedTuple):
    """The person on a contact card, in the words of the card. Both may be empty."""

    name: str
    number: str


_LINE = re.compile(r"(?:[\w-]+\.)?(?P<property>[A-Za-z-]+)(?P<parameters>(?:;[^:]*)?):(?P<value>.*)")


def read_card(content: bytes) -> ContactCard:
    """The first card of a file. What cannot be read is left out."""
    name, structured_name, number = "", "", ""
    for line in _unfolded(content.decode("utf-8", "replace").replace("\0", "")):
        if not (match := _LINE.fullmatch(line)):
            continue
        value = _plain(match["value"], match["parameters"])
        match match["property"].upper():
            case "FN":
                name = name or value
            case "N":
                structured_name = structured_name or value
            case "TEL":
                number = number or value.removeprefix("tel:")
            case "END":
                break
    family, given, *_ = [*structured_name.split(";"), "", ""]
    name = name or f"{given} {family}".strip()
    return ContactCard(name[:100] if has_visible_characters(name) else "", number[:40])


def _unfolded(text: str) -> list[str]:
    """The lines of a card: a line that begins with white space continues the line before, as does "=" at its end."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    return re.sub(r"=\r?\n", "", unfolded).splitlines()


def _plain(value: str, parameters: str) -> str:
    if "QUOTED-PRINTABLE" in parameters.upper():
        value = quopri.decodestring(value.encode()).decode("utf-8", "replace")
    return re.sub(r"\\([,;\\])", r"\1", value).replace("\\n", " ").strip()
