"""The reports that can be mailed: how each reads what it is asked, its main figures, and its table as a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from accounts.models import Team
from contacts.exports import Batches
from contacts.writers import Row
from reports import consent_export, opt_out_export, volume_export
from reports.asked import Question
from reports.comparing import Figure
from reports.consent_report import ConsentForm, consent
from reports.opt_out_asked import OptOutForm, OptOutQuestion
from reports.opt_outs import opt_outs
from reports.team import TeamForm, export_of, figures_of
from reports.volume import VolumeForm, volume_of


@dataclass(frozen=True)
class Kind:
    page: str  # the name of its page's address, and its own
    label: str
    ask: Callable[[Team, QueryDict], Question]
    figures: Callable[[Question], Sequence[Figure]]
    export: Callable[[Question], tuple[Row, Batches]]  # in the team's scope; rows are read outside of it

    @property
    def file(self) -> str:
        return self.label.lower().replace(" ", "-")


def _volume(question: Question) -> Sequence[Figure]:
    report = volume_of(question)
    return report.figures if report else ()


def _opt_outs(question: Question) -> Sequence[Figure]:
    assert isinstance(question, OptOutQuestion)
    report = opt_outs(question)
    return report.figures if report else ()


def _consent(question: Question) -> Sequence[Figure]:
    report = consent(question)
    standings = report.standings.figures if report.standings else ()
    return (*standings, *report.refused, *report.stops)


KINDS = {
    kind.page: kind
    for kind in (
        Kind("volume", "Volume", lambda team, query: Question(VolumeForm(team, query)), _volume, volume_export.export),
        Kind(
            "opt_out_report", "Opt Out", lambda team, query: OptOutQuestion(OptOutForm(team, query)), _opt_outs,
            opt_out_export.export,
        ),
        Kind(
            "consent_report", "Consent", lambda team, query: Question(ConsentForm(team, query)), _consent,
            consent_export.export,
        ),
        Kind("team_report", "Team", lambda team, query: Question(TeamForm(team, query)), figures_of, export_of),
    )
}  # fmt: skip
