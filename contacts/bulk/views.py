"""The pages of an action on a selection: it asks first, with exact counts, and then shows how far it has come."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.access import TeamRequest, require_right, team_view
from contacts.bulk.forms import FORMS, BulkActionForm
from contacts.bulk.models import BulkAction, BulkActionRun
from contacts.bulk.operation import REQUIRED_RIGHTS, preview_action, start_run
from contacts.bulk.wording import bulk_action_summary, bulk_action_title, count_contacts
from contacts.runs.models import AT_WORK
from contacts.runs.progress import progress_response
from contacts.search.selection import ContactSelection
from kernel import change_tokens


@require_GET
@team_view()
def new_bulk_action(request: TeamRequest) -> HttpResponse:
    """Asks, with counts. What is asked about stands in the address, so that it can be reloaded."""
    asked = _BulkActionInput(request, request.GET)
    return asked.refused() or _ask(request, asked, asked.form())


@require_POST
@team_view()
def bulk_actions(request: TeamRequest) -> HttpResponse:
    """Confirmed: frozen, and done at once or begun."""
    asked = _BulkActionInput(request, request.POST)
    form = asked.form(request.POST)
    if refused := asked.refused():
        return refused
    if not form.is_valid():
        return _ask(request, asked, form, status=422)
    begun = start_run(request.member, asked.action, asked.chosen, form.details())
    change_tokens.renew_on_commit(request.team.id)
    if begun.at_work:
        return redirect("bulk_action", request.team.slug, begun.id)
    messages.success(request, " ".join(bulk_action_summary(begun)))
    return redirect(asked.back)


@require_GET
@team_view()
def bulk_action(request: TeamRequest, id: int) -> HttpResponse:
    found = get_object_or_404(request.team.bulkactionruns, id=id)
    poll_url = reverse("bulk_action", args=[request.team.slug, found.id])
    if request.htmx:
        return progress_response(request, found, poll_url)
    context = {
        "section": "contacts",
        "run": found,
        "poll_url": poll_url,
        "cancel_url": reverse("bulk_action_cancellation", args=[request.team.slug, found.id]),
        "title": bulk_action_title(found),
        "summary": bulk_action_summary(found) if found.ended else [],
        "back": contacts_url(request, "" if found.state == "done" else found.query or ""),
    }
    return render(request, "contacts/bulk_action.html", context)


@require_POST
@team_view()
def bulk_action_cancellation(request: TeamRequest, id: int) -> HttpResponse:
    """Between two batches; what was done stays done. Whoever sees it may stop it."""
    found = get_object_or_404(request.team.bulkactionruns, id=id)
    running = BulkActionRun.objects.filter(team_id=request.team.id, id=found.id, state__in=AT_WORK)
    running.update(cancel_asked=True)
    return redirect("bulk_action", request.team.slug, found.id)


class _BulkActionInput:
    """What a form or address asks to have done, and with whom."""

    def __init__(self, request: TeamRequest, data: QueryDict) -> None:
        self.request, self.chosen = request, ContactSelection.read(data)
        name = data.get("action", "")
        self.known = name in BulkAction.values
        self.action = BulkAction(name) if self.known else BulkAction.ADD_TO_LIST
        self.query = data.get("query", "")
        self.back = contacts_url(request, self.query)

    def refused(self) -> HttpResponse | None:
        """The way back for whom nothing was chosen; raises PermissionDenied for whom it is not allowed."""
        if not self.known or not self.chosen:
            messages.warning(self.request, "Tick the contacts first, then choose what to do with them.")
            return redirect(self.back)
        if right := REQUIRED_RIGHTS.get(self.action):
            require_right(self.request.member, right)
        return None

    def form(self, data: QueryDict | None = None) -> BulkActionForm:
        return FORMS[self.action](data, member=self.request.member)


def _ask(
    request: TeamRequest, asked: _BulkActionInput, form: BulkActionForm, status: int = 200
) -> HttpResponse:
    known = preview_action(request.member, asked.chosen)
    context = {
        "section": "contacts",
        "action": asked.action.value,
        "chosen": asked.chosen,
        "query": asked.query,
        "form": form,
        "facts": asdict(known),
        "people": count_contacts(known.contacts),
        "title": bulk_action_title(BulkActionRun(action=asked.action, total=known.contacts)),
        "back": asked.back,
    }
    return render(request, "contacts/new_bulk_action.html", context, status=status)


def contacts_url(request: TeamRequest, query: str) -> str:
    """The contacts page with these filters."""
    return reverse("contacts", args=[request.team.slug]) + (
        f"?{QueryDict(query).urlencode()}" if query else ""
    )
