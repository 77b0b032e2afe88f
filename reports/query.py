"""ReportQuery: the filters of a report, read from its address, and the addresses of other pages with them."""

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from reports import figures, wording
from reports.figures import FigureQuery, MeasureCounts
from reports.forms import DEFAULT_PRESET, PeriodFilterForm, PeriodPreset, fitting_step
from reports.models import ALL_SENDERS
from reports.periods import Step


class ReportQuery:
    """A report's address, read by the report's filter form."""

    def __init__(self, form: PeriodFilterForm) -> None:
        form.full_clean()  # now that all choices are set
        self.form, self.team, self.period = form, form.team, form.selected_period
        self.clock = form.team.clock.in_zone(form.team.time_zone)  # days are counted in the team's zone

    def value(self, name: str) -> Any:
        """The value of a field; empty if it is missing or invalid."""
        return self.form.cleaned_data.get(name, "")

    @property
    def step(self) -> Step:
        return Step(self.value("step") or fitting_step(self.period))

    @property
    def figure_query(self) -> FigureQuery:
        inboxes = (int(self.value("inbox")),) if self.value("inbox") else ()
        return FigureQuery(self.team.id, self.period, inboxes, self.value("sender") or ALL_SENDERS)

    def by_step(self, query: FigureQuery, *, with_histograms: bool = False) -> list[MeasureCounts]:
        """The figures of every step of the period, in order."""
        counts = figures.by_step(query, self.step, with_histograms=with_histograms)
        return [counts.get(step.key, MeasureCounts()) for step in query.period.buckets(self.step, self.zone)]

    @property
    def query_string(self) -> str:
        """The filters without default and invalid values; empty for the default report."""
        return self.query_string_with()

    def query_string_with(self, **others: str) -> str:
        """The same filters with some other values; an empty value removes a filter."""
        values = {**self._values(), **others}
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def shared_query_string(self) -> str:
        """The filters that all reports have."""
        return urlencode(
            {name: value for name, value in self._values().items() if name in self.form.SHARED_FIELDS}
        )

    def _values(self) -> dict[str, str]:
        omitted = set(self.form.errors)
        if {"first", "last"} & omitted:
            omitted |= {"period", "first", "last"}
        if self.value("period") == DEFAULT_PRESET:
            omitted.add("period")
        if self.value("period") != PeriodPreset.BETWEEN:
            omitted |= {"first", "last"}
        return {
            name: self.form.data[name]
            for name in self.form.fields
            if self.value(name) and name not in omitted
        }

    @property
    def description(self) -> str:
        """The period and the filters in words."""
        return ", ".join(filter(None, [wording.format_period(self.period, self.clock), self.filters]))

    @property
    def filters(self) -> str:
        """The filters in words; empty without any."""
        return ", ".join(
            self._label(name)
            for name in self.form.fields
            if name not in ("period", "first", "last", "step", "sort") and self.value(name)
        )

    @property
    def zone(self) -> ZoneInfo:
        return self.clock.zone

    def _label(self, name: str) -> str:
        for bound in self.form[name].subwidgets:
            if str(bound.data.get("value", "")) == str(self.form.data[name]):
                return str(bound.data["label"])
        return str(self.value(name))
