"""Views beside a broadcast's draft: its templates, its preview for each person, and its picture."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view
from kernel.id_parameter import read_id
from kernel.tenancy import scope
from messaging.broadcasts.models import Broadcast
from messaging.broadcasts.preview import find_preview
from messaging.media.serving import thumbnail_response
from messaging.text_templates.chooser import render_choices


@require_GET
@team_view(Right.SEND_BROADCASTS)
def broadcast_templates(request: TeamRequest) -> HttpResponse:
    """The templates to choose from, with their fields as they are written."""
    draft = read_id(request.GET.get("draft"))
    page = reverse(
        "edit_broadcast" if draft else "new_broadcast", args=[request.team.slug, *([draft] if draft else [])]
    )
    return render_choices(request, None, None, page, {"draft": str(draft)} if draft else {})


@require_GET
@team_view(Right.SEND_BROADCASTS)
def broadcast_preview(request: TeamRequest, id: int) -> HttpResponse:
    """The text as the next or the previous person gets it."""
    draft = get_object_or_404(
        Broadcast.objects.select_related("inbox", "picture"), team_id=request.team.id, id=id
    )
    place = {name: read_id(request.GET.get(name)) for name in ("after", "before")}
    context = {
        "section": "broadcasts",
        "broadcast": draft,
        "preview": find_preview(draft, request.member, **place),
    }
    return render(request, f"broadcasts/preview{'' if request.htmx else '_page'}.html", context)


@require_GET
@team_view(Right.SEND_BROADCASTS, whole_request=False)
def broadcast_picture(request: TeamRequest, id: int) -> FileResponse:
    """The thumbnail of a broadcast's picture."""
    with scope(request.team.id):
        found = get_object_or_404(Broadcast.objects.select_related("picture"), team_id=request.team.id, id=id)
    if found.picture is None or not found.picture.is_stored:
        raise Http404("This broadcast has no picture.")
    return thumbnail_response(found.picture)
