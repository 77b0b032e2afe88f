"""FIXME module docstring."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import Right, TeamRequest, team_view
from contacts.contact import deletion
from contacts.contact.merge_views import form_page
from contacts.contact.overview import find_contact, find_conversations, find_suppression_causes
from kernel import change_tokens
from kernel.phone_numbers import display
from optout.consent_types import Actor
from optout.number_state import standing_across_inboxes


@form_page
@team_view(Right.DELETE_CONTACTS)
def contact_deletion(request: TeamRequest, number: str) -> HttpResponse:
    """Ask, and do it. The number stays on the do-not-text list if it is there."""
    found = find_contact(request, number)
    if found is None:
        return redirect("contact", request.team.slug, number)
    here = standing_across_inboxes(request.team.id, number)
    if request.method == "POST":
        erase = "erase" in request.POST
        gone = deletion.delete_contacts(request.team.id, [found.id], erase=erase, by=Actor.of(request.member))
        change_tokens.renew_on_commit(request.team.id)
        messages.success(request, f"{found} was deleted.{_what_stays(gone)}")
        return redirect("contact", request.team.slug, number)
    context: dict[str, Any] = {
        "section": "contacts",
        "contact": found,
        "shown_number": display(number, request.team.country),
        "state": here.state,
        "causes": find_suppression_causes(request.team.id, here),
        "talks": find_conversations(request.member, number, here),
    }
    return render(request, "contacts/contact_deletion.html", context)


def _what_stays(gone: deletion.DeletionResult) -> str:
    stays = " The number stays on the do-not-text list." if gone.suppressed else ""
    return f" Texts erased: {gone.texts}.{stays}" if gone.texts else stays
