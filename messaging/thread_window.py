"""Window of a thread: the texts that a page shows, from its address, with pages in both directions."""

from dataclasses import dataclass
from typing import Any, Self

from django.db.models import QuerySet
from django.http import QueryDict

from kernel.id_parameter import read_id
from kernel.keyset import Cursor, after, down_from, until
from messaging.inbox import MAX_REFETCH, PAGE_SIZE, read_cursor
from messaging.models import Message


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

    def find(self, texts: QuerySet[Message]) -> tuple[list[Message], Cursor | None]:
        """The texts, newest first, and the last one's cursor if later ones are left out."""
        since, upto = self._bounds(texts)
        shown = until(texts, "at", since) if since else texts
        shown = down_from(shown, "at", upto) if upto else shown
        return list(shown.order_by("-at", "-id")[: MAX_REFETCH if since else PAGE_SIZE]), upto

    def _bounds(self, texts: QuerySet[Message]) -> tuple[Cursor | None, Cursor | None]:
        if self.around and (text := texts.filter(id=self.around).first()):
            here = Cursor(text.id, text.at)
            return _earlier(texts, here, PAGE_SIZE // 2), _later(texts, here, PAGE_SIZE // 2)
        earlier = self.earlier
        if self.chosen and not (earlier or self.since) and (text := texts.filter(id=self.chosen).first()):
            earlier = Cursor(text.id, text.at)
        since = _earlier(texts, earlier, PAGE_SIZE) if earlier else self.since
        return since, _later(texts, self.later, PAGE_SIZE) if self.later else self.upto


def _earlier(texts: QuerySet[Message], cursor: Cursor, count: int) -> Cursor:
    """The text so many texts before the cursor's, or the first one."""
    rows = after(texts, "at", cursor).order_by("-at", "-id")
    found: list[Any] = list(rows.values_list("id", "at")[:count])
    return Cursor(*found[-1]) if found else cursor


def _later(texts: QuerySet[Message], cursor: Cursor, count: int) -> Cursor | None:
    """The text so many texts after the cursor's. None if there are no more behind it."""
    rows = after(texts, "at", cursor, descending=False).order_by("at", "id")
    found: list[Any] = list(rows.values_list("id", "at")[: count + 1])
    return Cursor(*found[count - 1]) if len(found) > count else None
