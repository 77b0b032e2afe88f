"""FIXME module docstring."""

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from reports import figures, wording
from reports.figures import FigureQuery, MeasureCounts
from reports.forms import DEFAULT_PRESET, PeriodFilterForm, PeriodPreset, fitting_step
from reports.models import ALL_SENDERS
from reports.periods import Step


class ReportQuery:
    """A report's address, read by a form of the report's own."""

    def __init__(self, form: PeriodFilterForm) -> None:
        form.full_clean()  # with all choices in place
        self.form, self.team, self.period = form, form.team, form.span
        self.zone = ZoneInfo(form.team.time_zone)

    def value(self, name: str) -> Any:
        """What a field says; empty where it says nothing that can be read."""
        return self.form.cleaned_data.get(name, "")

    @property
    def step(self) -> Step:
        return Step(self.value("step") or fitting_step(self.period))

    @property
    def figures(self) -> FigureQuery:
        inboxes = (int(self.value("inbox")),) if self.value("inbox") else ()
        return FigureQuery(self.team.id, self.period, inboxes, self.value("sender") or ALL_SENDERS)

    def by_step(self, asked: FigureQuery, *, is_histogram: bool = False) -> list[MeasureCounts]:
        """Figures of each step of what is asked, also where there is nothing."""
        seen = figures.by_step(asked, self.step, is_histogram=is_histogram)
        return [seen.get(one.key, MeasureCounts()) for one in asked.period.buckets(self.step, self.zone)]

    @property
    def query(self) -> str:
        """The address without what says nothing; empty for the report as it opens."""
        return self.address()

    def address(self, **others: str) -> str:
        """The same with other values for some of it."""
        said = {**self._said(), **others}
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def shared_query_string(self) -> str:
        """As much of it as every report understands."""
        return urlencode({name: value for name, value in self._said().items() if name in self.form.KEPT})

    def _said(self) -> dict[str, str]:
        between = self.value("period") == PeriodPreset.BETWEEN
        silent = {"period"} if self.value("period") == DEFAULT_PRESET else set()
        silent |= set() if between else {"first", "last"}
        bad = (
            {"period", "first", "last"}
            if {"first", "last"} & self.form.errors.keys()
            else set(self.form.errors)
        )
        return {
            name: self.form.data[name]
            for name in self.form.fields
            if self.value(name) and name not in silent | bad
        }

    @property
    def words(self) -> str:
        """What the report is about: its days, and whatever it is narrowed to."""
        told = [wording.format_period(self.period)]
        for name in self.form.fields:
            if name not in ("period", "first", "last", "step", "sort") and self.value(name):
                told.append(self._label(name))
        return ", ".join(told)

    def _label(self, name: str) -> str:
        for bound in self.form[name].subwidgets:
            if str(bound.data.get("value", "")) == str(self.form.data[name]):
                return str(bound.data["label"])
        return str(self.value(name))
