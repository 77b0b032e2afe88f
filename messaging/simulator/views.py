"""Views of the simulator page: a phone on the simulated carrier, whose texts arrive as real webhooks over HTTP."""

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, team_view, visible_inboxes
from accounts.change_polling import new_ticket
from accounts.models import Carrier, Inbox
from contacts.contact.models import Contact
from kernel import change_tokens
from kernel.form_views import render_form
from kernel.phone_numbers import InvalidNumber, display
from kernel.tenancy import scope
from messaging.forms import MAX_TEXT_LENGTH
from messaging.media.links import shared_until
from messaging.media.models import Attachment
from messaging.media.refusals import RefusedFile
from messaging.media.uploads import store_uploads
from messaging.simulator.adapter import MMS_LIMITS, behavior_of, send_from_handset
from messaging.simulator.forms import HandsetForm, SimulatorBehaviorForm
from messaging.simulator.models import SimulatedText, SimulatorBehavior
from messaging.simulator.reach import SAMPLE_NUMBER, reachable, read_number


@require_GET
@team_view()
def simulator(request: TeamRequest) -> HttpResponse:
    part = "#handset" if request.htmx else ""
    return render(request, f"messaging/simulator.html{part}", _context(request, _handset(request)))


@require_POST
@team_view(in_inbox=Right.SEND_TEXTS, whole_request=False)
def simulator_texts(request: TeamRequest) -> HttpResponse:
    with scope(request.team.id):
        handset = _handset(request)
    form = HandsetForm(request.POST, request.FILES)
    if form.is_valid() and handset.inbox and handset.number:
        _send(handset.inbox, handset.number, form.cleaned_data)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "changed"})
    return redirect(handset.url(request))


def _send(inbox: Inbox, number: str, data: dict[str, Any]) -> None:
    """Send what a person wrote on the phone. A file that no product would take is left out."""
    with suppress(RefusedFile):
        attachments = store_uploads(inbox.team_id, data["attachments"], MMS_LIMITS)
        send_from_handset(inbox, number, data["body"], attachments)


@require_POST
@team_view(in_inbox=Right.SEND_TEXTS)
def simulator_behavior(request: TeamRequest) -> HttpResponse:
    handset = _handset(request)
    form = SimulatorBehaviorForm(request.POST, instance=handset.behavior)
    if handset.inbox and form.is_valid():
        form.save()
        return redirect(handset.url(request))
    context = {**_context(request, handset), "behavior_form": form}
    return render_form(request, "messaging/simulator.html", context)


@dataclass(frozen=True)
class _HandsetFile:
    """A file on the phone."""

    attachment: Attachment

    @property
    def address(self) -> str:
        """The same for a day, so that a page that refreshes keeps its pictures."""
        day = 24 * 3600
        until = int(time.time()) // day * day + 2 * day
        return shared_until(self.attachment.team_id, self.attachment.id, until)


@dataclass(frozen=True)
class Handset:
    """The simulated phone: its number, and the inbox with which it exchanges texts."""

    inboxes: list[Inbox]  # all that the page offers
    inbox: Inbox | None
    contacts: list[Contact]  # the numbers that the page suggests
    typed: str
    number: str
    error: str

    @property
    def behavior(self) -> SimulatorBehavior | None:
        return behavior_of(self.inbox) if self.inbox else None

    @property
    def texts(self) -> list[SimulatedText]:
        """The last hundred texts, oldest first."""
        if not self.inbox:
            return []
        texts = self.inbox.team.simulatedtexts.filter(inbox_id=self.inbox.id, number=self.number)
        found: list[Any] = list(texts.order_by("-id")[:100])[::-1]
        ids = {id for text in found for id in text.media}
        files = Attachment.objects.filter(team_id=self.inbox.team_id, id__in=ids).in_bulk() if ids else {}
        for text in found:
            text.files = [_HandsetFile(files[id]) for id in text.media if id in files]
        return found

    def url(self, request: TeamRequest) -> str:
        query = urlencode({"inbox": self.inbox.id if self.inbox else "", "number": self.number})
        return f"{reverse('simulator', args=[request.team.slug])}?{query}"


def _handset(request: TeamRequest) -> Handset:
    inboxes = list(visible_inboxes(request.member).present().filter(carrier=Carrier.SIMULATOR))
    chosen = (inbox for inbox in inboxes if str(inbox.id) == request.GET.get("inbox"))
    inbox = next(chosen, inboxes[0] if inboxes else None)
    if inbox:
        inbox.team = request.team
    named = reachable(request.team.contacts.with_name())
    contacts = list(named.order_by("sort_name", "id")[:100])
    for contact in contacts:
        contact.shown_number = display(contact.number, request.team.country)
    typed = request.GET.get("number") or (contacts[0].number if contacts else SAMPLE_NUMBER)
    try:
        number, error = read_number(typed, request.team.country), ""
    except InvalidNumber as invalid:
        number, error = "", str(invalid)
    return Handset(inboxes, inbox, contacts, typed, number, error)


def _context(request: TeamRequest, handset: Handset) -> dict[str, Any]:
    return {
        "section": "simulator",
        "version": change_tokens.current_token(request.team.id),
        "ticket": new_ticket(request),
        "handset": handset,
        "inbox": handset.inbox,
        "number": handset.number,
        "shown_number": display(handset.number, request.team.country),
        "url": handset.url(request),
        "behavior_form": SimulatorBehaviorForm(instance=handset.behavior),
        "max_text_length": MAX_TEXT_LENGTH,
    }
