"""Scope lookup of API keys: the key and its team, before a scope exists."""

from django.db.models import Exists, OuterRef, Q

from accounts.models import Member
from accounts.scope_lookups import rows_with_team
from api.models import ApiKey
from kernel.distribution.lookups import find_in_teams
from kernel.tenancy import scope


def api_key_by_key_id(key_id: str) -> ApiKey | None:
    """The key with this ID, and its team. The caller must still verify the secret."""
    keys = find_in_teams(
        ("API key", key_id),
        everywhere=lambda: rows_with_team(ApiKey, "key", "lookup_api_key($1::text)", key_id),
        team_of=lambda key: key.team_id,
        in_team=lambda team_id: _keys_of_team(key_id, team_id),
    )
    return keys[0] if keys else None


def _keys_of_team(key_id: str, team_id: int) -> list[ApiKey]:
    with scope(team_id):
        members = Member.objects.filter(team_id=team_id, user_id=OuterRef("owner_id"))
        of_members = Q(owner_id=None) | Exists(members)
        keys = ApiKey.objects.filter(of_members, team_id=team_id, key_id=key_id)
        return list(keys.select_related("team"))
