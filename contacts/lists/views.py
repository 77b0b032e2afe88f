"""Page of lists and tags: every member sees them, who changes contacts creates and renames them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, may, team_view
from contacts.lists.counts import COUNT_LIMIT, count_labels, count_lists
from contacts.lists.forms import ListForm, TagForm
from contacts.lists.live_views import edit_live_list
from contacts.lists.models import ContactList, Tag
from kernel.form_views import form_view, render_form
from kernel.revisions import locked_for_post

LABEL_KINDS: dict[str, Any] = {"list": (ContactList, ListForm), "tag": (Tag, TagForm)}


@require_GET
@team_view()
def labels(request: TeamRequest) -> HttpResponse:
    return _render_labels(request)


@require_POST
@team_view(Right.EDIT_CONTACTS)
def new_label(request: TeamRequest, kind: str) -> HttpResponse:
    model, form_class = LABEL_KINDS[kind]
    label = model(team=request.team)
    if kind == "list":
        label.created_by = str(request.member)[:120]
    form = form_class(request.POST, instance=label)
    if not form.is_valid():
        return _render_labels(request, **{kind: form})
    form.save()
    messages.success(request, f"{form.instance} was added. To use it, select contacts on the Contacts page.")
    return redirect("labels", request.team.slug)


@form_view
@team_view(Right.EDIT_CONTACTS)
def edit_label(request: TeamRequest, kind: str, id: int) -> HttpResponse:
    model, form_class = LABEL_KINDS[kind]
    label = get_object_or_404(locked_for_post(request, model.objects.filter(team=request.team)), id=id)
    if kind == "list" and label.is_live:
        return edit_live_list(request, label)
    name = label.name
    form = form_class(request.POST or None, instance=label)
    if form.is_valid():
        form.save()
        return redirect("labels", request.team.slug)
    context = {
        "section": "contacts",
        "tab": "labels",
        "kind": kind,
        "form": form,
        "label": label,
        "name": name,
        "may_delete": may(request.member, Right.DELETE_CONTACTS),
    }
    return render_form(request, "contacts/label.html", context)


@require_POST
@team_view(Right.DELETE_CONTACTS)
def label_deletion(request: TeamRequest, kind: str, id: int) -> HttpResponse:
    """Delete a list or tag. Its contacts and their standing are kept."""
    label = get_object_or_404(LABEL_KINDS[kind][0], team=request.team, id=id)
    label.delete()
    messages.success(request, f"{label} was deleted. The contacts are kept.")
    return redirect("labels", request.team.slug)


def _render_labels(request: TeamRequest, **forms: Any) -> HttpResponse:
    context = {
        "section": "contacts",
        "tab": "labels",
        "lists": count_lists(request.team),
        "tags": [
            {
                "id": id,
                "name": name,
                "count": f"{total:,}" if total <= COUNT_LIMIT else f"over {COUNT_LIMIT:,}",
            }
            for id, name, total in count_labels(request.team, "tag")
        ],
        "list_form": forms.get("list") or ListForm(),
        "tag_form": forms.get("tag") or TagForm(),
        "may_edit": may(request.member, Right.EDIT_CONTACTS),
    }
    return render_form(request, "contacts/labels.html", context)
