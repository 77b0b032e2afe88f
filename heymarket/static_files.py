"""Static files of production: our style sheets and our modules are joined, then all files are named by their hash."""

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLE_SHEET = "css/heymarket.css"
MODULE = "js/heymarket.js"

CSS_IMPORT = re.compile(r'^@import url\("(?P<url>[^"]+)"\);$', re.MULTILINE)
CSS_URL = re.compile(r"""url\((?P<quote>["']?)(?P<url>[^"')]+)(?P=quote)\)""")
JS_IMPORT = re.compile(r'^import "(?P<url>\./[^"]+)";$', re.MULTILINE)

type Read = Callable[[str], str]


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """A storage that writes the files which STYLE_SHEET and MODULE import into these two, in their order.

    The joined text replaces what `collectstatic` found, so Django finds and renames every url() in it. In development
    another storage is used, and the browser follows the imports.
    """

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            paths = {**paths, **_joined(paths)}
        yield from super().post_process(paths, dry_run=dry_run, **options)


def _joined(paths: dict[str, Any]) -> dict[str, Any]:
    """The two joined files, as entries of `paths`: a storage, and the name in it."""

    def read(name: str) -> str:
        if name not in paths:
            raise ValueError(f"{name} is imported, but there is no such static file.")
        storage, path = paths[name]
        with storage.open(path) as file:
            return file.read().decode()

    joined = InMemoryStorage()
    for name, text in (
        (STYLE_SHEET, join_style_sheets(STYLE_SHEET, read)),
        (MODULE, join_modules(MODULE, read)),
    ):
        joined.save(name, ContentFile(text.encode()))
    return {name: (joined, name) for name in (STYLE_SHEET, MODULE)}


def join_style_sheets(entry: str, read: Read) -> str:
    """The style sheet `entry` with each imported sheet in the place of its import. ValueError for other imports."""
    folder = posixpath.dirname(entry)

    def sheet(match: re.Match[str]) -> str:
        part = match["url"]
        text = CSS_URL.sub(
            lambda url: _rebased(url, posixpath.dirname(part)), read(posixpath.join(folder, part))
        )
        return f"/* {part} */\n{text}"

    joined = CSS_IMPORT.sub(sheet, read(entry))
    if "@import" in joined:
        raise ValueError(f'{entry} and its sheets may only import by @import url("…"); and only in {entry}.')
    return joined


def _rebased(match: re.Match[str], folder: str) -> str:
    """A url() relative to the joined sheet instead of `folder`. Absolute addresses and fragments stay the same."""
    url = match["url"]
    if re.match(r"[a-z]+:|/|#", url):
        return match[0]
    quote = match["quote"]
    return f"url({quote}{posixpath.normpath(posixpath.join(folder, url))}{quote})"


def join_modules(entry: str, read: Read) -> str:
    """The module `entry` with each imported module as a block in the place of its import. ValueError for others.

    A block keeps the names of a module to itself: modules run in strict mode, in which functions belong to their block.
    """
    folder = posixpath.dirname(entry)

    def block(match: re.Match[str]) -> str:
        part = posixpath.normpath(match["url"])
        return f"{{ // {part}\n{read(posixpath.join(folder, part))}\n}}"

    joined = JS_IMPORT.sub(block, read(entry))
    if re.search(r"^\s*(import|export)\b", joined, re.MULTILINE):
        raise ValueError(
            f'{entry} may only import by import "./…"; and its modules neither import nor export.'
        )
    return joined
