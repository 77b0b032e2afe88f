"""Views of saved views: save the filter of a list under a name, rename it, and delete it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import TeamRequest, team_view
from kernel.form_views import form_view, render_form
from kernel.loading import load
from messaging.chosen_list import ChosenList, chosen_list, description_loader
from messaging.saved_views.access import changeable_views
from messaging.saved_views.forms import SavedViewForm
from messaging.saved_views.models import SavedView


@form_view
@team_view()
def new_saved_view(request: TeamRequest) -> HttpResponse:
    """The address has the filter of the list that is saved."""
    chosen = chosen_list(request)
    form = SavedViewForm(request.POST or None, instance=_view_of(request, chosen), member=request.member)
    if form.is_valid():
        return _save(request, form)
    return _render(request, form, chosen)


@form_view
@team_view()
def edit_saved_view(request: TeamRequest, id: int) -> HttpResponse:
    view = get_object_or_404(changeable_views(request.member), id=id)
    form = SavedViewForm(request.POST or None, instance=view, member=request.member)
    if form.is_valid():
        return _save(request, form)
    return _render(request, form, chosen_list(request, {"view": str(view.id)}))


@require_POST
@team_view()
def saved_view_deletion(request: TeamRequest, id: int) -> HttpResponse:
    view = get_object_or_404(changeable_views(request.member), id=id)
    view.delete()
    messages.success(request, f"The view {view} was deleted. Its conversations are kept.")
    return redirect("inbox", request.team.slug)


def _view_of(request: TeamRequest, chosen: ChosenList) -> SavedView:
    return SavedView(
        team=request.team,
        member=request.member,
        folder=chosen.folder.value,
        inbox_id=chosen.inbox.id if chosen.inbox else None,
        assignee=chosen.narrowing.assignee,
        tag_id=chosen.narrowing.tag_id,
        unread=chosen.narrowing.unread,
        standing=chosen.narrowing.standing,
    )


def _save(request: TeamRequest, form: SavedViewForm) -> HttpResponse:
    view = form.save()
    return redirect(f"{reverse('inbox', args=[request.team.slug])}?view={view.id}")


def _render(request: TeamRequest, form: SavedViewForm, chosen: ChosenList) -> HttpResponse:
    context = {
        "section": "inbox",
        "form": form,
        "saved_view": form.instance if form.instance.pk else None,
        "folder": chosen.folder,
        "inbox": chosen.inbox,
        "narrowed_to": load(description_loader(chosen, request.team)),
        "list_query": chosen.query,
    }
    return render_form(request, "messaging/saved_view.html", context)
