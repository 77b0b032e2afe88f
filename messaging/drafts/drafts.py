"""Drafts, in the scope of the team: what a member has written and not sent is read, kept and dropped."""

from django.utils import timezone

from accounts.models import Member
from kernel.loading import Loader
from kernel.visible_text import has_visible_characters
from messaging.drafts.models import Draft
from messaging.models import Conversation


def draft_loader(conversation: Conversation, member: Member) -> Loader[Draft | None]:
    rows = Draft.objects.filter(team_id=member.team_id, conversation_id=conversation.id)
    (found,) = yield [rows.filter(member_id=member.id)]
    return found[0] if found else None


def save_draft(conversation: Conversation, member: Member, body: str) -> None:
    """Keep these words; without any, drop the draft."""
    if not has_visible_characters(body):
        drop_draft(conversation.id, member)
        return
    draft = Draft(
        team_id=member.team_id,
        conversation=conversation,
        member=member,
        body=body,
        updated_at=timezone.now(),
    )
    Draft.objects.bulk_create(
        [draft],
        update_conflicts=True,
        unique_fields=["team", "conversation", "member"],
        update_fields=["body", "updated_at"],
    )


def drop_draft(conversation_id: int, member: Member) -> None:
    rows = Draft.objects.filter(team_id=member.team_id, conversation_id=conversation_id)
    rows.filter(member_id=member.id).delete()
