"""Pages of templates in the settings: the list, and one template."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, may, team_view
from accounts.settings_page import render_settings_page
from kernel.form_views import form_view
from kernel.tenancy import scope
from messaging.carriers.base import MediaLimits
from messaging.media.content_types import FileKind
from messaging.media.models import Attachment
from messaging.media.refusals import RefusedFile
from messaging.media.serving import thumbnail_response
from messaging.media.uploads import store_uploads
from messaging.text_templates.forms import TextTemplateForm
from messaging.text_templates.models import TextTemplate
from messaging.text_templates.templates import (
    TooManyTemplates,
    change_template,
    delete_template,
    list_templates,
    make_template,
    require_change,
)

LIMITS = MediaLimits(count=1, total_bytes=5 * 1024 * 1024)
NOT_A_PICTURE = "Choose a picture, such as a JPEG or PNG file."


@require_GET
@team_view(in_inbox=Right.SEND_TEXTS)
def text_templates(request: TeamRequest) -> HttpResponse:
    typed = request.GET.get("q", "").strip()[:100]
    found = list_templates(request.team.id, request.member, typed)
    offered = [template for template in found if not template.archived]
    archived = [template for template in found if template.archived]
    context = {
        "typed": typed,
        "kinds": [
            ("Shared with the team", [template for template in offered if template.is_shared]),
            ("Only yours", [template for template in offered if not template.is_shared]),
            *([("Archived", archived)] if archived else []),
        ],
        "may_share": may(request.member, Right.MANAGE_TEMPLATES),
    }
    return render_settings_page(request, "messaging/text_templates.html", "text_templates", context)


@form_view
@team_view(in_inbox=Right.SEND_TEXTS, whole_request=False)
def new_text_template(request: TeamRequest) -> HttpResponse:
    picture, problem = _upload(request)
    with scope(request.team.id):
        form = _form(request, TextTemplate(team=request.team, owner=request.member), problem)
        if form.is_valid():
            try:
                made = make_template(request.team.id, **form.changes(picture))
            except TooManyTemplates as error:
                form.add_error(None, str(error))
            else:
                return _saved(request, f"“{made}” was added.")
        return _render(request, form, None)


@form_view
@team_view(in_inbox=Right.SEND_TEXTS, whole_request=False)
def edit_text_template(request: TeamRequest, id: int) -> HttpResponse:
    with scope(request.team.id):
        _find_to_change(request, id)
    picture, problem = _upload(request)
    with scope(request.team.id):
        found = _find_to_change(request, id, lock=request.method == "POST")
        form = _form(request, found, problem)
        if form.is_valid():
            change_template(found, **form.changes(picture))
            return _saved(request, "Saved.")
        return _render(request, form, TextTemplate.objects.get(team_id=request.team.id, id=id))


@require_POST
@team_view(in_inbox=Right.SEND_TEXTS)
def text_template_deletion(request: TeamRequest, id: int) -> HttpResponse:
    found = _find_to_change(request, id, lock=True)
    delete_template(found)
    return _saved(request, f"“{found}” was deleted.")


@require_GET
@team_view(in_inbox=Right.SEND_TEXTS, whole_request=False)
def text_template_picture(request: TeamRequest, id: int) -> FileResponse:
    """The thumbnail of a template's picture."""
    with scope(request.team.id):
        usable = TextTemplate.objects.usable_by(request.member).select_related("picture")
        picture = get_object_or_404(usable, id=id).picture
    if picture is None or not picture.is_stored:
        raise Http404("This template has no picture.")
    return thumbnail_response(picture)


def _find_to_change(request: TeamRequest, id: int, *, lock: bool = False) -> TextTemplate:
    """A template of the list. Raises PermissionDenied if the member may only use it."""
    rows = TextTemplate.objects.usable_by(request.member)
    found: TextTemplate = get_object_or_404(rows.select_for_update(no_key=True) if lock else rows, id=id)
    require_change(found, request.member)
    return found


def _upload(request: TeamRequest) -> tuple[Attachment | None, str]:
    """The picture that the form brings, stored, or why it is refused. Outside any transaction."""
    file = request.FILES.get("picture_file")
    try:
        stored = store_uploads(request.team.id, [file] if file else [], LIMITS)
        if stored and stored[0].kind is not FileKind.PICTURE:
            raise RefusedFile(NOT_A_PICTURE)
    except RefusedFile as refusal:
        return None, str(refusal)
    return (stored[0] if stored else None), ""


def _form(request: TeamRequest, template: TextTemplate, problem: str) -> TextTemplateForm:
    form = TextTemplateForm(
        request.POST or None, request.FILES or None, instance=template, member=request.member
    )
    if form.is_bound and problem:
        form.add_error("picture_file", problem)
    return form


def _saved(request: TeamRequest, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("text_templates", request.team.slug)


def _render(request: TeamRequest, form: TextTemplateForm, template: TextTemplate | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "template": template, "fields": form.known.items()}
    return render_settings_page(request, "messaging/text_template.html", "text_templates", context)
