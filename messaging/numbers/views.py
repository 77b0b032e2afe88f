"""Settings > Inboxes > Number: an inbox's number type with what it means, its addresses and its 10DLC registration."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.audit.models import SettingsSection
from accounts.models import Inbox
from accounts.settings_audit import record_form
from accounts.settings_page import render_settings_page
from kernel.form_views import form_view
from kernel.revisions import locked_for_post
from kernel.tenancy import scope
from messaging.carriers.base import SendError
from messaging.connection_check import error_sentence
from messaging.numbers.carrier_facts import carrier_tells, read_from_carrier
from messaging.numbers.filtered_texts import filtered_texts
from messaging.numbers.forms import NumberForm, RegistrationForm
from messaging.numbers.models import Registration
from messaging.numbers.registration_wording import advice_on
from messaging.numbers.type_rules import needs_registration, rules_of


@form_view
@team_view(Right.MANAGE_INBOXES)
def inbox_number(request: TeamRequest, id: int) -> HttpResponse:
    inbox = _find_inbox(request, id)
    before = NumberForm(instance=inbox)
    form = NumberForm(request.POST or None, instance=inbox)
    if form.is_valid():
        after = NumberForm(instance=form.save())
        record_form(request.member, SettingsSection.INBOXES, before, after, inbox=inbox)
        messages.success(request, "Saved.")
        return redirect(request.path)
    return _page(request, inbox, form, RegistrationForm(instance=_registration(inbox)))


@require_POST
@team_view(Right.MANAGE_INBOXES)
def inbox_registration(request: TeamRequest, id: int) -> HttpResponse:
    """The 10DLC registration, entered by hand."""
    inbox = _find_inbox(request, id)
    before = RegistrationForm(instance=_registration(inbox))
    form = RegistrationForm(request.POST, instance=_registration(inbox))
    if not form.is_valid():
        return _page(request, inbox, NumberForm(instance=inbox), form)
    after = RegistrationForm(instance=form.save())
    record_form(request.member, SettingsSection.INBOXES, before, after, inbox=inbox)
    messages.success(request, "Saved.")
    return redirect("inbox_number", request.team.slug, id)


@require_POST
@team_view(Right.MANAGE_INBOXES)
def inbox_address(request: TeamRequest, id: int) -> HttpResponse:
    """Add the address whose texts this inbox received although no inbox lists it."""
    inbox = _find_inbox(request, id)
    before = NumberForm(instance=inbox)
    addresses = "\n".join([*inbox.further_addresses, inbox.unlisted_address])
    data = {"stated_number_type": inbox.stated_number_type, "further_addresses": addresses}
    form = NumberForm(data, instance=inbox)
    if not form.is_valid():
        return _page(request, inbox, form, RegistrationForm(instance=_registration(inbox)))
    record_form(
        request.member, SettingsSection.INBOXES, before, NumberForm(instance=form.save()), inbox=inbox
    )
    return redirect("inbox_number", request.team.slug, id)


@require_POST
@team_view(Right.MANAGE_INBOXES, whole_request=False)
def inbox_number_facts(request: TeamRequest, id: int) -> HttpResponse:
    """Ask the carrier about the number."""
    with scope(request.team.id):
        inbox = get_object_or_404(request.team.inboxes.present().select_related("team"), id=id)
    try:
        read_from_carrier(inbox)
    except SendError as error:
        messages.error(request, f"The carrier could not be asked: {error_sentence(error)}")
    else:
        messages.success(
            request, f"{inbox.get_carrier_display()} says that this is {inbox.number_type.noun}."
        )
    return redirect("inbox_number", request.team.slug, id)


def _find_inbox(request: TeamRequest, id: int) -> Inbox:
    inboxes = request.team.inboxes.present().select_related("team")
    inbox: Inbox = get_object_or_404(locked_for_post(request, inboxes), id=id)
    return inbox


def _registration(inbox: Inbox) -> Registration:
    found = Registration.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id).first()
    return found or Registration(team_id=inbox.team_id, inbox=inbox)


def _page(
    request: TeamRequest, inbox: Inbox, form: NumberForm, registration_form: RegistrationForm
) -> HttpResponse:
    registration = _registration(inbox)
    accounts = request.team.inboxes.present().filter(account_id=inbox.account_id)
    context: dict[str, Any] = {
        "inbox": inbox,
        "form": form,
        "rules": rules_of(inbox),
        "carrier_tells": carrier_tells(inbox),
        "is_only_one": accounts.count() == 1,
        "registration": registration if needs_registration(inbox) else None,
        "registration_form": registration_form,
        "advice": advice_on(registration),
        "filtered": filtered_texts(inbox, timezone.now()),
    }
    return render_settings_page(request, "messaging/inbox_number.html", "inboxes", context)
