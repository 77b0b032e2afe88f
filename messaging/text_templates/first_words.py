"""First words of a composer: those of the template that the address of its page names."""

from typing import Any

from accounts.access import TeamRequest
from accounts.models import Inbox
from kernel.id_parameter import read_id
from messaging.text_templates.templates import fill_text, find_template


def first_words(request: TeamRequest, inbox: Inbox | None, number: str | None) -> dict[str, Any]:
    """The initial values of the form of a text; none without a template that the member may use.

    Without an inbox and a number the fields stay as they are, and are filled when the text is sent.
    """
    id = read_id(request.GET.get("template"))
    template = find_template(request.team.id, request.member, id) if id else None
    if template is None:
        return {}
    body = template.body
    if inbox and number:
        body = fill_text(body, inbox, number, request.member).text
    picture = {"picture": template.id} if template.picture_id else {}
    return {"body": body, "template": template.id, **picture}
