"""Details of the rows of a list: unread texts, standing, assignee, who wrote last, and marks of notes and drafts."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from accounts.models import Member, Team, shown_name
from kernel.kept_queries import KeptQuery
from kernel.loading import Loader
from messaging.drafts.models import Draft
from messaging.models import Conversation, Message, MessagePurpose
from messaging.teamwork.models import Assignment, Note

STEP = 20  # the numbers of rows whose SQL is kept are multiples of it


def details_loader(member: Member, ids: list[int]) -> Loader[list[Conversation]]:
    """The conversations with these IDs, in this order, as the member sees them.

    `speaker` is who wrote the newest text if it is ours ("You", a name), else empty; `has_media` whether it has
    attachments. Automatic texts do not count, as in the preview.
    """
    (found,) = yield [KeptQuery(_rows, None, [member.team_id, member.id, *_filled_up(ids)])]
    by_id = {row.id: _with_speaker(row, member) for row in found}
    return [by_id[id] for id in ids if id in by_id]


def _filled_up(ids: list[int]) -> list[int]:
    """The IDs with repetitions of the last one, so that few numbers of them occur."""
    return ids + ids[-1:] * (-len(ids) % STEP)


def _rows(_: None, values: Sequence[int]) -> QuerySet[Conversation]:
    team_id, member_id, *ids = values
    member, team = Member(id=member_id, team_id=team_id), Team(id=team_id)
    rows = Conversation.objects.filter(team_id=team_id, id__in=ids)
    return (
        rows.with_unread(member)
        .with_standing(team, inbox="inbox_id")
        .with_held(team)
        .select_related("contact", "inbox")
        .annotate(
            assignee=_assignee_name(member),
            newest=_newest_text(member),
            has_note=_related(Note, member),
            has_draft=_related(Draft, member, member_id=member.id),
        )
    )


def _with_speaker(row: Any, member: Member) -> Any:
    newest = row.newest or {}
    row.has_media = bool(newest.get("media") or [])
    row.speaker = _speaker(newest, member) if newest.get("outbound") else ""
    return row


def _speaker(newest: dict[str, Any], member: Member) -> str:
    if newest["author_id"] == member.id:
        return "You"
    return str(newest["author_name"]) or "Your team"


def _newest_text(member: Member) -> Subquery:
    texts = Message.objects.filter(
        team_id=member.team_id, conversation_id=OuterRef("id"), purpose=MessagePurpose.TEXT
    ).order_by("-at", "-id")
    parts = JSONObject(
        outbound="outbound",
        author_id="author_id",
        author_name="author_name",
        media="media",
    )
    return Subquery(texts.values(parts=parts)[:1])


def _assignee_name(member: Member) -> Subquery:
    assigned = Assignment.objects.filter(team_id=member.team_id, conversation_id=OuterRef("id"))
    return Subquery(assigned.values(name=shown_name("member__"))[:1])


def _related(model: Any, member: Member, **conditions: Any) -> Exists:
    return Exists(model.objects.filter(team_id=member.team_id, conversation_id=OuterRef("id"), **conditions))
