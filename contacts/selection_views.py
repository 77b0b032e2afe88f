"""The pages of an action on a selection: it asks first, with exact counts, and then shows how far it has come."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts import live
from accounts.access import TeamRequest, require, team_view
from contacts.models import Selection
from contacts.models.run import AT_WORK
from contacts.models.selection import Doing
from contacts.progress import at_work, progress
from contacts.selection_forms import FORMS, NothingForm
from contacts.selection_words import people, summary, title
from contacts.selections import NEEDS, Chosen, facts, start


@require_GET
@team_view()
def new_selection(request: TeamRequest) -> HttpResponse:
    """Asks, with counts. What is asked about stands in the address, so that it can be reloaded."""
    asked = _Asked(request, request.GET)
    return asked.refused() or _ask(request, asked, asked.form())


@require_POST
@team_view()
def selections(request: TeamRequest) -> HttpResponse:
    """Confirmed: frozen, and done at once or begun."""
    asked = _Asked(request, request.POST)
    form = asked.form(request.POST)
    if refused := asked.refused():
        return refused
    if not form.is_valid():
        return _ask(request, asked, form, status=422)
    begun = start(request.member, asked.doing, asked.chosen, form.details())
    live.changed(request.team.id)
    if begun.at_work:
        return redirect("selection", request.team.slug, begun.id)
    messages.success(request, " ".join(summary(begun)))
    return redirect(asked.back)


@require_GET
@team_view()
def selection(request: TeamRequest, id: int) -> HttpResponse:
    found = get_object_or_404(request.team.selections, id=id)
    here = reverse("selection", args=[request.team.slug, found.id])
    if request.htmx:
        return progress(request, found, here)
    context = {
        "section": "contacts",
        "run": found,
        "here": here,
        "cancel": reverse("selection_cancellation", args=[request.team.slug, found.id]),
        "title": title(found),
        "summary": summary(found) if found.ended else [],
        "back": contacts_address(request, "" if found.state == "done" else found.query or ""),
    }
    return render(request, "contacts/selection.html", context)


@require_POST
@team_view()
def selection_cancellation(request: TeamRequest, id: int) -> HttpResponse:
    """Between two batches; what was done stays done. Whoever sees it may stop it."""
    found = get_object_or_404(request.team.selections, id=id)
    running = Selection.objects.filter(team_id=request.team.id, id=found.id, state__in=AT_WORK)
    running.update(cancel_asked=True)
    return redirect("selection", request.team.slug, found.id)


@require_GET
@team_view()
def runs_at_work(request: TeamRequest) -> HttpResponse:
    """The strip on the contacts page; with the last of them it goes, and the page's pieces are fetched anew."""
    runs = at_work(request.member)
    response = render(request, "contacts/runs_at_work.html", {"runs": runs})
    if not runs:
        response["HX-Trigger"] = "changed"
    return response


class _Asked:
    """What a form or address asks to have done, and with whom."""

    def __init__(self, request: TeamRequest, data: QueryDict) -> None:
        self.request, self.chosen = request, Chosen.read(data)
        name = data.get("doing", "")
        self.known = name in Doing.values
        self.doing = Doing(name) if self.known else Doing.ADD_TO_LIST
        self.query = data.get("query", "")
        self.back = contacts_address(request, self.query)

    def refused(self) -> HttpResponse | None:
        """The way back for whom nothing was chosen; raises PermissionDenied for whom it is not allowed."""
        if not self.known or not self.chosen:
            messages.warning(self.request, "Tick the contacts first, then choose what to do with them.")
            return redirect(self.back)
        if right := NEEDS.get(self.doing):
            require(self.request.member, right)
        return None

    def form(self, data: QueryDict | None = None) -> NothingForm:
        return FORMS[self.doing](data, member=self.request.member)


def _ask(request: TeamRequest, asked: _Asked, form: NothingForm, status: int = 200) -> HttpResponse:
    known = facts(request.member, asked.chosen)
    context = {
        "section": "contacts",
        "doing": asked.doing.value,
        "chosen": asked.chosen,
        "query": asked.query,
        "form": form,
        "facts": asdict(known),
        "people": people(known.contacts),
        "title": title(Selection(doing=asked.doing, total=known.contacts)),
        "back": asked.back,
    }
    return render(request, "contacts/new_selection.html", context, status=status)


def contacts_address(request: TeamRequest, query: str) -> str:
    """The contacts page with these filters."""
    return reverse("contacts", args=[request.team.slug]) + (
        f"?{QueryDict(query).urlencode()}" if query else ""
    )
