"""The page Phone of a demo: a handset on the simulated carrier. Its texts take the real way, over HTTP."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, team_view, visible_inboxes
from accounts.models import Carrier, Inbox
from contacts.contact.models import Contact
from kernel import change_tokens
from kernel.phone_numbers import InvalidNumber, canonical, display
from kernel.tenancy import scope
from messaging.simulator import adapter
from messaging.simulator.forms import HandsetForm, SimulatorBehaviorForm
from messaging.simulator.models import SimulatedText, SimulatorBehavior


@require_GET
@team_view()
def simulator(request: TeamRequest) -> HttpResponse:
    part = "#handset" if request.htmx else ""
    return render(request, f"messaging/simulator.html{part}", _page(request, _handset(request)))


@require_POST
@team_view(Right.SEND_TEXTS, whole_request=False)
def simulator_texts(request: TeamRequest) -> HttpResponse:
    with scope(request.team.id):
        handset = _handset(request)
    form = HandsetForm(request.POST)
    if form.is_valid() and handset.inbox and handset.number:
        adapter.send_from_handset(handset.inbox, handset.number, form.cleaned_data["body"])
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "changed"})
    return redirect(handset.address(request))


@require_POST
@team_view(Right.SEND_TEXTS)
def simulator_behavior(request: TeamRequest) -> HttpResponse:
    handset = _handset(request)
    form = SimulatorBehaviorForm(request.POST, instance=handset.behavior)
    if handset.inbox and form.is_valid():
        form.save()
        return redirect(handset.address(request))
    return render(
        request, "messaging/simulator.html", {**_page(request, handset), "line_form": form}, status=422
    )


@dataclass(frozen=True)
class Handset:
    """Whose phone, and which inbox it texts with."""

    inboxes: list[Inbox]
    inbox: Inbox | None
    people: list[Contact]
    typed: str
    number: str
    problem: str

    @property
    def behavior(self) -> SimulatorBehavior | None:
        return adapter.behavior_of(self.inbox) if self.inbox else None

    @property
    def texts(self) -> list[SimulatedText]:
        """Oldest first; the last hundred."""
        if not self.inbox:
            return []
        texts = self.inbox.team.simulatedtexts.filter(inbox_id=self.inbox.id, number=self.number)
        return list(texts.order_by("-id")[:100])[::-1]

    def address(self, request: TeamRequest) -> str:
        wanted = {"inbox": self.inbox.id if self.inbox else "", "number": self.number}
        return f"{reverse('simulator', args=[request.team.slug])}?{urlencode(wanted)}"


def _handset(request: TeamRequest) -> Handset:
    inboxes = list(visible_inboxes(request.member).filter(carrier=Carrier.SIMULATOR))
    inbox = next(
        (box for box in inboxes if str(box.id) == request.GET.get("inbox")), inboxes[0] if inboxes else None
    )
    if inbox:
        inbox.team = request.team
    people = list(request.team.contacts.with_name().order_by("sort_name", "id")[:100])
    typed = request.GET.get("number") or (people[0].number if people else "")
    try:
        number, problem = canonical(typed, request.team.country), ""
    except InvalidNumber as why:
        number, problem = "", str(why)
    return Handset(inboxes, inbox, people, typed, number, problem)


def _page(request: TeamRequest, handset: Handset) -> dict[str, Any]:
    return {
        "section": "phone",
        "version": change_tokens.current_token(request.team.id),
        "ticket": signing.dumps(request.team.id, salt="live"),
        "handset": handset,
        "box": handset.inbox,
        "number": handset.number,
        "shown_number": display(handset.number, request.team.country),
        "here": handset.address(request),
        "line_form": SimulatorBehaviorForm(instance=handset.behavior),
    }
