"""Change tokens: tokens of a team in the cache, one per topic, which readers poll and which a change renews.

The topic PAGES is for all that open pages show.
"""

import secrets
import time
from collections.abc import Callable

from django.db import transaction

from kernel.background import BatchQueue
from kernel.cache import cache

PAGES = "live"


def renew_on_commit(team_id: int, topic: str = PAGES) -> None:
    """Let the team's readers, such as its open pages, read again once the transaction has committed."""
    transaction.on_commit(lambda: renewals.put(_key(team_id, topic)))


def current_token(team_id: int, topic: str = PAGES) -> str:
    """A token that differs after a change. Without a cache it differs every five seconds: readers are slower.

    A team without a token has had no change since the cache was emptied, and gets one, so that its readers rest.
    """
    key = _key(team_id, topic)
    return str(cache.get(key) or _new_token(key))


def current_tokens(team_id: int, *other_keys: str) -> tuple[str, ...]:
    """The token of pages, and those under other keys of the cache ("" for none), in one round trip."""
    own_key = _key(team_id, PAGES)
    found = cache.get_many([own_key, *other_keys])
    own = found.get(own_key) or _new_token(own_key)
    return str(own), *(str(found.get(key, "")) for key in other_keys)


def read_tokens(team_ids: list[int], other_key: Callable[[int], str]) -> dict[int, tuple[str, str]]:
    """The pages' tokens of several teams, and those under another key of each, in one round trip."""
    found = cache.get_many([key for id in team_ids for key in (_key(id, PAGES), other_key(id))])
    return {
        id: (str(found.get(_key(id, PAGES)) or _token_without_cache()), str(found.get(other_key(id), "")))
        for id in team_ids
    }


def read_topic(team_ids: list[int], topic: str) -> dict[int, tuple[str]]:
    """The tokens of several teams in one topic, in one round trip."""
    found = cache.get_many([_key(id, topic) for id in team_ids])
    return {id: (str(found.get(_key(id, topic)) or _token_without_cache()),) for id in team_ids}


def _new_token(key: str) -> str:
    cache.add(key, secrets.token_hex(4), None)
    return cache.get(key) or _token_without_cache()


def _token_without_cache() -> str:
    return f"t{int(time.time() / 5)}"


def _write(keys: list[str]) -> None:
    for key in set(keys):
        cache.set(key, secrets.token_hex(4), None)


def _key(team_id: int, topic: str) -> str:
    return f"{topic}:{team_id}"


renewals: BatchQueue[str] = BatchQueue(_write)
