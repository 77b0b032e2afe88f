"""ReportKind: a report that can be exported and sent by email, with its query, main figures and export."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from accounts.models import Team
from contacts.exports.stream import RowBatches
from kernel.spreadsheets.writers import Row
from reports import broadcast_report, consent_export, opt_out_export, team_export, volume_export
from reports.broadcast_report import BroadcastReportForm, broadcast_figures
from reports.consent_report import ConsentReportForm, build_consent_report
from reports.opt_out_query import OptOutReportForm, OptOutReportQuery
from reports.opt_out_report import build_opt_out_report
from reports.query import ReportQuery
from reports.tables import Figure
from reports.team_report import TeamReportForm, team_figures
from reports.volume_report import VolumeReportForm, build_volume_report


@dataclass(frozen=True)
class ReportKind:
    page: str  # the URL name of its page; stored in ReportSchedule.report
    label: str
    read_query: Callable[[Team, QueryDict], ReportQuery]
    figures: Callable[[ReportQuery], Sequence[Figure]]
    export: Callable[
        [ReportQuery], tuple[Row, RowBatches]
    ]  # called in the team's scope; each batch opens its own

    @property
    def file(self) -> str:
        return self.label.lower().replace(" ", "-")


def _volume(query: ReportQuery) -> Sequence[Figure]:
    report = build_volume_report(query)
    return report.figures if report else ()


def _opt_outs(query: ReportQuery) -> Sequence[Figure]:
    assert isinstance(query, OptOutReportQuery)
    report = build_opt_out_report(query)
    return report.figures if report else ()


def _consent(query: ReportQuery) -> Sequence[Figure]:
    report = build_consent_report(query)
    standings = report.standings.figures if report.standings else ()
    return (*standings, *report.refused, *report.stops)


REPORT_KINDS = {
    kind.page: kind
    for kind in (
        ReportKind(
            "volume",
            "Volume",
            lambda team, query: ReportQuery(VolumeReportForm(team, query)),
            _volume,
            volume_export.export,
        ),
        ReportKind(
            "opt_out_report",
            "Opt-outs",
            lambda team, query: OptOutReportQuery(OptOutReportForm(team, query)),
            _opt_outs,
            opt_out_export.export,
        ),
        ReportKind(
            "consent_report",
            "Consent",
            lambda team, query: ReportQuery(ConsentReportForm(team, query)),
            _consent,
            consent_export.export,
        ),
        ReportKind(
            "broadcast_report",
            "Broadcasts",
            lambda team, query: ReportQuery(BroadcastReportForm(team, query)),
            broadcast_figures,
            broadcast_report.export,
        ),
        ReportKind(
            "team_report",
            "Team",
            lambda team, query: ReportQuery(TeamReportForm(team, query)),
            team_figures,
            team_export.export,
        ),
    )
}
