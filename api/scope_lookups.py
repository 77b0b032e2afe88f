"""Scope lookup of API keys: the key and its team, before a scope exists."""

from accounts.scope_lookups import rows_with_team
from api.models import ApiKey


def api_key_by_key_id(key_id: str) -> ApiKey | None:
    """The key with this ID, and its team. The caller must still verify the secret."""
    keys = rows_with_team(ApiKey, "key", "lookup_api_key($1::text)", key_id)
    return keys[0] if keys else None
