"""Query of the audit log: who, what and which days, in the page's address, and the entries that match."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import QueryDict

from accounts.audit.actions import ActionGroup, ActorKind
from accounts.audit.models import AuditEntry
from accounts.models import Team
from kernel import keyset
from kernel.keyset import Cursor
from kernel.tenancy import scope

_WHO = re.compile(rf"({'|'.join(ActorKind.values)})(-[0-9]{{1,18}})?", re.ASCII)
PAGE_SIZE = 50
BATCH_SIZE = 1000  # entries read in one scope


@dataclass(frozen=True)
class AuditQuery:
    """The filters and the cursor in the page's address. Unknown and bad values are ignored."""

    what: str = ""  # a group of actions
    who: str = ""  # "member-5", "api_key-3", "system", "nobody"
    first: date | None = None  # days of the reader's clock
    last: date | None = None
    after: Cursor | None = None  # of the last entry on the page before

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        what, who = query.get("what", ""), query.get("who", "")
        after = Cursor.read(query.get("after", ""))
        return cls(
            what=what if what in ActionGroup.values else "",
            who=who if _WHO.fullmatch(who) else "",
            first=_read_day(query.get("first", "")),
            last=_read_day(query.get("last", "")),
            after=after if after and after.value else None,
        )

    @property
    def query(self) -> str:
        """The filters as a query string."""
        filters = {"what": self.what, "who": self.who, "first": self.first, "last": self.last}
        return urlencode({name: value for name, value in filters.items() if value})

    def by(self, entry: AuditEntry) -> str:
        """The query string of everything that the actor of an entry did."""
        return replace(self, who=who_of(entry.actor_kind, entry.actor_id)).query

    def entries(self, team: Team, zone: ZoneInfo) -> QuerySet[AuditEntry]:
        """The entries that match, newest first, on all pages."""
        rows = AuditEntry.objects.filter(team=team).order_by("-at", "-id")
        if self.what:
            rows = rows.filter(action__in=ActionGroup(self.what).actions)
        if self.who:
            kind, _, id = self.who.partition("-")
            rows = rows.filter(actor_kind=kind, actor_id=int(id or 0))
        if self.first:
            rows = rows.filter(at__gte=datetime.combine(self.first, time(), zone))
        if self.last:
            rows = rows.filter(at__lt=datetime.combine(self.last + timedelta(days=1), time(), zone))
        return rows

    def page(self, team: Team, zone: ZoneInfo) -> tuple[list[AuditEntry], Cursor | None]:
        """The entries of this page, and the cursor of the next."""
        rows = self.entries(team, zone)
        found = list((keyset.after(rows, "at", self.after) if self.after else rows)[: PAGE_SIZE + 1])
        shown = found[:PAGE_SIZE]
        return shown, Cursor(shown[-1].id, shown[-1].at) if len(found) > PAGE_SIZE else None

    def batches(self, team: Team, zone: ZoneInfo) -> Iterator[list[AuditEntry]]:
        """All entries that match, newest first, each batch read in its own scope."""
        cursor: Cursor | None = None
        while True:
            with scope(team.id):
                rows = self.entries(team, zone)
                batch = list((keyset.after(rows, "at", cursor) if cursor else rows)[:BATCH_SIZE])
            yield batch
            if len(batch) < BATCH_SIZE:
                return
            cursor = Cursor(batch[-1].id, batch[-1].at)


def who_of(kind: str, id: int) -> str:
    """An actor in an address."""
    return f"{kind}-{id}" if id else kind


def _read_day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return (
        day if 2000 <= day.year < 3000 else None
    )  # times near the limits of datetime overflow in other zones
