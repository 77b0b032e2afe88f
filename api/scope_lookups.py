"""FIXME module docstring."""

from accounts.scope_lookups import rows_with_team
from api.models import ApiKey


def api_key_by_key_id(key_id: str) -> ApiKey | None:
    """The key with this id, with its team; whoever asks has yet to prove that the key is theirs."""
    found = rows_with_team(ApiKey, "key", "lookup_api_key($1::text)", key_id)
    return found[0] if found else None
