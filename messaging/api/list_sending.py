"""Sending to a list by the API: the text becomes a broadcast, so each person gets it once and within its rules."""

from accounts.models import Inbox, Member
from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from contacts.lists.models import ContactList
from messaging.api.lookups import require_known_fields
from messaging.broadcasts.audience import Audience
from messaging.broadcasts.lifecycle import NotPossible, confirm
from messaging.broadcasts.models import Broadcast, BroadcastCategory
from messaging.media.models import Attachment
from messaging.text_templates.models import TextTemplate


def send_to_list(
    request: ApiRequest,
    list_id: int,
    inbox: Inbox,
    author: Member | None,
    content: str | TextTemplate,
    picture: list[Attachment],
    *,
    marketing: bool,
    author_name: str,
) -> Broadcast:
    """Create and confirm a broadcast to the list, with its fields filled for each person. Raises ApiError."""
    row = ContactList.objects.filter(team_id=request.team.id, id=list_id).first()
    if row is None:
        raise ApiError(ErrorCode.LIST_NOT_FOUND, field="list_id")
    if isinstance(content, str):
        require_known_fields(request, content, "text")
    template = content if isinstance(content, TextTemplate) else None
    broadcast = Broadcast.objects.create(
        team=request.team,
        name=f"{row.name} (API)"[:80],
        category=BroadcastCategory.MARKETING if marketing else BroadcastCategory.INFORMATIONAL,
        inbox=inbox,
        body=content.body if isinstance(content, TextTemplate) else content,
        template_id=template.id if template else None,
        template_title=template.title if template else "",
        picture=picture[0] if picture else None,
        audience=Audience(lists=(row.id,)).to_json(),
        audience_text=row.name,
    )
    try:
        return confirm(broadcast.id, request.team.id, author=author, author_name=author_name)
    except NotPossible as error:
        raise ApiError(ErrorCode.BAD_DATA, str(error), field="list_id") from None
