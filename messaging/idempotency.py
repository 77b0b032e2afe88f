"""Idempotency for API sends: a call with a local_id runs once, and a repeat within a day gets the first response."""

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

# A concurrent call waits here for the commit of the first call, and then reads its response.
_TAKE = """
    INSERT INTO messaging_idempotencykey AS t (team_id, local_id, fingerprint, response, created_at)
    VALUES ($1, $2, $3, NULL, $4)
    ON CONFLICT (team_id, local_id) DO UPDATE SET fingerprint = excluded.fingerprint, response = NULL,
      created_at = excluded.created_at WHERE t.created_at <= $5 RETURNING id
"""


def run_once[R: BaseModel](
    team_id: int,
    local_id: str,
    request: dict[str, Any],
    call: Callable[[], R | ApiError],
    response_type: type[R],
) -> R | ApiError:
    """Run `call`, or return the response of the same request under this local_id. A returned error is a response too.

    In the scope of the team. An exception in `call` rolls everything back, so that the local_id is free again.
    Raises ApiError if the local_id belongs to a different request.
    """
    now, fingerprint = timezone.now(), _fingerprint(request)
    if not fetch(_TAKE, team_id, local_id, fingerprint, now, now - KEPT_FOR):
        return _repeat_response(team_id, local_id, fingerprint, response_type)
    response = call()
    stored = (
        {"error": [response.code, response.message, response.field], "refusal": response.refusal}
        if isinstance(response, ApiError)
        else response.model_dump(mode="json")
    )
    IdempotencyKey.objects.filter(team_id=team_id, local_id=local_id).update(response=stored)
    return response


def _repeat_response[R: BaseModel](
    team_id: int, local_id: str, fingerprint: str, response_type: type[R]
) -> R | ApiError:
    key = IdempotencyKey.objects.get(team_id=team_id, local_id=local_id)
    if key.fingerprint != fingerprint:
        raise ApiError(ErrorCode.LOCAL_ID_REUSED, field="local_id")
    if error := (key.response or {}).get("error"):
        code, message, field = error
        refusal = (key.response or {}).get("refusal")
        return ApiError(ErrorCode.by_value(code), message, field=field, refusal=refusal)
    return response_type.model_validate(key.response)


def delete_expired(team_id: int) -> None:
    """Delete idempotency keys older than KEPT_FOR, in the scope of the team."""
    IdempotencyKey.objects.filter(team_id=team_id, created_at__lte=timezone.now() - KEPT_FOR).delete()


def _fingerprint(request: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
