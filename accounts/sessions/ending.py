"""Ending of sessions: one, or all of a user. Open pages of an ended session ask at once whether they may stay."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.scope_lookups import teams_of_user
from kernel import change_tokens


def sessions_of(user: User) -> QuerySet[UserSession]:
    """The sessions of a user that have not ended, the one used last first."""
    present = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return UserSession.objects.filter(user=user, session_key__in=present).order_by("-last_seen_at", "-pk")


def end_session(session: UserSession) -> None:
    Session.objects.filter(session_key=session.session_key).delete()
    session.delete()
    _reload_open_pages(session.user_id)


@transaction.atomic
def end_all_sessions(user: User) -> None:
    """End all, also those that are in no list: none was made with the new count."""
    User.objects.filter(pk=user.pk).update(ended_sessions=F("ended_sessions") + 1)
    forget_sessions(user)


def forget_sessions(user: User, *, but: str = "") -> None:
    """Delete the rows of sessions that count no longer, as after a new password; `but` is the key of one to keep."""
    ended = UserSession.objects.filter(user=user).exclude(session_key=but)
    Session.objects.filter(session_key__in=list(ended.values_list("session_key", flat=True))).delete()
    ended.delete()
    _reload_open_pages(user.pk)


def delete_expired_uses() -> None:
    """Delete what was noted about sessions that no longer exist."""
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def _reload_open_pages(user_id: int) -> None:
    """After the commit, since a lookup across teams does not follow a change in one transaction on a cluster."""

    def reload() -> None:
        for team in teams_of_user(user_id):
            change_tokens.renew_on_commit(team.id)

    transaction.on_commit(reload, robust=True)
