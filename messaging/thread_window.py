"""Window of a thread: the texts that a page shows, from its address, with pages in both directions."""

from dataclasses import dataclass
from typing import Any, Self

from django.db.models import QuerySet
from django.http import QueryDict

from kernel.id_parameter import read_id
from kernel.keyset import Cursor, after, down_from, until
from kernel.loading import Loader
from messaging.inbox import MAX_REFETCH, PAGE_SIZE, read_cursor
from messaging.models import Message


@dataclass(frozen=True)
class TextsInWindow:
    """The texts of a window, newest first."""

    texts: list[Message]
    has_earlier: bool
    upto: Cursor | None  # the last text, if later ones are left out


@dataclass(frozen=True)
class ThreadWindow:
    """Which texts are asked for. Without any parameter: the newest page.

    `since` and `upto` are the first and the last text of an open page; without `upto` it reaches to the newest text.
    `earlier` and `later` ask for one more page beyond a text, and `around` for the surroundings of one.
    """

    since: Cursor | None = None
    upto: Cursor | None = None
    earlier: Cursor | None = None
    later: Cursor | None = None
    around: int | None = None
    chosen: int | None = None  # in To review: it is shown with a page before it, and all texts since

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        cursors = {name: read_cursor(query.get(name)) for name in ("since", "upto", "earlier", "later")}
        return cls(**cursors, around=read_id(query.get("around")), chosen=read_id(query.get("text")))

    def loader(self, texts: QuerySet[Message]) -> Loader[TextsInWindow]:
        since, upto = yield from self._bounds(texts)
        shown = until(texts, "at", since) if since else texts
        shown = down_from(shown, "at", upto) if upto else shown
        most = MAX_REFETCH if since else PAGE_SIZE
        before = after(texts, "at", since) if since else texts.none()
        found, earlier = yield [shown.order_by("-at", "-id")[: most + 1], before.values_list("id")[:1]]
        return TextsInWindow(found[:most], bool(found and earlier) or len(found) > most, upto)

    def _bounds(self, texts: QuerySet[Message]) -> Loader[tuple[Cursor | None, Cursor | None]]:
        if self.around and (here := (yield from _cursor(texts, self.around))):
            earlier, later = yield [
                _earlier(texts, here, PAGE_SIZE // 2),
                _later(texts, here, PAGE_SIZE // 2),
            ]
            return _first_of(earlier, here), _last_of(later, PAGE_SIZE // 2)
        before = self.earlier
        if self.chosen and not (before or self.since):
            before = yield from _cursor(texts, self.chosen)
        earlier, later = yield [
            _earlier(texts, before, PAGE_SIZE) if before else texts.none(),
            _later(texts, self.later, PAGE_SIZE) if self.later else texts.none(),
        ]
        since = _first_of(earlier, before) if before else self.since
        return since, _last_of(later, PAGE_SIZE) if self.later else self.upto


def _cursor(texts: QuerySet[Message], id: int) -> Loader[Cursor | None]:
    """The cursor of a text. None if it is not in this thread."""
    (found,) = yield [texts.filter(id=id).values_list("id", "at")]
    return Cursor(*found[0]) if found else None


def _earlier(texts: QuerySet[Message], cursor: Cursor, count: int) -> QuerySet[Message, Any]:
    rows = after(texts, "at", cursor).order_by("-at", "-id")
    return rows.values_list("id", "at")[:count]


def _first_of(earlier: list[Any], cursor: Cursor) -> Cursor:
    """The first of so many texts before the cursor's; the cursor if there are none."""
    return Cursor(*earlier[-1]) if earlier else cursor


def _later(texts: QuerySet[Message], cursor: Cursor, count: int) -> QuerySet[Message, Any]:
    rows = after(texts, "at", cursor, descending=False).order_by("at", "id")
    return rows.values_list("id", "at")[: count + 1]


def _last_of(later: list[Any], count: int) -> Cursor | None:
    """The text so many texts after a cursor's. None if there are no more behind it."""
    return Cursor(*later[count - 1]) if len(later) > count else None
