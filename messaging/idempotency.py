"""A call with a local_id is done once: whoever calls again within a day gets the first answer again."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from pydantic import BaseModel

from api.errors import ApiError, ErrorCode
from kernel.sql import fetch
from messaging.models import IdempotencyKey

KEPT_FOR = timedelta(hours=24)

# Whoever comes second waits here for the first one's commit, and then sees its answer.
_TAKE = """
    INSERT INTO messaging_idempotencykey AS t (team_id, local_id, fingerprint, response, created_at)
    VALUES ($1, $2, $3, NULL, $4)
    ON CONFLICT (team_id, local_id) DO UPDATE SET fingerprint = excluded.fingerprint, response = NULL,
      created_at = excluded.created_at WHERE t.created_at <= $5 RETURNING id
"""


def run_once[A: BaseModel](
    team_id: int, local_id: str, asked: dict[str, Any], do: Callable[[], A | ApiError], told: type[A]
) -> A | ApiError:
    """What `do` answers, or what it answered to the same request under this local_id; a refusal is an answer, too.

    In the scope of the team. What `do` raises is no answer: it rolls everything back, and the local_id is free again.
    Raises Fault where the local_id belongs to another request.
    """
    now, fingerprint = timezone.now(), _fingerprint(asked)
    mine = fetch(_TAKE, team_id, local_id, fingerprint, now, now - KEPT_FOR)
    if not mine:
        return _repeat_response(team_id, local_id, fingerprint, told)
    given = do()
    kept = (
        {"fault": [given.code, given.message, given.field]}
        if isinstance(given, ApiError)
        else given.model_dump(mode="json")
    )
    IdempotencyKey.objects.filter(team_id=team_id, local_id=local_id).update(response=kept)
    return given


def _repeat_response[A: BaseModel](
    team_id: int, local_id: str, fingerprint: str, told: type[A]
) -> A | ApiError:
    first = IdempotencyKey.objects.get(team_id=team_id, local_id=local_id)
    if first.fingerprint != fingerprint:
        raise ApiError(ErrorCode.LOCAL_ID_REUSED, field="local_id")
    if fault := (first.response or {}).get("fault"):
        code, message, field = fault
        return ApiError(ErrorCode.by_value(code), message, field=field)
    return told.model_validate(first.response)


def delete_expired(team_id: int) -> None:
    """Remove what has lasted its time, in the scope of the team."""
    IdempotencyKey.objects.filter(team_id=team_id, created_at__lte=timezone.now() - KEPT_FOR).delete()


def _fingerprint(asked: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
