"""Retractions and linked teams: what one team takes back as a mistake stays in force in the others; pages say so."""

from collections.abc import Iterable
from datetime import datetime

from optout.linked_teams.models import TeamLink
from optout.models import PERSONS_OWN, ConsentEvent, Origin, Suppression, SuppressionKind
from optout.scope_lookups import linked_retractions

_SHARED = frozenset(f"{SuppressionKind.OPT_OUT} {origin}" for origin in PERSONS_OWN - {Origin.LINKED})


def taken_back_elsewhere(rows: Iterable[Suppression], number: str) -> dict[int, datetime]:
    """When linked teams took back opt-outs that they shared with this team, by the ledger entry of the row here."""
    return linked_retractions(number) if any(row.origin == Origin.LINKED for row in rows) else {}


def teams_that_keep(event: ConsentEvent) -> str:
    """The linked teams in which the opt-outs that this entry lifted stay in force; empty if they were not shared."""
    if _SHARED.isdisjoint(event.lifted):
        return ""
    links = TeamLink.objects.filter(team_id=event.team_id).order_by("other_name", "id")
    return " and ".join(links.values_list("other_name", flat=True))
