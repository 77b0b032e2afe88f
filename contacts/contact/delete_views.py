"""Deletion page of a contact."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import Right, TeamRequest, team_view
from contacts.contact.deletion import DeletionResult, delete_contacts
from contacts.contact.overview import find_contact, find_conversations, find_suppression_causes
from kernel import change_tokens
from kernel.form_views import form_view
from kernel.phone_numbers import display
from optout.number_state import standing_across_inboxes
from optout.views import actor_of


@form_view
@team_view(Right.DELETE_CONTACTS)
def contact_deletion(request: TeamRequest, number: str) -> HttpResponse:
    """Ask for confirmation, then delete the contact. A number on the do-not-text list stays there."""
    contact = find_contact(request.team, number)
    if contact is None:
        return redirect("contact", request.team.slug, number)
    if request.method == "POST":
        erase = "erase" in request.POST
        result = delete_contacts(request.team.id, [contact.id], erase=erase, by=actor_of(request))
        change_tokens.renew_on_commit(request.team.id)
        messages.success(request, f"{contact} was deleted.{_remarks(result)}")
        return redirect("contact", request.team.slug, number)
    standing = standing_across_inboxes(request.team.id, number)
    context = {
        "section": "contacts",
        "contact": contact,
        "shown_number": display(number, request.team.country),
        "state": standing.state,
        "causes": find_suppression_causes(request.team.id, standing),
        "conversations": find_conversations(request.member, number, standing),
    }
    return render(request, "contacts/contact_deletion.html", context)


def _remarks(result: DeletionResult) -> str:
    kept = " The number stays on the do-not-text list." if result.suppressed else ""
    return f" Texts erased: {result.texts}.{kept}" if result.texts else kept
