"""Assignment of conversations: who takes care of one, and who may."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.access import Right, may
from accounts.models import Inbox, Member, Seat
from kernel import change_tokens
from kernel.kept_queries import KeptQuery
from kernel.loading import Loader, load
from messaging.models import Conversation
from messaging.teamwork.models import Activity, ActivityKind, Assignment
from messaging.teamwork.webhook_events import record_activities


class CannotAssign(Exception):
    """The member may not see the conversation. The message is a sentence to show."""


def assignable_members(inbox: Inbox) -> list[Member]:
    return load(assignable_loader(inbox))


def assignable_loader(inbox: Inbox) -> Loader[list[Member]]:
    """The members who see this inbox, by name."""
    (members,) = yield [KeptQuery(_members_with_seats, None, [inbox.team_id, inbox.id])]
    seeing = (member for member in members if member.has_seat or may(member, Right.SEE_ALL_INBOXES))
    return sorted(seeing, key=lambda member: str(member).casefold())


def _members_with_seats(_: None, values: Sequence[int]) -> QuerySet[Member]:
    """The team's members; `has_seat` whether they have a seat at the inbox."""
    team_id, inbox_id = values
    seats = Seat.objects.filter(team_id=team_id, inbox_id=inbox_id, member_id=OuterRef("id"))
    rows = Member.objects.filter(team_id=team_id).select_related("user", "team", "custom_role")
    return rows.annotate(has_seat=Exists(seats))


def colleagues(member: Member) -> QuerySet[Member]:
    """The other members of the team, by name."""
    others = Member.objects.filter(team_id=member.team_id).exclude(id=member.id).select_related("user")
    return others.by_name()


def assignee_of(conversation: Conversation) -> Member | None:
    return load(assignee_loader(conversation))


def assignee_loader(conversation: Conversation) -> Loader[Member | None]:
    rows = Assignment.objects.filter(team_id=conversation.team_id, conversation_id=conversation.id)
    (found,) = yield [rows.select_related("member__user")]
    return found[0].member if found else None


def assign(conversation: Conversation, assignee: Member | None, by: Member) -> None:
    """Let a member take care of the conversation, or nobody; no entry if that is so already. Raises CannotAssign."""
    if assignee and assignee not in assignable_members(conversation.inbox):
        raise CannotAssign(
            f"{assignee} does not see {conversation.inbox}. Give them a seat in Settings first."
        )
    Conversation.objects.select_for_update(no_key=True).get(team_id=conversation.team_id, id=conversation.id)
    before = assignee_of(conversation)
    if before == assignee:
        return
    Assignment.objects.filter(team_id=conversation.team_id, conversation_id=conversation.id).delete()
    if assignee:
        Assignment.objects.create(
            team_id=conversation.team_id, conversation=conversation, member=assignee, at=timezone.now()
        )
        record(conversation, ActivityKind.ASSIGNED, by, assignee)
    else:
        record(conversation, ActivityKind.UNASSIGNED, by, before)


def set_closed(conversation: Conversation, closed: bool, by: Member) -> None:
    """Close or reopen the conversation."""
    if conversation.closed != closed:
        conversation.set_closed(closed)
        record(conversation, ActivityKind.CLOSED if closed else ActivityKind.REOPENED, by)


def record(
    conversation: Conversation, kind: ActivityKind, by: Member, assignee: Member | None = None
) -> None:
    """Record what a member did, and let open pages show it."""
    record_all([conversation], kind, by, {conversation.id: assignee} if assignee else {})


def record_all(
    conversations: Iterable[Conversation],
    kind: ActivityKind,
    by: Member | None,
    assignees: Mapping[int, Member | None] = MappingProxyType({}),
    until: datetime | None = None,
) -> None:
    """Record what a member did to several conversations of a team, or what happened by itself.

    `assignees` by the ID of the conversation; `until` is the end of a snooze.
    """
    conversations = list(conversations)
    now = timezone.now()
    activities = Activity.objects.bulk_create(
        Activity(
            team_id=conversation.team_id,
            conversation=conversation,
            kind=kind,
            actor_id=by.id if by else None,
            actor_name=str(by or ""),
            assignee_id=assignee.id if assignee else None,
            assignee_name=str(assignee or ""),
            until=until,
            at=now,
        )
        for conversation in conversations
        for assignee in [assignees.get(conversation.id)]
    )
    for team_id in {conversation.team_id for conversation in conversations}:
        record_activities(team_id, [activity for activity in activities if activity.team_id == team_id])
        change_tokens.renew_on_commit(team_id)
