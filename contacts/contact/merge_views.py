"""The two ways in which a contact ends: as a part of another one, or deleted. Its number's standing outlives both."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import Right, TeamRequest, team_view
from contacts.contact.merge import merge_columns, merge_contacts
from contacts.contact.models import Contact
from contacts.contact.number_changes import ContactGone
from contacts.contact.overview import find_contact, find_conversations, find_suppression_causes
from contacts.custom_fields import values
from contacts.custom_fields.models import CustomField
from contacts.search.text_search import ContactSearch, IdIsIn
from kernel.phone_numbers import display, from_carrier
from optout.models import Standing, StandingState
from optout.number_state import standing_across_inboxes
from optout.views import actor_of

form_page = require_http_methods(["GET", "HEAD", "POST"])
MAX_CANDIDATES = 12


# -- merging -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MergeColumnView:
    """A column of the preview: one of the two contacts, or what becomes of them."""

    title: str
    contact: Contact
    state: StandingState
    tags: list[str]
    lists: list[str]

    @property
    def number(self) -> str:
        return display(self.contact.number, self.contact.team.country)


@form_page
@team_view(Right.DELETE_CONTACTS)
def merge_contact(request: TeamRequest, number: str) -> HttpResponse:
    """Choose the other contact, look at what becomes of the two, and do it."""
    kept = find_contact(request, number)
    if kept is None:
        return redirect("contact", request.team.slug, number)
    asked = request.POST.get("other") or request.GET.get("other")
    other = find_contact(request, from_carrier(asked, request.team.country)) if asked else None
    if other is None or other.id == kept.id:
        return _choose(request, kept)
    if request.method != "POST":
        return _preview(request, kept, other)
    try:
        kept = merge_contacts(kept, other, by=actor_of(request))
    except ContactGone:
        messages.warning(
            request, "One of the two was deleted or got another number meanwhile. Nothing was merged."
        )
    else:
        messages.success(request, f"Merged. {kept} has the number {display(number, request.team.country)}.")
    return redirect("contact", request.team.slug, number)


def _choose(request: TeamRequest, kept: Contact) -> HttpResponse:
    typed = request.GET.get("q", "").replace("\0", "").strip()
    ids = ContactSearch.read(typed, request.team).ids if typed else []
    found = request.team.contacts.filter(IdIsIn(ids or [])).exclude(id=kept.id).with_standing(request.team)
    first = list(found.order_by("sort_name", "id")[: MAX_CANDIDATES + 1])
    context = {
        "section": "contacts",
        "kept": kept,
        "q": typed,
        "found": [(one, display(one.number, request.team.country)) for one in first[:MAX_CANDIDATES]],
        "too_many": ids is None or len(first) > MAX_CANDIDATES,
    }
    part = "#found" if request.htmx else ""
    return render(request, f"contacts/contact_merge.html{part}", context)


def _preview(request: TeamRequest, kept: Contact, other: Contact) -> HttpResponse:
    team_id = request.team.id
    standings = [standing_across_inboxes(team_id, one.number) for one in (kept, other)]
    sides = _sides(kept, other, standings)
    context = {
        "section": "contacts",
        "kept": kept,
        "other": other,
        "sides": sides,
        "own_fields": _own_fields(request.team.id, sides),
        "other_causes": find_suppression_causes(team_id, standings[1]),
        "talks": find_conversations(request.member, other.number, standings[1]),
    }
    return render(request, "contacts/contact_merge.html", context)


def _sides(kept: Contact, other: Contact, standings: list[Standing]) -> list[MergeColumnView]:
    tags = [[tag.name for tag in one.sorted_tags()] for one in (kept, other)]
    lists = [[entry.name for entry in one.sorted_lists()] for one in (kept, other)]
    result = Contact(team=kept.team, number=kept.number, **merge_columns(kept, other))
    result.assignee = kept.assignee or other.assignee
    strictest = Standing.of(kept.number, [*standings[0].rows, *standings[1].rows]).state
    return [
        MergeColumnView("Kept", kept, standings[0].state, tags[0], lists[0]),
        MergeColumnView("Goes", other, standings[1].state, tags[1], lists[1]),
        MergeColumnView(
            "Together", result, strictest, sorted({*tags[0], *tags[1]}), sorted({*lists[0], *lists[1]})
        ),
    ]


def _own_fields(
    team_id: int, sides: list[MergeColumnView]
) -> list[tuple[CustomField, list[tuple[MergeColumnView, str]]]]:
    """Of the team's own fields, those in which one of the two has a value; with what each side has."""
    return [
        (field, [(side, values.display_value(field, side.contact.custom.get(field.key))) for side in sides])
        for field in CustomField.objects.of(team_id)
        if field.key in sides[-1].contact.custom
    ]


# -- deleting ----------------------------------------------------------------------------------------------------
