"""The typeface of all pages: Inter, whose package brings a file for every use, cut down to one for the web."""

import os
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import fontpkg_inter
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

NAME = "fonts/inter.woff"
SOURCE = fontpkg_inter.ROOT / "files" / "Inter[opsz,wght].ttf"
# The weights of the tokens --regular and --bold; letters drawn for small sizes.
AXES = {"wght": (400, 600), "opsz": 14}
# Latin letters with all accents, punctuation, currencies, arrows and the triangles of our pages. A browser takes the
# letters of other scripts from the system.
CHARACTERS = (
    range(0x20, 0x250), range(0x2BB, 0x2BD), range(0x300, 0x304), range(0x1E00, 0x1F00), range(0x2010, 0x2040),
    range(0x20A0, 0x20C0), range(0x2190, 0x2194), [0x2122, 0x2212, 0x2248, 0x2318, 0x25B2, 0x25BC],
)  # fmt: skip
NAMES = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # with copyright and licence (OFL 1.1)
FEATURES = ["calt", "ccmp", "kern", "locl", "mark", "mkmk", "tnum"]


class TypefaceFinder(BaseFinder):
    """Finds the static file NAME, and makes it first if no earlier process has: some seconds."""

    def find(self, path: str, find_all: bool = False) -> Any:
        found = [str(made())] if path == NAME else []
        return found if find_all else next(iter(found), None)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        yield NAME, FileSystemStorage(made().parents[1])


def made() -> Path:
    """The file, in a folder of its own for each version of the package and of this module."""
    recipe = sha256(Path(__file__).read_bytes() + SOURCE.read_bytes()).hexdigest()
    path: Path = settings.VAR_DIR / "typeface" / recipe[:12] / NAME
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            for_the_web().save(file)
        os.chmod(file.name, 0o644)
        os.replace(file.name, path)  # whole, also if two processes make it at once
    return path


def for_the_web() -> TTFont:
    subsetter = Subsetter(Options(layout_features=FEATURES, hinting=False, name_IDs=NAMES))
    subsetter.populate(unicodes=[code for codes in CHARACTERS for code in codes])
    font = TTFont(SOURCE)
    subsetter.subset(font)
    font = instantiateVariableFont(font, AXES)
    font.flavor = "woff"
    return font
