"""The filters of the contacts page, which live in its address and combine."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import django_filters as df
from django import forms
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, When
from django.http import QueryDict

from accounts.access import visible_inboxes
from accounts.models import Member, Team
from contacts.contact.models import Contact
from contacts.lists.models import ListEntry, Tagging
from contacts.scope_lookups import estimate_contacts
from contacts.search.text_search import ContactSearch, IdIsIn
from optout.models import Origin, StandingState, Suppression, SuppressionKind


def matching_contacts(team: Team, member: Member, query: QueryDict) -> QuerySet[Contact]:
    """The team's contacts that match a contacts page's address, exactly and in no order.

    What is no filter is ignored. A filter with a value that means nothing (a list that is gone, the 31st of June)
    matches nothing: whoever deletes "all that match" must not find more than was on the page.
    """
    assert member.team_id == team.id
    return ContactFilters(member, query).matching()


def _dates(label: str) -> Any:
    return {"label": label, "widget": forms.DateInput(attrs={"type": "date"})}


# Filters by a column of the contact itself.
COLUMN_FILTERS = {
    "created_at": ("created_from", "created_to"),
    "last_message_at": ("last_from", "last_to"),
    "last_inbox": ("inbox",),
    "assignee": ("assignee",),
    "sort_name": ("no_name",),
}
EXACT_LIMIT = 10_000  # so many are counted
COUNT_LIMIT = 20_000  # how far a set is counted
# A set of so many is kept at hand while an index is walked, if that takes enough steps: a look into an index at each of
# them costs so much more than to put one into a table.
MAX_HASHED_ROWS, LOOKUP_COST = 40_000, 7


@dataclass(frozen=True)
class _MatchingRows:
    """What some of the filters find on their own, by an index: the column's values of those contacts."""

    names: tuple[str, ...]
    column: str  # "id" or "number"
    rows: QuerySet[Any]
    own: str = ""  # the contact's column that they are about, if it is one

    @cached_property
    def size(self) -> int:
        """Counted no further than COUNTED + 1."""
        return self.rows.order_by()[: COUNT_LIMIT + 1].count()

    @cached_property
    def about(self) -> int:
        """The same without an end, as the planner reckons."""
        if self.size <= COUNT_LIMIT:
            return self.size
        (plan,) = json.loads(self.rows.order_by().explain(format="json"))
        return max(self.size, int(plan["Plan"]["Plan Rows"]))

    def holds(self) -> Q:
        # Not a plain IN, of which PostgreSQL makes a join: this is a look into a table at hand for each contact.
        inside = When(**{f"{self.column}__in": self.rows}, then=True)
        return Q(Case(inside, default=False, output_field=BooleanField()))


class ContactFilters(df.FilterSet):
    q = df.CharFilter(label="Search", method="_unchanged")
    status = df.ChoiceFilter(label="Status", choices=StandingState, empty_label="Any", method="_of_status")
    origin = df.ChoiceFilter(
        label="Opted out or blocked by", choices=Origin, empty_label="Anybody", method="_of_origin"
    )
    list = df.ModelChoiceFilter(label="List", queryset=None, empty_label="Any", method="_on_list")
    tag = df.ModelChoiceFilter(label="Tag", queryset=None, empty_label="Any", method="_tagged")
    inbox = df.ModelChoiceFilter(
        label="Last message in", queryset=None, empty_label="Any inbox", field_name="last_inbox"
    )
    assignee = df.ModelChoiceFilter(
        label="Assigned to", queryset=None, field_name="assignee", empty_label="Anybody", null_label="Nobody"
    )
    created_from = df.DateFilter(method="_from", field_name="created_at", **_dates("Created from"))
    created_to = df.DateFilter(method="_to", field_name="created_at", **_dates("Created to"))
    last_from = df.DateFilter(method="_from", field_name="last_message_at", **_dates("Last message from"))
    last_to = df.DateFilter(method="_to", field_name="last_message_at", **_dates("Last message to"))
    no_name = df.BooleanFilter(label="No name", method="_nameless", widget=forms.CheckboxInput)

    def __init__(self, member: Member, query: QueryDict) -> None:
        self.member, self.team = member, member.team
        super().__init__(query, Contact.objects.filter(team_id=member.team_id))
        choices = {
            "list": self.team.contactlists.order_by("name", "id"),
            "tag": self.team.tags.order_by("name", "id"),
            "inbox": visible_inboxes(member),
            "assignee": self.team.members.select_related("user").order_by("user__name", "id"),
        }
        for name, rows in choices.items():
            self.filters[name].queryset = rows

    def matching(self) -> QuerySet[Contact]:
        """What the filters and the search find together."""
        found: QuerySet[Contact] = self.qs
        if not self.search:
            return found
        ids = self.search.ids
        return found.filter(self.search.condition() if ids is None else IdIsIn(ids))

    def along(self, column: str) -> QuerySet[Contact]:
        """What its index finds by itself: contacts that match the filters by `column`."""
        found = self.queryset
        for name in COLUMN_FILTERS.get(column, ()):
            if name in self.active and not self.errors:
                found = self.filters[name].filter(found, self.form.cleaned_data[name])
        return found

    def narrowed(self, column: str, steps: float) -> QuerySet[Contact]:
        """What filters and search find, each contact tested quickly in so many steps along the index of `column`."""
        if self.errors:
            return self.queryset.none()
        found, done = self.along(column), set(COLUMN_FILTERS.get(column, ()))
        for rows in self._rows:
            if rows.own != column and rows.about <= min(MAX_HASHED_ROWS, LOOKUP_COST * steps):
                found, done = found.filter(rows.holds()), done | set(rows.names)
        if "status" in done and self.form.cleaned_data["status"] == StandingState.OPTED_OUT:
            found = found.filter(~self._suppressed(kind=SuppressionKind.BLOCK))
        for name in self.active - done - {"q"}:
            found = self.filters[name].filter(found, self.form.cleaned_data[name])
        return found.filter(self.search.condition()) if self.search else found

    @cached_property
    def active(self) -> set[str]:
        """The names of those that are set."""
        if self.errors:
            return set(self.errors)
        return {name for name, value in self.form.cleaned_data.items() if value not in (None, "", False)}

    @cached_property
    def smallest(self) -> int:
        """How many match the filters at most; more than COUNTED stands for anything."""
        return 0 if self.errors else min((rows.size for rows in self._rows), default=COUNT_LIMIT + 1)

    @cached_property
    def team_size(self) -> int:
        """About how many contacts the team has."""
        return max(1, estimate_contacts())

    @property
    def share(self) -> float:
        """About which part of the team's contacts match, if the filters have nothing to do with each other."""
        return math.prod(min(1.0, max(1, rows.about) / self.team_size) for rows in self._rows)

    @cached_property
    def exact_size(self) -> int | None:
        """How many match, where one filter alone has counted them."""
        only = self._only
        return only.size if only and only.column == "id" and only.size <= EXACT_LIMIT else None

    @cached_property
    def about(self) -> int | None:
        """About how many match one filter alone, as the planner reckons."""
        return self._only.about if self._only else None

    @property
    def _only(self) -> _MatchingRows | None:
        return self._rows[0] if len(self._rows) == 1 and self.active == set(self._rows[0].names) else None

    @cached_property
    def _rows(self) -> tuple[_MatchingRows, ...]:
        return () if self.errors else tuple(self._all_rows())

    def _all_rows(self) -> Iterator[_MatchingRows]:
        asked, ours = self.form.cleaned_data, {"team_id": self.team.id}
        if asked["list"]:
            yield _MatchingRows(
                ("list",), "id", ListEntry.objects.filter(list=asked["list"], **ours).values("contact_id")
            )
        if asked["tag"]:
            yield _MatchingRows(
                ("tag",), "id", Tagging.objects.filter(tag=asked["tag"], **ours).values("contact_id")
            )
        suppressed = Suppression.objects.filter(inbox=None, **ours).values("number")
        if asked["status"] in SuppressionKind.values:
            yield _MatchingRows(("status",), "number", suppressed.filter(kind=asked["status"]))
        if asked["origin"]:
            yield _MatchingRows(
                ("origin",), "number", suppressed.filter(origin=asked["origin"], **self._kind)
            )
        for column, names in COLUMN_FILTERS.items():
            if set_ones := tuple(name for name in names if name in self.active):
                yield _MatchingRows(set_ones, "id", self.along(column).values("id"), own=column)

    def filter_queryset(self, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        """Without the search, which is a story of its own."""
        return queryset.none() if self.errors else super().filter_queryset(queryset)

    @cached_property
    def search(self) -> ContactSearch | None:
        """What was typed, if anything was."""
        typed = "" if self.errors else self.form.cleaned_data["q"]
        return ContactSearch.read(typed, self.team) if typed else None

    # -- what each of them asks ----------------------------------------------------------------------------------

    def _unchanged(self, contacts: Any, name: str, value: str) -> Any:
        return contacts

    def _of_status(self, contacts: Any, name: str, value: str) -> Any:
        """The number's standing in all inboxes: block over opt-out over active."""
        if value == StandingState.ACTIVE:
            return contacts.filter(~self._suppressed())
        found = contacts.filter(self._suppressed(kind=value))
        return (
            found.filter(~self._suppressed(kind=SuppressionKind.BLOCK))
            if value == StandingState.OPTED_OUT
            else found
        )

    def _of_origin(self, contacts: Any, name: str, value: str) -> Any:
        """By whom the right to text was taken away: of the chosen status, else in any way."""
        return contacts.filter(self._suppressed(origin=value, **self._kind))

    @property
    def _kind(self) -> dict[str, str]:
        status = self.form.cleaned_data["status"]
        return {"kind": status} if status in SuppressionKind.values else {}

    def _suppressed(self, **which: str) -> Exists:
        rows = Suppression.objects.filter(team_id=self.team.id, number=OuterRef("number"), inbox=None)
        return Exists(rows.filter(**which))

    def _on_list(self, contacts: Any, name: str, value: Any) -> Any:
        rows = ListEntry.objects.filter(team_id=self.team.id, list_id=value.id, contact_id=OuterRef("id"))
        return contacts.filter(Exists(rows))

    def _tagged(self, contacts: Any, name: str, value: Any) -> Any:
        rows = Tagging.objects.filter(team_id=self.team.id, tag_id=value.id, contact_id=OuterRef("id"))
        return contacts.filter(Exists(rows))

    def _from(self, contacts: Any, name: str, value: date) -> Any:
        return contacts.filter(**{f"{name}__gte": self._midnight(value)})

    def _to(self, contacts: Any, name: str, value: date) -> Any:
        """To the end of that day."""
        if value == date.max:
            return contacts
        return contacts.filter(**{f"{name}__lt": self._midnight(value + timedelta(days=1))})

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.team.time_zone))

    def _nameless(self, contacts: Any, name: str, value: bool) -> Any:
        return contacts.filter(sort_name="") if value else contacts
