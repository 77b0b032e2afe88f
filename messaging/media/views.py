"""Views of attachments: for members who see the inbox, and for systems with a signed address."""

from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts.access import TeamRequest, team_view, visible_inboxes
from kernel.tenancy import scope
from messaging.media.links import read_token
from messaging.media.models import Attachment, AttachmentState
from messaging.media.serving import file_response, thumbnail_response

RETRY_AFTER = 15  # seconds


@require_GET
@team_view(whole_request=False)
def attachment(request: TeamRequest, attachment_id: int) -> FileResponse:
    """A picture, as it is stored."""
    return file_response(request, _find(request, attachment_id))


@require_GET
@team_view(whole_request=False)
def attachment_thumbnail(request: TeamRequest, attachment_id: int) -> FileResponse:
    found = _find(request, attachment_id)
    if found.width is None:
        raise Http404("This is not a picture.")
    return thumbnail_response(found)


@require_GET
@team_view(whole_request=False)
def attachment_download(request: TeamRequest, attachment_id: int) -> FileResponse:
    """Any file. It may be large, so the download server answers."""
    return file_response(request, _find(request, attachment_id))


def _find(request: TeamRequest, attachment_id: int) -> Attachment:
    """A stored attachment of a text in an inbox that the member sees, or the picture of a broadcast from there."""
    with scope(request.team.id):
        seen = visible_inboxes(request.member).values("id")
        of_text = Q(message__team_id=request.team.id, message__inbox_id__in=seen)
        of_broadcast = Q(broadcasts__team_id=request.team.id, broadcasts__lanes__inbox_id__in=seen)
        rows = Attachment.objects.filter(
            of_text | of_broadcast, team_id=request.team.id, state=AttachmentState.STORED
        )
        return get_object_or_404(rows.distinct(), id=attachment_id)


@require_GET
def shared_attachment(request: HttpRequest, token: str) -> HttpResponseBase:
    """An attachment at a signed address, without a session."""
    shared = read_token(token)
    if shared is None:
        raise Http404("There is no such address.")
    if shared.is_expired:
        return HttpResponse("This address has expired.\n", status=410, content_type="text/plain")
    with scope(shared.team_id):
        found = Attachment.objects.filter(team_id=shared.team_id, id=shared.attachment_id).first()
    if found is None or found.state == AttachmentState.ERASED:
        raise Http404("This attachment was deleted.")
    if found.is_waiting:
        headers = {"Retry-After": str(RETRY_AFTER)}
        return HttpResponse("It is being fetched.\n", status=503, content_type="text/plain", headers=headers)
    if not found.is_stored:
        return HttpResponse(f"{found.reason}\n", status=410, content_type="text/plain")
    return file_response(request, found)
