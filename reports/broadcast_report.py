"""Broadcast report: the broadcasts that began in a period, each and by template, compared with the previous period."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from contacts.exports.stream import RowBatches
from kernel.spreadsheets.cells import escape_formula
from kernel.spreadsheets.writers import Row
from kernel.tenancy import scope
from messaging.broadcasts.figures import FiguresOfBroadcast, figures_of
from messaging.broadcasts.models import Broadcast
from reports.charts.scales import Scale
from reports.forms import InboxFilterForm
from reports.periods import DAY, Period, midnight
from reports.query import ReportQuery
from reports.tables import Figure, FigureColumn, FigureRow, FigureTable, column_heads, row_cells, share
from reports.wording import format_local

MAX_BROADCASTS = 100  # on the page; the export has all
WITHOUT_TEMPLATE = "Without a template"
HEADER: Row = (
    "Broadcast", "Category", "Template", "Inbox", "Confirmed By", "Started", "Ended", "Status", "Audience", "Left Out",
    "Sent", "Delivered", "Failed", "Replied", "Opted Out", "Understood As Opt-out",
)  # fmt: skip


class BroadcastReportForm(InboxFilterForm):
    """Days, and the inbox from which a broadcast is sent."""


@dataclass
class BroadcastTotals:
    """The texts of some broadcasts."""

    broadcasts: int = 0
    sent: int = 0
    delivered: int = 0
    replied: int = 0
    opted_out: int = 0

    def add(self, figures: FiguresOfBroadcast) -> None:
        self.broadcasts += 1
        self.sent += figures.handed_over
        self.delivered += figures.delivered
        self.replied += figures.replied
        self.opted_out += figures.opted_out


COLUMNS: tuple[FigureColumn[BroadcastTotals], ...] = (
    FigureColumn("Sent", lambda totals: totals.sent),
    FigureColumn("Delivered", lambda totals: share(totals.delivered, totals.sent), Scale.SHARE),
    FigureColumn(
        "Replied", lambda totals: share(totals.replied, totals.sent), Scale.SHARE, "Within 72 hours"
    ),
    FigureColumn(
        "Opted out", lambda totals: share(totals.opted_out, totals.sent), Scale.SHARE, "Within 72 hours"
    ),
)


@dataclass(frozen=True)
class BroadcastReport:
    """The page."""

    figures: tuple[Figure, ...]
    broadcasts: FigureTable
    templates: FigureTable
    more: int = 0  # broadcasts that the page leaves out


def build_broadcast_report(query: ReportQuery) -> BroadcastReport | None:
    """None if no broadcast began in the period."""
    found = list(_broadcasts(query, query.period))
    if not found:
        return None
    counted = [(broadcast, figures_of(broadcast)) for broadcast in found]
    return BroadcastReport(
        broadcast_figures(query),
        FigureTable(
            "broadcasts",
            "By broadcast",
            column_heads("Broadcast", COLUMNS),
            tuple(_row(query, broadcast, figures) for broadcast, figures in counted[:MAX_BROADCASTS]),
            FigureRow("Total", row_cells(COLUMNS, _total(figures for _, figures in counted))),
        ),
        _by_template(counted),
        max(0, len(found) - MAX_BROADCASTS),
    )


def broadcast_figures(query: ReportQuery) -> tuple[Figure, ...]:
    """All broadcasts of the period together, beside those of the previous period."""
    now, before = (
        _total(map(figures_of, _broadcasts(query, period)))
        for period in (query.period, query.period.before())
    )
    return (
        Figure.compare("Broadcasts", now.broadcasts, before.broadcasts),
        *(
            Figure.compare(column.label, column.value(now), column.value(before), column.scale, column.hint)
            for column in COLUMNS
        ),
    )


def _broadcasts(query: ReportQuery, period: Period) -> Iterable[Broadcast]:
    """Those that began in the period, the newest first."""
    since, until = midnight(period.first, query.zone), midnight(period.last + DAY, query.zone)
    rows = Broadcast.objects.filter(team_id=query.team.id, started_at__gte=since, started_at__lt=until)
    if query.value("inbox"):
        rows = rows.filter(inbox_id=int(query.value("inbox")))
    return rows.select_related("inbox").order_by("-started_at", "-id")


def _total(figures: Iterable[FiguresOfBroadcast]) -> BroadcastTotals:
    total = BroadcastTotals()
    for one in figures:
        total.add(one)
    return total


def _row(query: ReportQuery, broadcast: Broadcast, figures: FiguresOfBroadcast) -> FigureRow:
    assert broadcast.started_at is not None
    link = reverse("broadcast", args=[query.team.slug, broadcast.id])
    return FigureRow(
        broadcast.name, row_cells(COLUMNS, _total([figures])), query.clock.moment(broadcast.started_at), link
    )


def _by_template(counted: list[tuple[Broadcast, FiguresOfBroadcast]]) -> FigureTable:
    totals: dict[str, BroadcastTotals] = {}
    for broadcast, figures in counted:
        totals.setdefault(broadcast.template_title or WITHOUT_TEMPLATE, BroadcastTotals()).add(figures)
    named = sorted(totals.items(), key=lambda item: (-item[1].sent, item[0]))
    rows = tuple(
        FigureRow(
            name, row_cells(COLUMNS, one), f"{one.broadcasts} broadcast{'' if one.broadcasts == 1 else 's'}"
        )
        for name, one in named
    )
    return FigureTable("templates", "By template", column_heads("Template", COLUMNS), rows)


# -- export ------------------------------------------------------------------------------------------------------


def export(query: ReportQuery) -> tuple[Row, RowBatches]:
    """Header and rows. Called in the team's scope; the rows open one of their own."""
    return HEADER, _export_rows(query)


def _export_rows(query: ReportQuery) -> RowBatches:
    with scope(query.team.id):
        rows = [_cells(query, broadcast) for broadcast in _broadcasts(query, query.period)]
    yield rows


def _cells(query: ReportQuery, broadcast: Broadcast) -> Row:
    figures = figures_of(broadcast)
    assert broadcast.started_at is not None
    words = (
        broadcast.name,
        str(broadcast.get_category_display()),
        broadcast.template_title,
        broadcast.inbox.name if broadcast.inbox else "",
        broadcast.author_name,
        format_local(broadcast.started_at, query.zone),
        format_local(broadcast.ended_at, query.zone) if broadcast.ended_at else "",
        str(broadcast.get_status_display()),
    )
    numbers = (
        figures.audience, sum(figures.left_out.values()), figures.handed_over, figures.delivered, figures.failed,
        figures.replied, figures.opted_out, figures.understood,
    )  # fmt: skip
    return [*map(escape_formula, words), *map(str, numbers)]
