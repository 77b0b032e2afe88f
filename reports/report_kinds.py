"""The reports that can be mailed: how each reads what it is asked, its main figures, and its table as a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from accounts.models import Team
from contacts.exports.stream import RowBatches
from kernel.spreadsheets.writers import Row
from reports import consent_export, opt_out_export, volume_export
from reports.consent_report import ConsentReportForm, build_consent_report
from reports.opt_out_query import OptOutReportForm, OptOutReportQuery
from reports.opt_out_report import build_opt_out_report
from reports.query import ReportQuery
from reports.tables import Figure
from reports.team_export import export
from reports.team_report import TeamReportForm, team_figures
from reports.volume_report import VolumeReportForm, build_volume_report


@dataclass(frozen=True)
class ReportKind:
    page: str  # the name of its page's address, and its own
    label: str
    ask: Callable[[Team, QueryDict], ReportQuery]
    figures: Callable[[ReportQuery], Sequence[Figure]]
    export: Callable[
        [ReportQuery], tuple[Row, RowBatches]
    ]  # in the team's scope; rows are read outside of it

    @property
    def file(self) -> str:
        return self.label.lower().replace(" ", "-")


def _volume(question: ReportQuery) -> Sequence[Figure]:
    report = build_volume_report(question)
    return report.figures if report else ()


def _opt_outs(question: ReportQuery) -> Sequence[Figure]:
    assert isinstance(question, OptOutReportQuery)
    report = build_opt_out_report(question)
    return report.figures if report else ()


def _consent(question: ReportQuery) -> Sequence[Figure]:
    report = build_consent_report(question)
    standings = report.standings.figures if report.standings else ()
    return (*standings, *report.refused, *report.stops)


REPORT_KINDS = {
    kind.page: kind
    for kind in (
        ReportKind("volume", "Volume", lambda team, query: ReportQuery(VolumeReportForm(team, query)), _volume, volume_export.export),
        ReportKind(
            "opt_out_report", "Opt Out", lambda team, query: OptOutReportQuery(OptOutReportForm(team, query)), _opt_outs,
            opt_out_export.export,
        ),
        ReportKind(
            "consent_report", "Consent", lambda team, query: ReportQuery(ConsentReportForm(team, query)), _consent,
            consent_export.export,
        ),
        ReportKind("team_report", "Team", lambda team, query: ReportQuery(TeamReportForm(team, query)), team_figures, export),
    )
}  # fmt: skip
