"""Page of a number and its contact, and the contact's details beside a conversation."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, may, may_somewhere, team_view
from accounts.change_polling import new_ticket
from contacts.contact import events
from contacts.contact.forms import ContactDetailsForm
from contacts.contact.models import Contact
from contacts.contact.overview import find_contact, find_contact_to_save, find_conversations, is_known
from contacts.contact.shown_details import shown_details_loader
from kernel import change_tokens
from kernel.form_views import render_form
from kernel.loading import load
from kernel.phone_numbers import display, is_number
from kernel.recipient_numbers import recipient_fault
from optout.number_state import standing_across_inboxes
from optout.views import actor_of, requested_panel, return_url


@require_GET
@team_view()
def contact(request: TeamRequest, number: str) -> HttpResponse:
    """The page of a number, with or without a contact. For htmx its content, or the details of a conversation."""
    if not is_number(number) and not is_known(request.team, number):
        raise Http404("No such number.")
    if request.htmx and request.htmx.target != "contact-page":
        return _render_details(request, number)
    part = "#page" if request.htmx else ""
    # Before all reads, so that the page misses no change.
    version = change_tokens.current_token(request.team.id)
    standing = standing_across_inboxes(request.team.id, number)
    context = {
        **_page_context(request, number),
        "version": version,
        "ticket": new_ticket(request),
        "conversations": find_conversations(request.member, number, standing),
        "textable": not recipient_fault(number, short_codes=request.team.allows_short_codes)
        and may_somewhere(request.member, Right.SEND_TEXTS),
        "may_export": may(request.member, Right.EXPORT) and is_known(request.team, number),
        "may_delete": may(request.member, Right.DELETE_CONTACTS),
    }
    return render(request, f"contacts/contact.html{part}", context)


def edit_details(request: TeamRequest, number: str) -> HttpResponse:
    """The small form beside a conversation. It creates the contact if the number has none."""
    if request.method == "GET":
        return _render_details_form(
            request, number, ContactDetailsForm(instance=_find_or_new(request, number))
        )
    contact = find_contact_to_save(request.team, number)
    created = False
    form = ContactDetailsForm(request.POST, instance=contact or Contact(team=request.team, number=number))
    if not form.is_valid():
        return _render_details_form(request, number, form)
    if contact is None:
        contact, created = Contact.objects.get_or_create(team=request.team, number=number)
        if not created:  # by another request, at this moment: its values count like those of any other change
            return edit_details(request, number)
        form.instance.pk, form.instance._state.adding = contact.pk, False
    form.save()
    if created:
        events.record_created(request.team.id, [events.event_row(form.instance)], actor_of(request))
    elif form.has_changed():
        events.record_updated(request.team.id, [contact.id], actor_of(request))
    change_tokens.renew_on_commit(request.team.id)
    response = _render_details(request, number)
    response["HX-Trigger"] = "changed"  # the name stands elsewhere, too
    return response


def _render_details(request: TeamRequest, number: str) -> HttpResponse:
    context = {**_page_context(request, number), "next": return_url(request)}
    context["details"] = load(shown_details_loader(context["contact"], request.team.clock))
    return render(request, "contacts/contact.html#details", context)


def _render_details_form(request: TeamRequest, number: str, form: ContactDetailsForm) -> HttpResponse:
    context = {**_page_context(request, number), "form": form, "next": return_url(request)}
    return render_form(request, "contacts/contact_details_form.html", context)


def _page_context(request: TeamRequest, number: str) -> dict[str, Any]:
    return {
        "section": "contacts",
        "contact": _find_or_new(request, number),
        "number": number,
        "shown_number": display(number, request.team.country),
        "panel": requested_panel(request, number),
        "next": return_url(request) or reverse("contact", args=[request.team.slug, number]),
    }


def _find_or_new(request: TeamRequest, number: str) -> Contact:
    """The team's contact at this number, or an unsaved contact."""
    return find_contact(request.team, number) or Contact(team=request.team, number=number)
