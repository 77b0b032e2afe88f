"""Form pages of a contact: create, edit, and confirm a suppressed number."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, may, require_right, team_view
from contacts.contact import events
from contacts.contact.forms import ContactForm, NewContactForm
from contacts.contact.models import Contact
from contacts.contact.number_changes import (
    NotConfirmed,
    NumberTaken,
    NumberWarning,
    change_number,
    create_contact,
)
from contacts.contact.overview import (
    NumberPreview,
    find_contact,
    find_contact_to_save,
    find_suppression_causes,
    preview_number,
)
from contacts.contact.views import edit_details
from contacts.custom_fields.values import merge_values
from kernel import change_tokens
from kernel.form_views import form_view, render_form
from kernel.id_parameter import read_id
from kernel.number_field import NumberField
from kernel.phone_numbers import display
from kernel.revisions import ObjectGone
from optout.models import StandingState
from optout.views import actor_of, return_url

CONTACT_GONE = "This contact was deleted or got another number meanwhile. Nothing was saved."


@form_view
@team_view(Right.EDIT_CONTACTS)
def new_contact(request: TeamRequest) -> HttpResponse:
    first, _, last = request.GET.get("name", "").partition(" ")
    initial = {"number": request.GET.get("number", "")[:64], "first_name": first[:60], "last_name": last[:60]}
    contact = Contact(team=request.team)
    form = NewContactForm(request.member, request.POST or None, instance=contact, initial=initial)
    if not form.is_valid():
        return _render_contact_form(request, form)
    status, answer = StandingState(form.cleaned_data["status"]), request.POST.get("answer", "")
    contact.custom = merge_values({}, form.changed_custom)  # before the event of the new contact
    try:
        create_contact(contact, form.number, status, by=actor_of(request), answer=answer, reason=form.reason)
    except NumberTaken as error:
        form.add_error("number", str(error))
        return _render_contact_form(request, form)
    except NotConfirmed:
        return _render_contact_form(request, form)
    form.save_related()
    messages.success(request, f"{contact} was added.")
    return redirect("contact", request.team.slug, form.number)


@form_view
@team_view(Right.EDIT_CONTACTS)
def edit_contact(request: TeamRequest, number: str) -> HttpResponse:
    """The full form; for htmx the small form beside a conversation."""
    if request.htmx:
        return edit_details(request, number)
    if request.method == "POST":
        contact = find_contact_to_save(request.team, number, _typed_number(request, number))
    else:
        contact = find_contact(request.team, number)
    if contact is None and request.method == "POST":
        raise ObjectGone(CONTACT_GONE)
    if contact is None:
        new_url = reverse("new_contact", args=[request.team.slug])
        return redirect(f"{new_url}?{urlencode({'number': number})}")
    form = ContactForm(request.member, request.POST or None, instance=contact)
    if not form.is_valid():
        return _render_contact_form(request, form)
    answer, leaves = request.POST.get("answer", ""), "answer" in request.POST and "carry" not in request.POST
    reason = request.POST.get("reason", "").strip() if leaves else ""
    warning = NumberWarning.about(request.team.id, form.number, number)
    if leaves and warning.offers_choice and form.number != number:
        require_right(request.member, Right.LIFT_RECORDED_BY_US)
        if not reason:
            return _render_number_change(request, form, warning, reason_missing=True)
    try:
        change_number(contact, form.number, by=actor_of(request), answer=answer, left_behind_because=reason)
    except NumberTaken as error:
        form.add_error("number", str(error))
        return _render_contact_form(request, form)
    except NotConfirmed as error:
        return _render_number_change(request, form, error.warning)
    form.save()
    if form.has_changed():
        events.record_updated(request.team.id, [contact.id], actor_of(request))
    change_tokens.renew_on_commit(request.team.id)
    return _redirect_saved(request, number, form.number)


def _typed_number(request: TeamRequest, number: str) -> str:
    """The number in the form, or the present one if the form has no valid number."""
    try:
        return str(NumberField(request.team.country, number).clean(request.POST.get("number", "")))
    except ValidationError:
        return number


def _redirect_saved(request: TeamRequest, old_number: str, number: str) -> HttpResponse:
    page = reverse("contact", args=[request.team.slug, number])
    if number == old_number:
        messages.success(request, "Saved.")
        return redirect(return_url(request) or page)
    old = display(old_number, request.team.country)
    messages.success(request, f"Saved. The conversations with {old} stay with that number.")
    return redirect(page)


def _render_contact_form(request: TeamRequest, form: ContactForm) -> HttpResponse:
    """The form with what is known about its number. For a suppressed number it holds the answer to the warning."""
    typed = form.data.get("number", "") if form.is_bound else form.initial["number"]
    context = {
        **_form_context(request, form),
        "preview": _preview_typed(request, typed, form.instance),
        "may_merge": may(request.member, Right.DELETE_CONTACTS),
    }
    return render_form(request, "contacts/contact_form.html", context)


def _render_number_change(
    request: TeamRequest, form: ContactForm, warning: NumberWarning, *, reason_missing: bool = False
) -> HttpResponse:
    """A confirmation page. It repeats the form in hidden fields, so nothing is saved before the answer."""
    old = warning.old_standing
    context = {
        **_form_context(request, form),
        "warning": warning,
        "reason_missing": reason_missing,
        "old_number": display(form.instance.number, request.team.country),
        "new_number": display(warning.number, request.team.country),
        "old_causes": find_suppression_causes(request.team.id, old) if old else [],
        "new_causes": find_suppression_causes(request.team.id, warning.new_standing),
    }
    return render_form(request, "contacts/number_change.html", context)


def _form_context(request: TeamRequest, form: ContactForm) -> dict[str, Any]:
    contact, slug = form.instance, request.team.slug
    page = reverse("contact", args=[slug, contact.number]) if contact.pk else reverse("contacts", args=[slug])
    return {
        "section": "contacts",
        "form": form,
        "contact": contact,
        "name": contact.name or display(contact.number, request.team.country),
        "next": return_url(request),
        "back": return_url(request) or page,
    }


@require_GET
@team_view(Right.EDIT_CONTACTS)
def number_preview(request: TeamRequest) -> HttpResponse:
    """The preview of a number while it is typed, for the contact `of`; empty for text that is not a number."""
    id = read_id(request.GET.get("of"))
    contact = request.team.contacts.filter(id=id).first() if id else None
    preview = _preview_typed(request, request.GET.get("number", ""), contact)
    context = {
        "preview": preview,
        "contact": contact,
        "may_merge": may(request.member, Right.DELETE_CONTACTS),
    }
    return render(request, "contacts/number_preview.html", context)


def _preview_typed(request: TeamRequest, typed: str, contact: Contact | None) -> NumberPreview | None:
    try:
        number = NumberField(request.team.country, contact.number if contact else "").clean(typed)
    except ValidationError:
        return None
    return preview_number(request.member, number, contact)
