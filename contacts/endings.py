"""The two ways in which a contact ends: as a part of another one, or deleted. Its number's standing outlives both."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import live
from accounts.access import Right, TeamRequest, team_view
from accounts.numbers import display, from_carrier
from contacts import deletion, fields, numbering
from contacts.models import Contact, CustomField
from contacts.numbering import Gone
from contacts.page import causes, talks
from contacts.search import Among, Search
from optout import consent
from optout.consent import Actor
from optout.models import Standing, State
from optout.views import actor

form_page = require_http_methods(["GET", "HEAD", "POST"])
MOST_FOUND = 12


# -- merging -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """A column of the preview: one of the two contacts, or what becomes of them."""

    title: str
    contact: Contact
    state: State
    tags: list[str]
    lists: list[str]

    @property
    def number(self) -> str:
        return display(self.contact.number, self.contact.team.country)


@form_page
@team_view(Right.DELETE)
def merge_contact(request: TeamRequest, number: str) -> HttpResponse:
    """Choose the other contact, look at what becomes of the two, and do it."""
    kept = _find(request, number)
    if kept is None:
        return redirect("contact", request.team.slug, number)
    asked = request.POST.get("other") or request.GET.get("other")
    other = _find(request, from_carrier(asked, request.team.country)) if asked else None
    if other is None or other.id == kept.id:
        return _choose(request, kept)
    if request.method != "POST":
        return _preview(request, kept, other)
    try:
        kept = numbering.merge(kept, other, by=actor(request))
    except Gone:
        messages.warning(
            request, "One of the two was deleted or got another number meanwhile. Nothing was merged."
        )
    else:
        messages.success(request, f"Merged. {kept} has the number {display(number, request.team.country)}.")
    return redirect("contact", request.team.slug, number)


def _find(request: TeamRequest, number: str) -> Contact | None:
    found: Contact | None = (
        request.team.contacts.select_related("assignee__user").filter(number=number).first()
    )
    return found


def _choose(request: TeamRequest, kept: Contact) -> HttpResponse:
    typed = request.GET.get("q", "").replace("\0", "").strip()
    ids = Search.read(typed, request.team).ids if typed else []
    found = request.team.contacts.filter(Among(ids or [])).exclude(id=kept.id).with_standing(request.team)
    first = list(found.order_by("sort_name", "id")[: MOST_FOUND + 1])
    context = {
        "section": "contacts",
        "kept": kept,
        "q": typed,
        "found": [(one, display(one.number, request.team.country)) for one in first[:MOST_FOUND]],
        "too_many": ids is None or len(first) > MOST_FOUND,
    }
    part = "#found" if request.htmx else ""
    return render(request, f"contacts/contact_merge.html{part}", context)


def _preview(request: TeamRequest, kept: Contact, other: Contact) -> HttpResponse:
    team_id = request.team.id
    standings = [consent.everywhere(team_id, one.number) for one in (kept, other)]
    sides = _sides(kept, other, standings)
    context = {
        "section": "contacts",
        "kept": kept,
        "other": other,
        "sides": sides,
        "own_fields": _own_fields(request.team.id, sides),
        "other_causes": causes(team_id, standings[1]),
        "talks": talks(request.member, other.number, standings[1]),
    }
    return render(request, "contacts/contact_merge.html", context)


def _sides(kept: Contact, other: Contact, standings: list[Standing]) -> list[Side]:
    tags = [[tag.name for tag in one.sorted_tags()] for one in (kept, other)]
    lists = [[entry.name for entry in one.sorted_lists()] for one in (kept, other)]
    result = Contact(team=kept.team, number=kept.number, **numbering.united(kept, other))
    result.assignee = kept.assignee or other.assignee
    strictest = Standing.of(kept.number, [*standings[0].rows, *standings[1].rows]).state
    return [
        Side("Kept", kept, standings[0].state, tags[0], lists[0]),
        Side("Goes", other, standings[1].state, tags[1], lists[1]),
        Side("Together", result, strictest, sorted({*tags[0], *tags[1]}), sorted({*lists[0], *lists[1]})),
    ]


def _own_fields(team_id: int, sides: list[Side]) -> list[tuple[CustomField, list[tuple[Side, str]]]]:
    """Of the team's own fields, those in which one of the two has a value; with what each side has."""
    return [
        (field, [(side, fields.shown(field, side.contact.custom.get(field.key))) for side in sides])
        for field in CustomField.objects.of(team_id)
        if field.key in sides[-1].contact.custom
    ]


# -- deleting ----------------------------------------------------------------------------------------------------


@form_page
@team_view(Right.DELETE)
def contact_deletion(request: TeamRequest, number: str) -> HttpResponse:
    """Ask, and do it. The number stays on the do-not-text list if it is there."""
    found = _find(request, number)
    if found is None:
        return redirect("contact", request.team.slug, number)
    here = consent.everywhere(request.team.id, number)
    if request.method == "POST":
        erase = "erase" in request.POST
        gone = deletion.delete(request.team.id, [found.id], erase=erase, by=Actor.of(request.member))
        live.changed(request.team.id)
        messages.success(request, f"{found} was deleted.{_what_stays(gone)}")
        return redirect("contact", request.team.slug, number)
    context: dict[str, Any] = {
        "section": "contacts",
        "contact": found,
        "shown_number": display(number, request.team.country),
        "state": here.state,
        "causes": causes(request.team.id, here),
        "talks": talks(request.member, number, here),
    }
    return render(request, "contacts/contact_deletion.html", context)


def _what_stays(gone: deletion.Deleted) -> str:
    stays = " The number stays on the do-not-text list." if gone.suppressed else ""
    return f" Texts erased: {gone.texts}.{stays}" if gone.texts else stays
