"""Lists and tags: every member makes and renames them; owners and admins delete them, and the contacts stay."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Right, TeamRequest, may, team_view
from contacts.lists.forms import ListForm, TagForm
from contacts.lists.models import ContactList, Tag
from kernel.sql import fetch

COUNT_LIMIT = 10_000  # so many contacts of a list are counted
COUNTS = """
    SELECT l.id, l.name, (SELECT count(*) FROM (SELECT 1 FROM {entries} AS e
      WHERE e.team_id = $1 AND e.{key} = l.id LIMIT $2) AS counted)
    FROM {labels} AS l WHERE l.team_id = $1 ORDER BY contacts_plain(l.name), l.id
"""
LABEL_KINDS: dict[str, Any] = {"list": (ContactList, ListForm), "tag": (Tag, TagForm)}


@require_GET
@team_view()
def labels(request: TeamRequest) -> HttpResponse:
    return _show(request)


@require_POST
@team_view()
def new_label(request: TeamRequest, kind: str) -> HttpResponse:
    model, form_class = LABEL_KINDS[kind]
    form = form_class(request.POST, instance=model(team=request.team))
    if not form.is_valid():
        return _show(request, status=422, **{f"{kind}_form": form})
    form.save()
    messages.success(request, f"{form.instance} is there now. Tick contacts to put them on it.")
    return redirect("labels", request.team.slug)


@require_http_methods(["GET", "POST"])
@team_view()
def edit_label(request: TeamRequest, kind: str, id: int) -> HttpResponse:
    model, form_class = LABEL_KINDS[kind]
    label = get_object_or_404(model, team=request.team, id=id)
    name = label.name
    form = form_class(request.POST or None, instance=label)
    if request.method == "POST" and form.is_valid():
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
    return render(request, "contacts/label.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@team_view(Right.DELETE_CONTACTS)
def label_deletion(request: TeamRequest, kind: str, id: int) -> HttpResponse:
    """The contacts stay, and so does what is known of their consent."""
    label = get_object_or_404(LABEL_KINDS[kind][0], team=request.team, id=id)
    label.delete()
    messages.success(request, f"{label} is gone. The contacts are still there.")
    return redirect("labels", request.team.slug)


def _show(request: TeamRequest, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "section": "contacts",
        "tab": "labels",
        "may_import": may(request.member, Right.IMPORT_CONTACTS),
        "kinds": [
            (
                "list",
                "Lists",
                _counted(request, "contactlist", "listentry", "list"),
                forms.get("list_form") or ListForm(),
            ),
            ("tag", "Tags", _counted(request, "tag", "tagging", "tag"), forms.get("tag_form") or TagForm()),
        ],
    }
    return render(request, "contacts/labels.html", context, status=status)


def _counted(request: TeamRequest, labels: str, entries: str, key: str) -> list[dict[str, Any]]:
    """Each with how many contacts it has, in words."""
    places = {"labels": f"contacts_{labels}", "entries": f"contacts_{entries}", "key": f"{key}_id"}
    rows = fetch(COUNTS.format(**places), request.team.id, COUNT_LIMIT + 1)
    return [
        {"id": id, "name": name, "count": f"{count:,}" if count <= COUNT_LIMIT else f"over {COUNT_LIMIT:,}"}
        for id, name, count in rows
    ]
