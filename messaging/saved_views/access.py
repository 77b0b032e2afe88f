"""Access to saved views: those that a member sees, and those that a member may change."""

from django.db.models import Q, QuerySet

from accounts.access import Right, may
from accounts.models import Member
from messaging.narrowing import Narrowing
from messaging.saved_views.models import SavedView

MAX_VIEWS = 40  # that a member sees; those with the first names


def narrowing_of(view: SavedView) -> Narrowing:
    return Narrowing(view.assignee, view.tag_id, view.unread, view.standing)


def visible_views(member: Member) -> QuerySet[SavedView]:
    """The member's own views and those of the team, by name."""
    views = SavedView.objects.filter(Q(member_id=member.id) | Q(member_id=None), team_id=member.team_id)
    return views.order_by("name", "id")


def changeable_views(member: Member) -> QuerySet[SavedView]:
    """The member's own views, and those of the team for who may change the team."""
    if may(member, Right.MANAGE_TEAM):
        return visible_views(member)
    return visible_views(member).filter(member_id=member.id)


def may_change(member: Member, view: SavedView) -> bool:
    """Whether it is among the changeable views, without a query."""
    return view.member_id == member.id or (view.member_id is None and may(member, Right.MANAGE_TEAM))
