"""Templates: list, find, make, change, delete, fill and use them. Pages and API calls use these functions.

All run in the scope of the team, except `copy_picture`.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils import timezone

from accounts.access import Right, may, require_right
from accounts.models import Inbox, Member
from kernel.loading import Loader, load
from kernel.tenancy import scope
from kernel.unfilled_fields import has_fields
from messaging.media.erasure import erase
from messaging.media.models import Attachment
from messaging.media.uploads import copy_attachment
from messaging.text_templates.fields import FilledText, fill
from messaging.text_templates.models import MAX_TEMPLATES, TextTemplate
from messaging.text_templates.values import values_loader


class TooManyTemplates(Exception):
    """The team has MAX_TEMPLATES; the message says so."""


def list_templates(team_id: int, member: Member | None, typed: str = "") -> list[TextTemplate]:
    """The shared templates, and the member's own if there is one, that have all typed words; by title."""
    rows = TextTemplate.objects
    of = rows.usable_by(member) if member else rows.shared(team_id)
    return list(of.matching(typed).select_related("picture").order_by("title", "id"))


def most_used(member: Member, typed: str, limit: int) -> list[TextTemplate]:
    """Those that the member may use and that have all typed words, most used first."""
    found = TextTemplate.objects.usable_by(member).offered().matching(typed)
    return list(found.select_related("picture").order_by("-uses", "title", "id")[:limit])


def find_template(team_id: int, member: Member | None, id: int) -> TextTemplate | None:
    return load(template_loader(team_id, member, id))


def template_loader(team_id: int, member: Member | None, id: int) -> Loader[TextTemplate | None]:
    """A shared template, or one of the member's own. None if the member may not use it, or it is archived."""
    rows = TextTemplate.objects.offered()
    of = rows.usable_by(member) if member else rows.shared(team_id)
    (found,) = yield [of.select_related("picture").filter(id=id)]
    return found[0] if found else None


def may_change(template: TextTemplate, member: Member) -> bool:
    """Everybody changes their own; shared ones need the right."""
    if template.is_shared:
        return may(member, Right.MANAGE_TEMPLATES)
    return template.owner_id == member.id


def make_template(
    team_id: int,
    *,
    title: str,
    body: str,
    owner: Member | None,
    picture: Attachment | None = None,
    **more: Any,
) -> TextTemplate:
    """Store a new template: the owner's, or shared without one. The picture is an upload. Raises TooManyTemplates."""
    if TextTemplate.objects.filter(team_id=team_id).count() >= MAX_TEMPLATES:
        raise TooManyTemplates(f"A team can have up to {MAX_TEMPLATES} templates.")
    created: TextTemplate = TextTemplate.objects.create(
        team_id=team_id, title=title, body=body, owner=owner, picture=picture, **more
    )
    return created


def change_template(template: TextTemplate, **changes: Any) -> None:
    """Change title, body, owner, picture, or whether it is archived. A picture that it no longer has is deleted."""
    before = template.picture_id
    for name, value in changes.items():
        setattr(template, name, value)
    template.updated_at, template.rev = timezone.now(), F("rev") + 1
    template.save(update_fields=["updated_at", "rev", *changes])
    if before and before != template.picture_id:
        erase(template.team_id, [before])


def delete_template(template: TextTemplate) -> None:
    """Delete a template with its picture. Texts that were sent with it stay as they are."""
    picture = template.picture_id
    template.delete()
    if picture:
        erase(template.team_id, [picture])


def require_change(template: TextTemplate, member: Member) -> None:
    """Raise PermissionDenied, with a sentence to show, unless the member may change the template."""
    if template.is_shared:
        require_right(member, Right.MANAGE_TEMPLATES)
    elif template.owner_id != member.id:
        raise PermissionDenied("This template belongs to another member.")


def fill_text(body: str, inbox: Inbox, number: str | None, sender: Member | None) -> FilledText:
    """Fill the fields of a text from this inbox to this number. The inbox has its team loaded."""
    return load(filled_text_loader(body, inbox, number, sender))


def filled_text_loader(
    body: str, inbox: Inbox, number: str | None, sender: Member | None
) -> Loader[FilledText]:
    if not has_fields(body):
        return FilledText(body)
    return fill(body, (yield from values_loader(inbox, number, sender)))


def record_use(template: TextTemplate) -> None:
    """Count a text that was sent with the template."""
    rows = TextTemplate.objects.filter(team_id=template.team_id, id=template.id)
    rows.update(uses=F("uses") + 1)


def copy_picture(template: TextTemplate) -> list[Attachment]:
    """A copy of its picture for a text, as an upload; none without a picture. Outside any transaction."""
    if template.picture_id is None:
        return []
    with scope(template.team_id):
        found = Attachment.objects.filter(team_id=template.team_id, id=template.picture_id).first()
    return [copy_attachment(found)] if found and found.is_stored else []
