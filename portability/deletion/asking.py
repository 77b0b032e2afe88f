"""Deletion of a team: asked for by an owner, cancelled by any owner until it begins.

Meanwhile the team's inboxes are closed: they receive texts, and opt-outs count, but nothing is sent.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target, record_action
from accounts.inbox_closing import close_inbox, reopen_inbox
from accounts.models import Member, Team
from kernel import change_tokens

DELAY = timedelta(days=14)  # in which it may be cancelled


class NotToBeDeleted(Exception):
    """There is nothing to cancel, or it is too late."""


def ask_for_deletion(by: Member, now: datetime | None = None) -> Team:
    """Let the team be deleted after DELAY, in its scope. Asking again changes nothing."""
    team = _locked(by.team_id)
    if team.deletion_due_at:
        return team
    open_inboxes = list(team.inboxes.open().order_by("id"))
    team.deletion_due_at, team.deletion_asked_by = (now or timezone.now()) + DELAY, str(by)[:254]
    team.deletion_warned_at, team.deletion_closed_inboxes = None, [inbox.id for inbox in open_inboxes]
    _save(team)
    for inbox in open_inboxes:
        close_inbox(inbox, by=by)
    details = {"date": team.deletion_due_at.date().isoformat()}
    record_action(team.id, by, AuditAction.TEAM_DELETION_ASKED, target_of(team), **details)
    return team


def cancel_deletion(by: Member) -> Team:
    """Keep the team, and open the inboxes that were closed for it. Raises NotToBeDeleted."""
    team = _locked(by.team_id)
    if not team.is_to_be_deleted:
        raise NotToBeDeleted("The deletion was cancelled already.")
    closed = team.inboxes.present().filter(id__in=team.deletion_closed_inboxes).exclude(closed_at=None)
    team.deletion_due_at, team.deletion_asked_by = None, ""
    team.deletion_warned_at, team.deletion_closed_inboxes = None, []
    _save(team)
    for inbox in closed.order_by("id"):
        reopen_inbox(inbox, by=by)
    record_action(team.id, by, AuditAction.TEAM_DELETION_CANCELLED, target_of(team))
    return team


def target_of(team: Team) -> Target:
    return Target(TargetType.TEAM, team.name, team.id)


def _locked(team_id: int) -> Team:
    return Team.objects.select_for_update(no_key=True).get(id=team_id)


def _save(team: Team) -> None:
    columns = ("deletion_due_at", "deletion_asked_by", "deletion_warned_at", "deletion_closed_inboxes")
    team.save(update_fields=columns)
    change_tokens.renew_on_commit(team.id)
