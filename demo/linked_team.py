"""A team that is linked with the bicycle shop: the shop's rental branch, from which one opt-out came."""

from django.utils import timezone

from accounts.models import Inbox, Member, Team
from accounts.scope_lookups import team_ids_by_slug
from demo import scripts, story
from demo.dialogues import DemoTeam, play_dialogues
from kernel.tenancy import scope
from messaging.models import Message
from optout.linked_teams.copying import copy_waiting
from optout.linked_teams.models import LinkRequest
from optout.scope_lookups import link_teams


def play_as_linked() -> None:
    """Link the branch with the shop, and write its dialogues after that, unless they are written.

    Outside any transaction: teams are linked when both are stored, and each team has transactions of its own.
    """
    ids = team_ids_by_slug()
    if story.RENTALS_SLUG not in ids:
        return
    shop_id, branch = ids[story.SLUG], _branch(ids[story.RENTALS_SLUG])
    if not branch:
        return
    _, asked_by, _ = story.RENTALS_OWNER
    accepted_by, email, _, _ = story.PEOPLE["ruth"]
    with scope(branch.team.id):
        asked, _ = LinkRequest.objects.get_or_create(
            team=branch.team, email=email, defaults={"asked_by": asked_by, "created_at": branch.now}
        )
    with scope(shop_id):
        link_teams(branch.team.id, asked.id, email, accepted_by)
    with scope(branch.team.id):
        play_dialogues(branch, scripts.RENTALS_DIALOGUES)
    for team_id in (shop_id, branch.team.id):
        copy_waiting(team_id)


def _branch(team_id: int) -> DemoTeam | None:
    """The branch, unless its dialogues are written."""
    key, _, email = story.RENTALS_OWNER
    with scope(team_id):
        if Message.objects.filter(team_id=team_id).exists():
            return None
        team = Team.objects.get(id=team_id)
        owner = Member.objects.select_related("user").get(team=team, user__email=email)
        inboxes = {inbox.name: inbox for inbox in Inbox.objects.filter(team=team)}
    return DemoTeam(team, {key: owner}, inboxes, timezone.now())
