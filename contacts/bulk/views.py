"""Pages of bulk actions: confirmation with exact counts, then progress and result."""

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
from kernel.form_views import render_form


@require_GET
@team_view()
def new_bulk_action(request: TeamRequest) -> HttpResponse:
    """Ask for confirmation. Action and selection are in the address, so the page can be reloaded."""
    parameters = _BulkActionInput(request, request.GET)
    return parameters.refusal() or _render_confirmation(request, parameters, parameters.form())


@require_POST
@team_view()
def bulk_actions(request: TeamRequest) -> HttpResponse:
    """Start the confirmed action."""
    parameters = _BulkActionInput(request, request.POST)
    form = parameters.form(request.POST)
    if refusal := parameters.refusal():
        return refusal
    if not form.is_valid():
        return _render_confirmation(request, parameters, form)
    run = start_run(request.member, parameters.action, parameters.selection, form.details())
    change_tokens.renew_on_commit(request.team.id)
    if run.at_work:
        return redirect("bulk_action", request.team.slug, run.id)
    messages.success(request, " ".join(bulk_action_summary(run)))
    return redirect(parameters.back)


@require_GET
@team_view()
def bulk_action(request: TeamRequest, id: int) -> HttpResponse:
    run = get_object_or_404(request.team.bulkactionruns, id=id)
    poll_url = reverse("bulk_action", args=[request.team.slug, run.id])
    if request.htmx:
        return progress_response(request, run, poll_url)
    context = {
        "section": "contacts",
        "run": run,
        "poll_url": poll_url,
        "cancel_url": reverse("bulk_action_cancellation", args=[request.team.slug, run.id]),
        "title": bulk_action_title(run),
        "summary": bulk_action_summary(run) if run.ended else [],
        "back": _contacts_url(request, "" if run.state == "done" else run.query or ""),
    }
    return render(request, "contacts/bulk_action.html", context)


@require_POST
@team_view()
def bulk_action_cancellation(request: TeamRequest, id: int) -> HttpResponse:
    """Cancel after the current batch. Every member may cancel; completed batches are kept."""
    run = get_object_or_404(request.team.bulkactionruns, id=id)
    at_work = BulkActionRun.objects.filter(team_id=request.team.id, id=run.id, state__in=AT_WORK)
    at_work.update(cancel_asked=True)
    return redirect("bulk_action", request.team.slug, run.id)


class _BulkActionInput:
    """The action and the selection in an address or a form."""

    def __init__(self, request: TeamRequest, data: QueryDict) -> None:
        self.request, self.selection = request, ContactSelection.read(data)
        name = data.get("action", "")
        self.known = name in BulkAction.values
        self.action = BulkAction(name) if self.known else BulkAction.ADD_TO_LIST
        self.query = data.get("query", "")
        self.back = _contacts_url(request, self.query)

    def refusal(self) -> HttpResponse | None:
        """A redirect if no contact or action was chosen. Raises PermissionDenied without the action's right."""
        if not self.known or not self.selection:
            messages.warning(self.request, "Select contacts first, then choose an action.")
            return redirect(self.back)
        require_right(self.request.member, REQUIRED_RIGHTS[self.action])
        return None

    def form(self, data: QueryDict | None = None) -> BulkActionForm:
        return FORMS[self.action](data, member=self.request.member)


def _render_confirmation(
    request: TeamRequest, parameters: _BulkActionInput, form: BulkActionForm
) -> HttpResponse:
    preview = preview_action(request.member, parameters.selection)
    context = {
        "section": "contacts",
        "action": parameters.action.value,
        "selection": parameters.selection,
        "query": parameters.query,
        "form": form,
        "preview": asdict(preview),
        "contacts": count_contacts(preview.contacts),
        "title": bulk_action_title(BulkActionRun(action=parameters.action, total=preview.contacts)),
        "back": parameters.back,
    }
    return render_form(request, "contacts/new_bulk_action.html", context)


def _contacts_url(request: TeamRequest, query: str) -> str:
    """The contacts page with these filters."""
    page = reverse("contacts", args=[request.team.slug])
    return f"{page}?{QueryDict(query).urlencode()}" if query else page
