"""Work on teams that are to be deleted: the warning a day before, the beginning, and batches until all is gone."""

from datetime import datetime

from accounts.models import Team
from kernel.tenancy import scope
from portability.deletion.emails import DeletionEmails
from portability.deletion.erasing import begin, erase
from portability.scope_lookups import teams_in_deletion

WORK_FOR = 240.0  # seconds: less than the time until the task is started again


def work_on_due_teams(now: datetime, seconds: float = WORK_FOR) -> None:
    for team in teams_in_deletion():
        if team.is_to_be_warned(now):
            warn(team.id, now)
        elif team.begun_at or team.is_due(now):
            begin(team.id, now)
            erase(team.id, seconds)


def warn(team_id: int, now: datetime) -> None:
    """Write to the owners, once. The day counts from here."""
    with scope(team_id):
        waiting = Team.objects.filter(id=team_id, deleted_at=None, deletion_warned_at=None)
        if not waiting.exclude(deletion_due_at=None).update(deletion_warned_at=now):
            return
        emails = DeletionEmails.of(Team.objects.get(id=team_id))
    emails.send_warning()
