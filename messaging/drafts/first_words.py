"""First words of a composer: those of the template that the address of its page names, or the member's draft."""

from typing import Any

from accounts.access import TeamRequest
from accounts.models import Inbox
from kernel.id_parameter import read_id
from kernel.loading import Loader, load
from messaging.drafts.drafts import draft_loader
from messaging.models import Conversation
from messaging.text_templates.templates import filled_text_loader, template_loader


def first_words(request: TeamRequest, inbox: Inbox | None, number: str | None) -> dict[str, Any]:
    """Those of the template, where no draft is kept."""
    return load(first_words_loader(request, inbox, number))


def first_words_loader(
    request: TeamRequest, inbox: Inbox | None, number: str | None, conversation: Conversation | None = None
) -> Loader[dict[str, Any]]:
    """The initial values of the form of a text; none without a template or a draft of the member.

    Without an inbox and a number the fields stay as they are, and are filled when the text is sent.
    """
    id = read_id(request.GET.get("template"))
    template = (yield from template_loader(request.team.id, request.member, id)) if id else None
    if template is None:
        draft = (yield from draft_loader(conversation, request.member)) if conversation else None
        return {"body": draft.body, "draft": draft.body} if draft else {}
    body = template.body
    if inbox and number:
        body = (yield from filled_text_loader(body, inbox, number, request.member)).text
    picture = {"picture": template.id} if template.picture_id else {}
    return {"body": body, "template": template.id, **picture}
