"""The pages of one contact: itself, new, edited, with another number; and its details beside a conversation."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import Right, TeamRequest, may, team_view
from contacts.contact import events, number_changes
from contacts.contact.forms import ContactDetailsForm, ContactForm, NewContactForm
from contacts.contact.models import Contact
from contacts.contact.number_changes import ContactGone, NotConfirmed, NumberTaken
from contacts.contact.overview import find_conversations, find_suppression_causes, preview_number
from contacts.custom_fields.values import merge_values
from kernel import change_tokens
from kernel.number_field import NumberField
from kernel.phone_numbers import display, is_textable
from optout.forms import FreshConsentForm
from optout.models import StandingState
from optout.number_state import standing_across_inboxes
from optout.views import actor_of, requested_panel, return_url

form_page = require_http_methods(["GET", "HEAD", "POST"])


# -- to look at --------------------------------------------------------------------------------------------------


@require_GET
@team_view()
def contact(request: TeamRequest, number: str) -> HttpResponse:
    """A number's page, whoever has it; for htmx the whole of it, or its details beside a conversation."""
    if request.htmx and request.htmx.target != "contact-page":
        return _beside(request, number)
    part = "#page" if request.htmx else ""
    version = change_tokens.current_token(
        request.team.id
    )  # before anything is read: what changes meanwhile is fetched again
    everywhere = standing_across_inboxes(request.team.id, number)
    context = {
        **_one(request, number),
        "version": version,
        "ticket": signing.dumps(request.team.id, salt="live"),
        "talks": find_conversations(request.member, number, everywhere),
        "textable": is_textable(number) and may(request.member, Right.SEND_TEXTS),
        "may_delete": may(request.member, Right.DELETE_CONTACTS),
        "consent_form": FreshConsentForm(team=request.team),
    }
    return render(request, f"contacts/contact.html{part}", context)


def _find(request: TeamRequest, number: str) -> Contact:
    """The team's contact at this number, or one that is not saved yet."""
    found = request.team.contacts.select_related("assignee__user").filter(number=number).first()
    return found or Contact(team=request.team, number=number)


def _one(request: TeamRequest, number: str) -> dict[str, Any]:
    return {
        "section": "contacts",
        "contact": _find(request, number),
        "number": number,
        "shown_number": display(number, request.team.country),
        "panel": requested_panel(request, number),
        "next": return_url(request) or reverse("contact", args=[request.team.slug, number]),
    }


# -- beside a conversation ---------------------------------------------------------------------------------------


def _edit_beside(request: TeamRequest, number: str) -> HttpResponse:
    if request.method == "GET":
        return _beside(request, number, form=ContactDetailsForm(instance=_find(request, number)))
    form = ContactDetailsForm(request.POST, instance=_find(request, number))
    if not form.is_valid():
        return _beside(request, number, form=form, status=422)
    with transaction.atomic():
        new = False
        if not form.instance.pk:  # somebody may have made it since it was looked for
            found, new = Contact.objects.get_or_create(team=request.team, number=number)
            form.instance.pk, form.instance._state.adding = found.pk, False
        form.save()
        if new:
            events.record_created(request.team.id, [events.event_row(form.instance)], actor_of(request))
    change_tokens.renew_on_commit(request.team.id)
    return _beside(request, number)


def _beside(
    request: TeamRequest, number: str, *, form: ContactDetailsForm | None = None, status: int = 200
) -> HttpResponse:
    context = {**_one(request, number), "form": form, "next": return_url(request)}
    part = "contacts/contact_details_form.html" if form else "contacts/contact.html#details"
    return render(request, part, context, status=status)


# -- new and changed ---------------------------------------------------------------------------------------------


@form_page
@team_view()
def new_contact(request: TeamRequest) -> HttpResponse:
    asked = {"number": request.GET.get("number", "")[:64]}
    form = NewContactForm(
        request.member, request.POST or None, instance=Contact(team=request.team), initial=asked
    )
    if not form.is_valid():
        return _form(request, form)
    try:
        status = StandingState(form.cleaned_data["status"])
        form.instance.custom = merge_values({}, form.changed_custom)  # before anybody is told of the contact
        number_changes.create_contact(
            form.instance, form.number, status, by=actor_of(request), answer=_answer(request)
        )
    except NumberTaken as why:
        form.add_error("number", str(why))
        return _form(request, form)
    except NotConfirmed as why:
        return _form(request, form, question=why.question)
    form.label()
    messages.success(request, f"{form.instance} was added.")
    return redirect("contact", request.team.slug, form.number)


@form_page
@team_view()
def edit_contact(request: TeamRequest, number: str) -> HttpResponse:
    """The whole form; for htmx the small one beside a conversation."""
    if request.htmx:
        return _edit_beside(request, number)
    found = _find(request, number)
    if not found.pk:
        new = reverse("new_contact", args=[request.team.slug])
        return redirect(f"{new}?{urlencode({'number': number})}")
    form = ContactForm(request.member, request.POST or None, instance=found)
    if not form.is_valid():
        return _form(request, form)
    try:
        number_changes.change_number(found, form.number, by=actor_of(request), **_decision(request))
    except NumberTaken as why:
        form.add_error("number", str(why))
        return _form(request, form)
    except NotConfirmed as why:
        return _step(request, form, why.question)
    except ContactGone:
        return _gone(request, number)
    form.save()
    return _saved(request, number, form)


def _saved(request: TeamRequest, number: str, form: ContactForm) -> HttpResponse:
    change_tokens.renew_on_commit(request.team.id)
    moved = form.number != number
    old = display(number, request.team.country)
    messages.success(
        request, f"Saved. The conversations with {old} stay with that number." if moved else "Saved."
    )
    here = reverse("contact", args=[request.team.slug, form.number])
    return redirect(here if moved else return_url(request) or here)


def _gone(request: TeamRequest, number: str) -> HttpResponse:
    messages.warning(
        request, "This contact was deleted or got another number meanwhile. Nothing was changed."
    )
    return redirect("contact", request.team.slug, number)


def _answer(request: TeamRequest) -> str:
    return request.POST.get("answer", "")


def _decision(request: TeamRequest) -> dict[str, Any]:
    return {"answer": _answer(request), "carry": "carry" in request.POST}


def _form(
    request: TeamRequest, form: ContactForm, *, question: number_changes.NumberWarning | None = None
) -> HttpResponse:
    typed = form.data.get("number", "") if form.is_bound else form.initial["number"]
    context = {
        **_filling_in(request, form),
        "question": question,
        "look": _look(request, typed, form.instance),
        "may_merge": may(request.member, Right.DELETE_CONTACTS),
    }
    return render(request, "contacts/contact_form.html", context, status=422 if form.is_bound else 200)


def _step(request: TeamRequest, form: ContactForm, question: number_changes.NumberWarning) -> HttpResponse:
    """Nothing is saved yet: what was filled in goes along, and the answer comes back to the same address."""
    context = {
        **_filling_in(request, form),
        "question": question,
        "old_number": display(form.instance.number, request.team.country),
        "new_number": display(question.number, request.team.country),
        "old_causes": find_suppression_causes(request.team.id, question.left) if question.left else [],
        "new_causes": find_suppression_causes(request.team.id, question.there),
    }
    return render(request, "contacts/number_change.html", context, status=422)


def _filling_in(request: TeamRequest, form: ContactForm) -> dict[str, Any]:
    filled_in, slug = form.instance, request.team.slug
    page = (
        reverse("contact", args=[slug, filled_in.number])
        if filled_in.pk
        else reverse("contacts", args=[slug])
    )
    return {
        "section": "contacts",
        "form": form,
        "contact": filled_in,
        "name": filled_in.name or display(filled_in.number, request.team.country),
        "next": return_url(request),
        "back": return_url(request) or page,
    }


@require_GET
@team_view()
def number_preview(request: TeamRequest) -> HttpResponse:
    """What is known of a number, while it is typed; nothing while it is none."""
    of = request.GET.get("of", "")
    mine = request.team.contacts.filter(id=of).first() if of.isdecimal() and len(of) < 19 else None
    found = _look(request, request.GET.get("number", ""), mine)
    context = {"look": found, "contact": mine, "may_merge": may(request.member, Right.DELETE_CONTACTS)}
    return render(request, "contacts/number_preview.html", context)


def _look(request: TeamRequest, typed: str, mine: Contact | None) -> Any:
    """What is known of what was typed; None where that is no number."""
    try:
        number = NumberField(request.team.country, mine.number if mine else "").clean(typed)
    except ValidationError:
        return None
    return preview_number(request.member, number, mine)
