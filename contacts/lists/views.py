"""Page of lists and tags. Every member creates and renames them; owners and admins delete them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, may, team_view
from contacts.lists.forms import ListForm, TagForm
from contacts.lists.models import ContactList, Tag
from kernel.form_views import form_view, render_form
from kernel.revisions import locked_for_post
from kernel.sql import fetch

COUNT_LIMIT = 10_000  # up to which the contacts of a label are counted
COUNTS = """
    SELECT l.id, l.name, (SELECT count(*) FROM (SELECT 1 FROM {entries} AS e
      WHERE e.team_id = $1 AND e.{column} = l.id LIMIT $2) AS counted)
    FROM {labels} AS l WHERE l.team_id = $1 ORDER BY contacts_plain(l.name), l.id
"""
COUNT_TABLES = {
    "list": {"labels": "contacts_contactlist", "entries": "contacts_listentry", "column": "list_id"},
    "tag": {"labels": "contacts_tag", "entries": "contacts_tagging", "column": "tag_id"},
}
LABEL_KINDS: dict[str, Any] = {"list": (ContactList, ListForm), "tag": (Tag, TagForm)}


@require_GET
@team_view()
def labels(request: TeamRequest) -> HttpResponse:
    return _render_labels(request)


@require_POST
@team_view()
def new_label(request: TeamRequest, kind: str) -> HttpResponse:
    model, form_class = LABEL_KINDS[kind]
    form = form_class(request.POST, instance=model(team=request.team))
    if not form.is_valid():
        return _render_labels(request, **{kind: form})
    form.save()
    messages.success(request, f"{form.instance} was added. To use it, select contacts on the Contacts page.")
    return redirect("labels", request.team.slug)


@form_view
@team_view()
def edit_label(request: TeamRequest, kind: str, id: int) -> HttpResponse:
    model, form_class = LABEL_KINDS[kind]
    label = get_object_or_404(locked_for_post(request, model.objects.filter(team=request.team)), id=id)
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
        "may_import": may(request.member, Right.IMPORT_CONTACTS),
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
        "may_import": may(request.member, Right.IMPORT_CONTACTS),
        "kinds": [
            ("list", "Lists", _with_counts(request, "list"), forms.get("list") or ListForm()),
            ("tag", "Tags", _with_counts(request, "tag"), forms.get("tag") or TagForm()),
        ],
    }
    return render_form(request, "contacts/labels.html", context)


def _with_counts(request: TeamRequest, kind: str) -> list[dict[str, Any]]:
    """The labels of a kind, each with the number of its contacts in words."""
    rows = fetch(COUNTS.format(**COUNT_TABLES[kind]), request.team.id, COUNT_LIMIT + 1)
    return [
        {"id": id, "name": name, "count": f"{count:,}" if count <= COUNT_LIMIT else f"over {COUNT_LIMIT:,}"}
        for id, name, count in rows
    ]
