"""Custom field pages: every member sees the fields; owners and admins create, order and delete them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, may, team_view
from contacts.custom_fields.define import (
    FieldBeingImported,
    FieldNameTaken,
    OptionInUse,
    TooManyFields,
    count_values,
    move_field,
)  # fmt: skip
from contacts.custom_fields.deletion import delete_field, find_unfinished
from contacts.custom_fields.forms import CustomFieldForm, NewCustomFieldForm
from contacts.custom_fields.models import MAX_FIELDS, CustomField
from kernel import change_tokens
from kernel.form_views import form_view
from kernel.revisions import locked_for_post


@require_GET
@team_view()
def custom_fields(request: TeamRequest) -> HttpResponse:
    context = {
        **_page_context(request),
        "fields": list(CustomField.objects.of(request.team.id)),
        "deletions": find_unfinished(request.team.id),
        "max_fields": MAX_FIELDS,
    }
    return render(request, "contacts/custom_fields.html", context)


@form_view
@team_view(Right.MANAGE_FIELDS)
def new_custom_field(request: TeamRequest) -> HttpResponse:
    form = NewCustomFieldForm(request.POST or None, instance=CustomField(team=request.team))
    if request.method == "POST" and form.is_valid():
        try:
            field = form.save()
        except TooManyFields as error:
            form.add_error(None, str(error))
        except FieldNameTaken as error:
            form.add_error("name", str(error))
        else:
            return _saved(request, f"{field} was added.")
    context = {**_page_context(request), "form": form}
    return render(
        request, "contacts/new_custom_field.html", context, status=422 if request.method == "POST" else 200
    )


@form_view
@team_view(Right.MANAGE_FIELDS)
def edit_custom_field(request: TeamRequest, key: str) -> HttpResponse:
    fields = locked_for_post(request, CustomField.objects.filter(team=request.team))
    field = get_object_or_404(fields, key=key)
    name = field.name
    form = CustomFieldForm(request.POST if request.method == "POST" else None, instance=field)
    if form.is_valid():
        try:
            form.save()
        except (OptionInUse, FieldBeingImported) as error:
            form.add_error("options", str(error))
        except FieldNameTaken as error:
            form.add_error("name", str(error))
        else:
            return _saved(request, "Saved.")
    context = {**_page_context(request), "form": form, "field": field, "name": name}
    return render(request, "contacts/edit_custom_field.html", context, status=422 if form.errors else 200)


@require_POST
@team_view(Right.MANAGE_FIELDS)
def custom_field_position(request: TeamRequest, key: str) -> HttpResponse:
    """Move the field up or down."""
    move_field(_find(request, key), up=request.POST.get("to") == "up")
    change_tokens.renew_on_commit(request.team.id)
    return redirect("custom_fields", request.team.slug)


@form_view
@team_view(Right.MANAGE_FIELDS)
def custom_field_deletion(request: TeamRequest, key: str) -> HttpResponse:
    """The confirmation, with the exact number of contacts that have a value; a POST deletes the field."""
    field = _find(request, key)
    error = None
    if request.method == "POST":
        try:
            delete_field(field, request.member)
            return _saved(request, f"{field} was deleted.")
        except FieldBeingImported as being_imported:
            error = being_imported
    context = {**_page_context(request), "field": field, "count": count_values(field), "error": error}
    return render(request, "contacts/custom_field_deletion.html", context, status=422 if error else 200)


def _saved(request: TeamRequest, message: str) -> HttpResponse:
    change_tokens.renew_on_commit(request.team.id)
    messages.success(request, message)
    return redirect("custom_fields", request.team.slug)


def _find(request: TeamRequest, key: str) -> CustomField:
    return get_object_or_404(CustomField, team=request.team, key=key)


def _page_context(request: TeamRequest) -> dict[str, Any]:
    return {
        "section": "contacts",
        "tab": "fields",
        "may_manage": may(request.member, Right.MANAGE_FIELDS),
    }
