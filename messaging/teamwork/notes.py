"""Private notes, and the members whom they mention."""

import re
from collections.abc import Iterable

from django.utils import timezone

from accounts.models import Member
from kernel import change_tokens
from messaging.models import Conversation
from messaging.teamwork.assignment import assignable_members
from messaging.teamwork.models import Mention, Note
from messaging.teamwork.webhook_events import record_note


def write_note(
    conversation: Conversation, body: str, author: Member | None, *, author_name: str = ""
) -> Note:
    """Store a note of a member, or of a program with this name.

    It mentions the members whom it names with an @, if they see the inbox.
    """
    note = Note.objects.create(
        team_id=conversation.team_id,
        conversation=conversation,
        author_id=author.id if author else None,
        author_name=author_name or str(author),
        body=body,
        at=timezone.now(),
    )
    named = [member for member in mentioned(body, assignable_members(conversation.inbox)) if member != author]
    Mention.objects.bulk_create(
        Mention(team_id=note.team_id, note=note, conversation=conversation, member=member) for member in named
    )
    record_note(note, conversation, named)
    change_tokens.renew_on_commit(conversation.team_id)
    return note


def mentioned(body: str, members: Iterable[Member]) -> list[Member]:
    """The members whose whole name follows an @, in any case. "@Ann Lee" is not Ann if there is an Ann Lee."""
    words, found = body.casefold(), []
    for member in sorted(members, key=lambda member: -len(str(member))):
        words, times = re.subn(rf"(?<!\w)@{re.escape(str(member).casefold())}(?!\w)", " ", words)
        if times:
            found.append(member)
    return found
