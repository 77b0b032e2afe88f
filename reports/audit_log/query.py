"""Query of the audit log: who, what and which days, in the page's address, and the entries that match."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.audit.actions import ActionGroup
from accounts.audit.models import AuditEntry
from accounts.models import Team
from kernel import keyset
from kernel.keyset import Cursor
from kernel.tenancy import scope

PAGE_SIZE = 50
BATCH_SIZE = 1000  # entries read in one scope


@dataclass(frozen=True)
class AuditQuery:
    """The filters and the cursor in the page's address, as the form of the filters read them."""

    what: str = ""  # a group of actions
    who: str = ""  # "member-5", "api_key-3", "system", "nobody"
    first: date | None = None  # days of the reader's clock
    last: date | None = None
    after: Cursor | None = None  # of the last entry on the page before

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
            rows = by_actor(rows, self.who)
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


def by_actor(rows: QuerySet[AuditEntry], who: str) -> QuerySet[AuditEntry]:
    """The entries of an actor in an address."""
    kind, _, id = who.partition("-")
    return rows.filter(actor_kind=kind, actor_id=int(id or 0))
