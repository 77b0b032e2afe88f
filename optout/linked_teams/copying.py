"""Copying of opt-outs to linked teams: those that were in force when two teams were linked, and those that had to wait.

The rows of LinkedOptOut are the queue. A worker is woken when one is stored, and a task copies what waits each ten
seconds. An opt-out is copied with its number, its time and the name of the team, and nothing else. To copy it twice
changes nothing.
"""

from accounts.models import Team
from kernel import change_tokens
from kernel.tenancy import scope
from optout.bulk_consent import opt_out_many
from optout.consent_types import Actor, StatedOptOut
from optout.linked_teams.models import LinkedOptOut, TeamLink
from optout.models import ConsentEvent, Origin
from optout.scope_lookups import list_for_links

BATCH = 500
WOKEN = 50  # rows that a woken worker copies, which also sends texts; the periodic task copies the rest


def copy_next(team_id: int) -> int:
    """Copy the next few that wait in this team; returns how many. Outside any scope."""
    _list_earlier(team_id)
    return _copy_batch(team_id, WOKEN)


def copy_waiting(team_id: int) -> int:
    """Copy all that waits in this team, in batches; returns how many. Outside any scope."""
    _list_earlier(team_id)
    copied = 0
    while count := _copy_batch(team_id, BATCH):
        copied += count
    return copied


def _list_earlier(team_id: int) -> None:
    """After the link is committed, since opt-outs that are being written then do not see it."""
    with scope(team_id):
        list_for_links()


def _copy_batch(team_id: int, size: int) -> int:
    """Copy the next opt-outs to one linked team. The rows are deleted last: what fails is copied again."""
    with scope(team_id):
        name = Team.objects.get(id=team_id).name
        first = LinkedOptOut.objects.filter(team_id=team_id).order_by("id").first()
        if first is None:
            return 0
        rows = LinkedOptOut.objects.filter(team_id=team_id, target_id=first.target_id).order_by("id")
        ids = dict(rows.values_list("id", "event_id")[:size])
        events = ConsentEvent.objects.filter(team_id=team_id, id__in=ids.values())
        stated = [StatedOptOut(event.number, event.happened_at, source=name) for event in events]
    with scope(first.target_id):
        if TeamLink.objects.filter(team_id=first.target_id, other_id=team_id).exists():
            opt_out_many(first.target_id, stated, Actor(Origin.LINKED, name), reason="")
            change_tokens.renew_on_commit(first.target_id)
    with scope(team_id):
        LinkedOptOut.objects.filter(team_id=team_id, id__in=ids).delete()
    return len(ids)
