"""Addresses of the contacts page: its links carry the filters that are set, the sort order and a cursor."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.forms import ModelChoiceField
from django.http import QueryDict
from django.urls import reverse

from accounts.models import Team
from contacts.search.filters import ContactFilters
from contacts.search.sorting import SortColumn, SortOrder


@dataclass(frozen=True)
class ColumnHead:
    """The head of a column. Its link sorts by the column, or reverses the order."""

    label: str
    link: str = ""
    sorted: str = ""  # a value for aria-sort


@dataclass(frozen=True)
class FilterChip:
    name: str  # of the filter
    label: str
    link: str  # to the page without this filter


@dataclass(frozen=True)
class ContactsAddress:
    """Addresses of the page with these filters and this order."""

    team: Team
    query_data: QueryDict
    filters: ContactFilters
    order: SortOrder

    @property
    def _filter_values(self) -> dict[str, str]:
        names = (name for name in self.filters.filters if name in self.filters.active)
        return {name: str(self.query_data[name]) for name in names if self.query_data.get(name)}

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """Filters and order for a form that leads back to the page."""
        return [*self._filter_values.items(), *self._sort(self.order).items()]

    @property
    def query(self) -> str:
        return urlencode(self._filter_values)

    def to(self, **cursor: Any) -> str:
        return self._address({**self._filter_values, **self._sort(self.order), **cursor})

    def without_filters(self) -> str:
        return self._address(self._sort(self.order))

    def head(self, column: str, label: str) -> ColumnHead:
        if column not in SortColumn.values:
            return ColumnHead(label)
        is_current = self.order.sort == column
        first = SortOrder(SortColumn(column), down=SortColumn(column).is_time)
        order = self.order.reversed() if is_current else first
        link = self._address({**self._filter_values, **self._sort(order)})
        return ColumnHead(
            label, link, ("descending" if self.order.down else "ascending") if is_current else ""
        )

    def chips(self) -> list[FilterChip]:
        """A chip for each filter that is set, except the search, which has its own field."""
        return [
            FilterChip(name, self._label(name), self._without(name))
            for name in self._filter_values
            if name != "q"
        ]

    def _label(self, name: str) -> str:
        field = self.filters.form[name]
        if name == "no_name":
            return "No name"
        if name in self.filters.errors:
            is_gone = isinstance(field.field, ModelChoiceField)
            return f"{field.label}: {'deleted' if is_gone else 'cannot be read'}"
        value = self.filters.form.cleaned_data[name]
        choices = dict(getattr(field.field, "choices", [])) if isinstance(value, str) else {}
        return f"{field.label}: {choices.get(value, value)}"

    def _without(self, name: str) -> str:
        others = {other: value for other, value in self._filter_values.items() if other != name}
        return self._address({**others, **self._sort(self.order)})

    def _sort(self, order: SortOrder) -> dict[str, str]:
        return {} if order == SortOrder() else {"sort": str(order)}

    def _address(self, parameters: dict[str, Any]) -> str:
        page = reverse("contacts", args=[self.team.slug])
        return f"{page}?{urlencode(parameters)}" if parameters else page
