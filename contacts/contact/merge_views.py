"""Merge page of a contact: choose the other contact, look at the result, merge."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import Right, TeamRequest, team_view
from accounts.models import Team
from contacts.contact.merge import merge_columns, merge_contacts
from contacts.contact.models import Contact
from contacts.contact.number_changes import ContactGone
from contacts.contact.overview import find_contact, find_conversations, find_suppression_causes
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import display_value
from contacts.search.text_search import ContactSearch, IdIsIn
from kernel.form_views import form_view
from kernel.phone_numbers import display, from_carrier
from optout.models import Standing, StandingState
from optout.number_state import standing_across_inboxes
from optout.views import actor_of

MAX_CANDIDATES = 12


@form_view
@team_view(Right.DELETE_CONTACTS)
def merge_contact(request: TeamRequest, number: str) -> HttpResponse:
    kept = find_contact(request.team, number)
    if kept is None:
        return redirect("contact", request.team.slug, number)
    typed = request.POST.get("other") or request.GET.get("other")
    other = find_contact(request.team, from_carrier(typed, request.team.country)) if typed else None
    if other is None or other.id == kept.id:
        return _choose(request, kept)
    if request.method != "POST":
        return _preview(request, kept, other)
    try:
        kept = merge_contacts(kept, other, by=actor_of(request))
    except ContactGone:
        problem = "One of the contacts was deleted or got another number in the meantime."
        messages.warning(request, f"{problem} Nothing was merged.")
    else:
        messages.success(request, f"Merged into {kept} ({display(number, request.team.country)}).")
    return redirect("contact", request.team.slug, number)


def _choose(request: TeamRequest, kept: Contact) -> HttpResponse:
    typed = request.GET.get("q", "").replace("\0", "").strip()
    ids = ContactSearch.read(typed, request.team).ids if typed else []
    others = request.team.contacts.filter(IdIsIn(ids or [])).exclude(id=kept.id).with_standing(request.team)
    rows = list(others.order_by("sort_name", "id")[: MAX_CANDIDATES + 1])
    context = {
        "section": "contacts",
        "kept": kept,
        "q": typed,
        "candidates": [(row, display(row.number, request.team.country)) for row in rows[:MAX_CANDIDATES]],
        "too_many": ids is None or len(rows) > MAX_CANDIDATES,
    }
    part = "#candidates" if request.htmx else ""
    return render(request, f"contacts/contact_merge.html{part}", context)


def _preview(request: TeamRequest, kept: Contact, other: Contact) -> HttpResponse:
    team_id = request.team.id
    standings = [standing_across_inboxes(team_id, contact.number) for contact in (kept, other)]
    columns = _columns(kept, other, standings)
    context = {
        "section": "contacts",
        "kept": kept,
        "other": other,
        "columns": columns,
        "custom_fields": _custom_fields(request.team, columns),
        "other_causes": find_suppression_causes(team_id, standings[1]),
        "conversations": find_conversations(request.member, other.number, standings[1]),
    }
    return render(request, "contacts/contact_merge.html", context)


@dataclass(frozen=True)
class MergeColumnView:
    """A column of the preview: the kept contact, the other contact, or the result."""

    title: str
    contact: Contact
    state: StandingState
    tags: list[str]
    lists: list[str]

    @property
    def number(self) -> str:
        return display(self.contact.number, self.contact.team.country)


def _columns(kept: Contact, other: Contact, standings: list[Standing]) -> list[MergeColumnView]:
    tags = [[tag.name for tag in contact.sorted_tags()] for contact in (kept, other)]
    lists = [[entry.name for entry in contact.sorted_lists()] for contact in (kept, other)]
    result = Contact(team=kept.team, number=kept.number, **merge_columns(kept, other))
    result.assignee = kept.assignee or other.assignee
    strictest = Standing.of(kept.number, [*standings[0].rows, *standings[1].rows]).state
    all_tags, all_lists = sorted({*tags[0], *tags[1]}), sorted({*lists[0], *lists[1]})
    return [
        MergeColumnView("Keep", kept, standings[0].state, tags[0], lists[0]),
        MergeColumnView("Merge in", other, standings[1].state, tags[1], lists[1]),
        MergeColumnView("Result", result, strictest, all_tags, all_lists),
    ]


def _custom_fields(
    team: Team, columns: list[MergeColumnView]
) -> list[tuple[CustomField, list[tuple[MergeColumnView, str]]]]:
    """The custom fields in which the result has a value, with the value of each column."""
    return [
        (
            field,
            [
                (column, display_value(field, column.contact.custom.get(field.key), team.clock))
                for column in columns
            ],
        )
        for field in CustomField.objects.of(team.id)
        if field.key in columns[-1].contact.custom
    ]
