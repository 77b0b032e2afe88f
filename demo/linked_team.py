"""A team that is linked with the bicycle shop: the shop's rental branch, from which one opt-out came."""

from accounts.models import Team
from demo import story
from demo.dialogues import DemoTeam, play_dialogues
from demo.scripts import Dialogue
from kernel.tenancy import scope
from optout.linked_teams.copying import copy_waiting
from optout.linked_teams.models import LinkRequest
from optout.scope_lookups import link_teams


def play_as_linked(shop: Team, branch: DemoTeam, dialogues: tuple[Dialogue, ...]) -> None:
    """Link the branch with the shop, and write its dialogues after that. Each opens scopes of its own."""
    _, asked_by, _ = story.RENTALS_OWNER
    accepted_by, email, _, _ = story.PEOPLE["ruth"]
    with scope(branch.team.id):
        asked = LinkRequest.objects.create(
            team=branch.team, email=email, asked_by=asked_by, created_at=branch.now
        )
    with scope(shop.id):
        link_teams(branch.team.id, asked.id, email, accepted_by)
    with scope(branch.team.id):
        play_dialogues(branch, dialogues)
    for team_id in (shop.id, branch.team.id):
        copy_waiting(team_id)
