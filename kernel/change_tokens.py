"""Change tokens: a token per team in the cache, which open pages poll each second and which a change renews."""

import secrets
import time
from collections.abc import Callable

from django.db import transaction

from kernel.background import BatchQueue
from kernel.cache import cache


def renew_on_commit(team_id: int) -> None:
    """Let the team's open pages reload their content once the transaction has committed."""
    transaction.on_commit(lambda: renewals.put(team_id))


def current_token(team_id: int) -> str:
    """A token that differs after a change. Without a cache it differs every five seconds: pages are slower.

    A team without a token has had no change since the cache was emptied, and gets one, so that its pages rest.
    """
    return current_tokens(team_id)[0]


def current_tokens(team_id: int, *other_keys: str) -> tuple[str, ...]:
    """The token, and those under other keys of the cache ("" for none), in one round trip."""
    found = cache.get_many([_key(team_id), *other_keys])
    own = found.get(_key(team_id)) or _new_token(team_id)
    return str(own), *(str(found.get(key, "")) for key in other_keys)


def read_tokens(team_ids: list[int], other_key: Callable[[int], str]) -> dict[int, tuple[str, str]]:
    """The tokens of several teams, and those under another key of each, in one round trip."""
    found = cache.get_many([key for id in team_ids for key in (_key(id), other_key(id))])
    return {
        id: (str(found.get(_key(id)) or _token_without_cache()), str(found.get(other_key(id), "")))
        for id in team_ids
    }


def _new_token(team_id: int) -> str:
    cache.add(_key(team_id), secrets.token_hex(4), None)
    return cache.get(_key(team_id)) or _token_without_cache()


def _token_without_cache() -> str:
    return f"t{int(time.time() / 5)}"


def _write(team_ids: list[int]) -> None:
    for team_id in set(team_ids):
        cache.set(_key(team_id), secrets.token_hex(4), None)


def _key(team_id: int) -> str:
    return f"live:{team_id}"


renewals: BatchQueue[int] = BatchQueue(_write)
