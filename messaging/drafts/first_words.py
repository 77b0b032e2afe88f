"""First words of a composer: those of the template that the address of its page names, or the member's draft."""

from typing import Any

from accounts.access import TeamRequest
from accounts.models import Inbox
from kernel.id_parameter import read_id
from messaging.drafts.drafts import find_draft
from messaging.models import Conversation
from messaging.text_templates.templates import fill_text, find_template


def first_words(
    request: TeamRequest, inbox: Inbox | None, number: str | None, conversation: Conversation | None = None
) -> dict[str, Any]:
    """The initial values of the form of a text; none without a template or a draft of the member.

    Without an inbox and a number the fields stay as they are, and are filled when the text is sent.
    """
    id = read_id(request.GET.get("template"))
    template = find_template(request.team.id, request.member, id) if id else None
    if template is None:
        draft = find_draft(conversation, request.member) if conversation else None
        return {"body": draft.body, "draft": draft.body} if draft else {}
    body = template.body
    if inbox and number:
        body = fill_text(body, inbox, number, request.member).text
    picture = {"picture": template.id} if template.picture_id else {}
    return {"body": body, "template": template.id, **picture}
