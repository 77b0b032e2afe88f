"""View of bulk work on the ticked conversations of the list."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from kernel.form_views import render_form
from messaging.chosen_list import chosen_list
from messaging.page_contexts import list_context
from messaging.teamwork.bulk_forms import BulkWorkForm
from messaging.teamwork.bulk_work import work_on


@require_POST
@team_view(in_inbox=Right.ORGANIZE)
def bulk_work(request: TeamRequest) -> HttpResponse:
    """An open page shows the result above the list; without JavaScript the list is shown again with it."""
    form = BulkWorkForm(request.POST, request.member)
    if not form.is_valid():
        errors = {"errors": form.non_field_errors()}
        if request.htmx:
            return render_form(request, "messaging/ticked_bar.html#result", errors)
        return render_form(request, "messaging/inbox.html", {**list_context(request, None), **errors})
    result = work_on(form.order, request.member)
    if request.htmx:
        response = render(request, "messaging/ticked_bar.html#result", {"result": result})
        response["HX-Trigger"] = "changed"
        return response
    messages.success(request, result.sentence)
    return redirect(f"{reverse('inbox', args=[request.team.slug])}?{chosen_list(request).query}")
