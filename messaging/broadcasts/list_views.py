"""View of the list of broadcasts, with the figures of each."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view
from kernel.keyset import Cursor, after
from messaging.broadcasts.audience_form import words_for_audience
from messaging.broadcasts.figures import FiguresOfBroadcast, figures_of
from messaging.broadcasts.models import RUNNING, Broadcast, BroadcastStatus
from messaging.broadcasts.wording import describe_share

PAGE_SIZE = 25


@dataclass(frozen=True)
class CountCell:
    """A count of the list with its share of the texts that were handed over."""

    label: str
    count: int
    share: str


@dataclass(frozen=True)
class BroadcastRow:
    """A broadcast of the list. A draft has no figures."""

    broadcast: Broadcast
    figures: FiguresOfBroadcast | None
    audience: str = ""  # in words, while nobody is a recipient yet

    @property
    def at(self) -> datetime | None:
        """When it began, or is to begin."""
        return self.broadcast.started_at or self.broadcast.send_at

    @property
    def is_at_work(self) -> bool:
        return self.broadcast.status in (*RUNNING, BroadcastStatus.PAUSED)

    @property
    def cells(self) -> list[CountCell]:
        figures = self.figures
        if figures is None:
            return []
        counts = {
            "Delivered": figures.delivered,
            "Failed": figures.failed,
            "Replied": figures.replied,
            "Opted out": figures.opted_out,
        }
        sent = figures.handed_over
        return [
            CountCell(label, count, describe_share(count, sent) if sent else "")
            for label, count in counts.items()
        ]


@require_GET
@team_view(Right.SEND_BROADCASTS)
def broadcasts(request: TeamRequest) -> HttpResponse:
    """The newest first."""
    cursor = Cursor.read(request.GET.get("after", ""))
    rows = Broadcast.objects.filter(team_id=request.team.id).select_related("inbox")
    if cursor and cursor.value:
        rows = after(rows, "created_at", cursor)
    found = list(rows.order_by("-created_at", "-id")[: PAGE_SIZE + 1])
    page = found[:PAGE_SIZE]
    older = Cursor(page[-1].id, page[-1].created_at) if len(found) > PAGE_SIZE else None
    context = {
        "section": "broadcasts",
        "rows": [_row(request, row) for row in page],
        "older": older,
        "after": cursor,
    }
    return render(request, "broadcasts/broadcasts.html", context)


def _row(request: TeamRequest, broadcast: Broadcast) -> BroadcastRow:
    if broadcast.status in (BroadcastStatus.DRAFT, BroadcastStatus.SCHEDULED):
        return BroadcastRow(broadcast, None, words_for_audience(broadcast, request.team))
    return BroadcastRow(broadcast, figures_of(broadcast))
