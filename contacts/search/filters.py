"""Filters of the contacts page: they are read from its address and combine."""

import math
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

import django_filters as df
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from accounts.access import visible_inboxes
from accounts.models import Member, Team
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.lists.models import ContactList, ListEntry, Tagging
from contacts.scope_lookups import estimate_contacts
from contacts.search.custom_filters import PREFIX, filters_of, rows_of
from contacts.search.filter_form import ContactFilterForm
from contacts.search.matching_rows import COUNT_LIMIT, MatchingRows
from contacts.search.status_filter import HELD, PARTLY, STATUS_CHOICES, has_status, is_suppressed
from contacts.search.text_search import ContactSearch, IdIsIn
from optout.models import StandingState, Suppression, SuppressionKind
from optout.reviews import open_holds
from optout.wording import ORIGIN_CHOICES


def matching_contacts(team: Team, member: Member, query: QueryDict) -> QuerySet[Contact]:
    """The team's contacts that match a contacts page's address, exactly and in no order.

    Unknown parameters are ignored. A filter with an invalid value (a deleted list, June 31) matches no contact, so that
    an action on "all that match" never applies to more contacts than the page showed.
    """
    assert member.team_id == team.id
    return ContactFilters(member, query).matching()


def read_live_list(team: Team, row: ContactList) -> "ContactFilters":
    """The filter of a live list of the team, as it is read for the whole team."""
    return ContactFilters(team, QueryDict(row.query), of_live_list=True)


def ids_on_list(team: Team, row: ContactList) -> QuerySet[Any]:
    """The IDs of the contacts on a list of the team, each once; of a live list, of those who match its filter now."""
    if row.is_live:
        return read_live_list(team, row).ids()
    return ListEntry.objects.filter(team_id=team.id, list_id=row.id).values("contact_id")


def _dates(label: str) -> Any:
    return {"label": label, "widget": forms.DateInput({"type": "date"})}


# Filters on the contact's own columns.
COLUMN_FILTERS = {
    "created_at": ("created_from", "created_to"),
    "last_message_at": ("last_from", "last_to"),
    "last_inbox": ("inbox",),
    "assignee": ("assignee",),
    "sort_name": ("no_name",),
}
# During a walk along an index, a set of up to MAX_HASHED_ROWS rows is tested through a hash table, if there are enough
# steps: an index lookup at each step costs LOOKUP_COST times as much as adding one row to the table.
MAX_HASHED_ROWS, LOOKUP_COST = 40_000, 7


class ContactFilters(df.FilterSet):
    class Meta:
        form = ContactFilterForm

    q = df.CharFilter(label="Search", method="_unchanged")
    status = df.ChoiceFilter(label="Status", choices=STATUS_CHOICES, empty_label="Any", method="_of_status")
    origin = df.ChoiceFilter(
        label="Opted out or blocked by", choices=ORIGIN_CHOICES, empty_label="Anyone", method="_of_origin"
    )
    list = df.ModelChoiceFilter(label="List", queryset=None, empty_label="Any", method="_on_list")
    tag = df.ModelChoiceFilter(label="Tag", queryset=None, empty_label="Any", method="_tagged")
    inbox = df.ModelChoiceFilter(
        label="Last text in", queryset=None, empty_label="Any inbox", field_name="last_inbox"
    )
    assignee = df.ModelChoiceFilter(
        label="Assigned to", queryset=None, field_name="assignee", empty_label="Anyone", null_label="Nobody"
    )
    created_from = df.DateFilter(method="_from", field_name="created_at", **_dates("Created since"))
    created_to = df.DateFilter(method="_to", field_name="created_at", **_dates("Created until"))
    last_from = df.DateFilter(method="_from", field_name="last_message_at", **_dates("Last text since"))
    last_to = df.DateFilter(method="_to", field_name="last_message_at", **_dates("Last text until"))
    no_name = df.BooleanFilter(label="No name", method="_nameless", widget=forms.CheckboxInput)

    def __init__(self, reader: Member | Team, query: QueryDict, *, of_live_list: bool = False) -> None:
        """As a member may see contacts; what a team keeps (an audience, a live list) is read with all its inboxes.

        The filter `of_live_list` names no live list, so that none can contain itself.
        """
        self.member = reader if isinstance(reader, Member) else None
        self.team = reader.team if isinstance(reader, Member) else reader
        super().__init__(query, Contact.objects.filter(team_id=self.team.id))
        lists = self.team.contactlists.with_entries() if of_live_list else self.team.contactlists.all()
        choices = {
            "list": lists.order_by("name", "id"),
            "tag": self.team.tags.order_by("name", "id"),
            "inbox": visible_inboxes(self.member) if self.member else self.team.inboxes.all(),
            "assignee": self.team.members.select_related("user").by_name(),
        }
        for name, rows in choices.items():
            self.filters[name].queryset = rows
        for name, filter_ in filters_of(filter(attrgetter("filterable"), self.custom_fields), query).items():
            filter_.parent, filter_.model, filter_.field_name = self, Contact, name
            self.filters[name] = filter_

    @cached_property
    def custom_fields(self) -> tuple[CustomField, ...]:
        """The team's custom fields; they are read only if they may be needed."""
        needed = self.member or any(name.startswith(PREFIX) for name in self.data)
        return tuple(CustomField.objects.of(self.team.id)) if needed else ()

    def matching(self) -> QuerySet[Contact]:
        """The contacts that match the filters and the search."""
        contacts: QuerySet[Contact] = self.qs
        if not self.search:
            return contacts
        return contacts.filter(
            self.search.condition() if self.search.ids is None else IdIsIn(self.search.ids)
        )

    def matching_by(self, column: str) -> QuerySet[Contact]:
        """The contacts that match the filters on `column`, which its index finds."""
        contacts = self.queryset
        for name in COLUMN_FILTERS.get(column, ()):
            if name in self.active and not self.errors:
                contacts = self.filters[name].filter(contacts, self.form.cleaned_data[name])
        return contacts

    def matching_along(self, column: str, steps: float) -> QuerySet[Contact]:
        """The contacts that match filters and search, tested one by one along the index of `column`."""
        if self.errors:
            return self.queryset.none()
        contacts, tested = self.matching_by(column), set(COLUMN_FILTERS.get(column, ()))
        for rows in self._rows:
            if rows.contact_column != column and rows.estimate <= min(MAX_HASHED_ROWS, LOOKUP_COST * steps):
                contacts, tested = contacts.filter(rows.condition()), tested | set(rows.names)
        if "status" in tested and self.form.cleaned_data["status"] == StandingState.OPTED_OUT:
            contacts = contacts.filter(~is_suppressed(self.team.id, kind=SuppressionKind.BLOCK))
        for name in self.active - tested - {"q"}:
            contacts = self.filters[name].filter(contacts, self.form.cleaned_data[name])
        return contacts.filter(self.search.condition()) if self.search else contacts

    @cached_property
    def active(self) -> set[str]:
        """The names of the filters that are set."""
        if self.errors:
            return set(self.errors)
        return {name for name, value in self.form.cleaned_data.items() if value not in (None, "", False)}

    @cached_property
    def smallest(self) -> int:
        """The largest possible number of matches; above COUNT_LIMIT it is unknown."""
        return 0 if self.errors else min((rows.size for rows in self._rows), default=COUNT_LIMIT + 1)

    @cached_property
    def team_size(self) -> int:
        """The planner's estimate of the team's contacts."""
        return max(1, estimate_contacts())

    @property
    def share(self) -> float:
        """An estimate of the share of the team's contacts that match, as if the filters were independent."""
        return math.prod(min(1.0, max(1, rows.estimate) / self.team_size) for rows in self._rows)

    def ids(self) -> QuerySet[Any]:
        """Each match once: as rows of the only filter that is set, if its index has them, else as contacts."""
        only = self._rows[0] if len(self._rows) == 1 else None
        if only and only.column == "id" and self.active == set(only.names):
            return only.rows.order_by()
        return self.matching().order_by().values("id")

    @cached_property
    def _rows(self) -> tuple[MatchingRows, ...]:
        return () if self.errors else tuple(self._all_rows())

    def _all_rows(self) -> Iterator[MatchingRows]:
        values, of_team = self.form.cleaned_data, {"team_id": self.team.id}
        if values["list"]:
            yield MatchingRows(("list",), "id", ids_on_list(self.team, values["list"]))
        if values["tag"]:
            taggings = Tagging.objects.filter(tag=values["tag"], **of_team)
            yield MatchingRows(("tag",), "id", taggings.values("contact_id"))
        suppressed = Suppression.objects.filter(inbox=None, **of_team).values("number")
        if values["status"] in SuppressionKind.values:
            yield MatchingRows(("status",), "number", suppressed.filter(kind=values["status"]))
        if values["status"] == PARTLY:
            single = Suppression.objects.filter(**of_team).exclude(inbox=None)
            yield MatchingRows(("status",), "number", single.values("number"))
        if values["status"] == HELD:
            yield MatchingRows(("status",), "number", open_holds(self.team.id).values("number"))
        if values["origin"]:
            by_origin = suppressed.filter(origin=values["origin"], **self._kind)
            yield MatchingRows(("origin",), "number", by_origin)
        for column, names in COLUMN_FILTERS.items():
            if active := tuple(name for name in names if name in self.active):
                yield MatchingRows(active, "id", self.matching_by(column).values("id"), contact_column=column)
        for field in self.custom_fields:
            if found := rows_of(field, values):
                yield MatchingRows(found[0], "id", found[1].values("contact_id"))

    def filter_queryset(self, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        """Apply all filters but the search, which has its own index."""
        return queryset.none() if self.errors else super().filter_queryset(queryset)

    @cached_property
    def search(self) -> ContactSearch | None:
        """The search for the typed text, if there is any."""
        typed = "" if self.errors else self.form.cleaned_data["q"]
        return ContactSearch.read(typed, self.team) if typed else None

    def _unchanged(self, contacts: Any, name: str, value: str) -> Any:
        return contacts

    def _of_status(self, contacts: Any, name: str, value: str) -> Any:
        return contacts.filter(*has_status(self.team.id, value))

    def _of_origin(self, contacts: Any, name: str, value: str) -> Any:
        """Who opted the number out or blocked it; with a status filter, only suppressions of that kind count."""
        return contacts.filter(is_suppressed(self.team.id, origin=value, **self._kind))

    @property
    def _kind(self) -> dict[str, str]:
        status = self.form.cleaned_data["status"]
        return {"kind": status} if status in SuppressionKind.values else {}

    def _on_list(self, contacts: Any, name: str, value: ContactList) -> Any:
        ids = ids_on_list(self.team, value)
        return contacts.filter(
            Q(id__in=ids) if value.is_live else Exists(ids.filter(contact_id=OuterRef("id")))
        )

    def _tagged(self, contacts: Any, name: str, value: Any) -> Any:
        rows = Tagging.objects.filter(team_id=self.team.id, tag_id=value.id, contact_id=OuterRef("id"))
        return contacts.filter(Exists(rows))

    def _from(self, contacts: Any, name: str, value: date) -> Any:
        return contacts.filter(**{f"{name}__gte": self._midnight(value)})

    def _to(self, contacts: Any, name: str, value: date) -> Any:
        """Up to the end of that day."""
        if value == date.max:
            return contacts
        return contacts.filter(**{f"{name}__lt": self._midnight(value + timedelta(days=1))})

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.team.time_zone))

    def _nameless(self, contacts: Any, name: str, value: bool) -> Any:
        return contacts.filter(sort_name="") if value else contacts
