"""Email of the daily root to the address that the team named. One that fails is sent with a later sweep."""

import json
import logging

from django.conf import settings
from django.urls import reverse

from accounts.models import Team
from kernel.mail import compose_email, send_email
from kernel.tenancy import scope
from optout.roots.models import LedgerRoot
from optout.roots.tree import root_file

log = logging.getLogger(__name__)
MAX_ATTACHED = 10_000_000  # bytes; a root over ten million entries has 2.6 MB


def send_root(root: LedgerRoot) -> None:
    """Send a root, unless it was sent or nobody wants it. Call it outside of scopes. At worst it is sent twice."""
    with scope(root.team_id):
        team = Team.objects.get(id=root.team_id)
        wanted = team.root_email and team.root_email == team.root_email_confirmed
        content = root_json(root) if wanted else ""
    if not wanted or team.root_emailed_on == root.day:
        return
    link = settings.PUBLIC_URL + reverse("evidence", args=[team.slug])
    context = {"root": root, "team": team, "link": link, "attached": len(content) <= MAX_ATTACHED}
    subject = f"Root of {root.day}: {root.hash[:16]}… · {team.name}"
    email = compose_email(subject, "evidence/root_email.txt", context, [team.root_email], team.name)
    if context["attached"]:
        email.attach(f"{team.slug}-root-{root.day}.json", content, "application/json")
    if send_email(email.send, f"root of team {team.id} to {team.root_email}"):
        with scope(root.team_id):
            Team.objects.filter(id=team.id).update(root_emailed_on=root.day)


def root_json(root: LedgerRoot) -> str:
    """The root file, in the scope of the team."""
    return json.dumps(root_file(root), indent=1, sort_keys=True)
