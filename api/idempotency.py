"""Idempotency-Key: a POST that changes something runs once, and a repeat within a day gets the first response again.

The response is stored in the transaction of the call, so a crash leaves both or neither. A call of several transactions
is claimed before its first one; if its process dies, the claim lapses. The header is that of
draft-ietf-httpapi-idempotency-key-header, whose statuses are used: 422 for another request, 409 for a call at work.
"""

import hashlib
import json
import re
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from pydantic import TypeAdapter

from api.errors import ApiError, ErrorCode
from api.models import StoredResponse
from api.strict_json import CONTENT_TYPE, PlainRenderer
from kernel.encryption import decrypt, encrypt
from kernel.sql import fetch
from kernel.tenancy import scope

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_FOR = timedelta(hours=24)
CLAIM_LAPSES = timedelta(minutes=2)  # of a call of several transactions, whose process may have died
MOST_KEPT = 1_000_000  # responses of a team; a key alone makes at most 720,000 calls a day
ENCRYPTED = "encrypted response"  # the only field of a response that is stored encrypted
BATCH_SIZE = 2000  # rows deleted in one transaction

_NAME = re.compile(r"[ -~]{1,255}")

# Whoever holds this lock runs the call; nobody waits for it.
_LOCK = "SELECT pg_try_advisory_xact_lock($1::bigint)"
_TAKE = """
    INSERT INTO api_storedresponse AS t
      (team_id, api_key_id, idempotency_key, fingerprint, content, error_code, created_at)
    VALUES ($1, $2, $3, $4, '', '', $5)
    ON CONFLICT (team_id, api_key_id, idempotency_key) DO UPDATE SET fingerprint = excluded.fingerprint,
      content = '', error_code = '', created_at = excluded.created_at
    WHERE t.created_at <= $6 OR (t.content = '' AND t.created_at <= $7) RETURNING id
"""


@dataclass(frozen=True)
class KeyedCall:
    """A call with an Idempotency-Key. The key belongs to one API key of one team."""

    team_id: int
    api_key_id: int
    key: str
    fingerprint: str  # SHA-256 of address and body

    @property
    def lock(self) -> int:
        name = f"idempotency {self.team_id} {self.api_key_id} {self.key}"
        return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)

    def row(self) -> Any:
        return StoredResponse.objects.filter(
            team_id=self.team_id, api_key_id=self.api_key_id, idempotency_key=self.key
        )


def keyed_call(request: Any) -> KeyedCall | None:
    """The call, if it is a POST with the header. Raises ApiError(BAD_DATA) for a key that is none."""
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":
        return None
    if not _NAME.fullmatch(key):
        raise ApiError(
            ErrorCode.BAD_DATA, "Send 1 to 255 characters of ASCII, for example a new UUID.", field=HEADER
        )
    return KeyedCall(request.team.id, request.key.id, key, _fingerprint(request))


def _fingerprint(request: Any) -> str:
    """The same for bodies that differ in spaces and in the order of fields only."""
    body = json.dumps(json.loads(request.body), sort_keys=True) if request.body else ""
    return hashlib.sha256(f"{request.get_full_path()}\n{body}".encode("utf-8", "surrogatepass")).hexdigest()


def run_once(request: Any, keyed: KeyedCall, call: Callable[[], Any], answer: TypeAdapter[Any]) -> Any:
    """In the scope of the team: run the call and store its response, or return the stored one.

    A returned ApiError is a response too. A raised one rolls everything back, so the key is free again.
    Raises ApiError(IDEMPOTENCY_KEY_REUSED, CALL_IN_PROGRESS).
    """
    if not _take(keyed):
        return _stored(request, keyed)
    result = call()
    _store(keyed, result, answer)
    return result


def run_once_in_parts(
    request: Any, keyed: KeyedCall, call: Callable[[], Any], answer: TypeAdapter[Any]
) -> Any:
    """`run_once` for a call that opens its own scopes: it is claimed before, and its response is stored after."""
    with scope(keyed.team_id):
        if not _take(keyed):
            return _stored(request, keyed)
    with _freed_by_an_error(keyed):
        result = call()
    with scope(keyed.team_id):
        _store(keyed, result, answer)
    return result


@contextmanager
def _freed_by_an_error(keyed: KeyedCall) -> Any:
    try:
        yield
    except Exception:
        with scope(keyed.team_id):
            keyed.row().delete()
        raise


def _take(keyed: KeyedCall) -> bool:
    """Whether this call is the one that runs."""
    ((locked,),) = fetch(_LOCK, keyed.lock)
    if not locked:
        raise _in_progress()
    now = timezone.now()
    values = keyed.team_id, keyed.api_key_id, keyed.key, keyed.fingerprint
    return bool(fetch(_TAKE, *values, now, now - KEPT_FOR, now - CLAIM_LAPSES))


def _store(keyed: KeyedCall, result: Any, answer: TypeAdapter[Any]) -> None:
    if isinstance(result, ApiError):
        keyed.row().update(content=json.dumps(result.parts()), error_code=result.code.value)
    else:
        keyed.row().update(content=_written(answer.dump_python(result, mode="json")))


def _written(result: Any) -> str:
    """The content to store. A response with a secret is encrypted."""
    has_secret = isinstance(result, dict) and bool(result.get("secret"))
    return json.dumps({ENCRYPTED: encrypt(result)} if has_secret else result, ensure_ascii=False)


def _read(content: str) -> Any:
    result = json.loads(content)
    return decrypt(result[ENCRYPTED]) if isinstance(result, dict) and ENCRYPTED in result else result


def _stored(request: Any, keyed: KeyedCall) -> HttpResponse | ApiError:
    stored = keyed.row().first()
    if stored is None:  # freed since
        raise _in_progress()
    if stored.fingerprint != keyed.fingerprint:
        raise ApiError(ErrorCode.IDEMPOTENCY_KEY_REUSED, field=HEADER)
    if not stored.content:
        raise _in_progress()
    request.response_headers[REPLAYED] = "true"
    if stored.error_code:
        return ApiError(ErrorCode.by_value(stored.error_code), **json.loads(stored.content))
    content = PlainRenderer().render(request, _read(stored.content), response_status=200)
    return HttpResponse(content, content_type=CONTENT_TYPE)


def _in_progress() -> ApiError:
    return ApiError(ErrorCode.CALL_IN_PROGRESS, field=HEADER, retry_after=1)


def delete_expired(team_id: int, now: datetime) -> int:
    """Delete up to BATCH_SIZE responses that are older than KEPT_FOR, or of which the team has too many."""
    rows = StoredResponse.objects.filter(team_id=team_id)
    newest = rows.order_by("-created_at").values_list("created_at", flat=True)
    bound = max([now - KEPT_FOR, *newest[MOST_KEPT : MOST_KEPT + 1]])
    ids = list(rows.filter(created_at__lte=bound).values_list("id", flat=True)[:BATCH_SIZE])
    rows.filter(id__in=ids).delete()
    return len(ids)
