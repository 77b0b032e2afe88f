"""OpenAPI document: its description, the parts that all calls share, and the additions to each call."""

from typing import Any

from ninja import NinjaAPI

from api import dry_runs, idempotency
from api.errors import ErrorCode, error_example
from api.models import KeyScope

DESCRIPTION = """\
Whether a number may be texted belongs to the number: contacts come and go, opt-outs and blocks stay.

**Keys** are created in Settings > API keys. Send `Authorization: Bearer` with an API key, or with a JWT (HS256) of
`{"iss": SECRET_ID, "iat": unix seconds}` signed with the text `SECRET_ID||SECRET_KEY`, valid for five minutes.
Each call names the scope that its key needs.

**Numbers** are E.164 digits. A `+` before them is accepted; responses omit it. **Times** are RFC 3339.

**Strict parsing**: a body is JSON in UTF-8, sent as `application/json`. An unknown field or parameter is `bad_data`,
and so is a repeated one. A *compatible* key may send unknown ones, which the header `X-Heymarket-Ignored` of the
response names, except those about what is sent, to whom, or consent.

**Errors** are `{"error_code", "message", "field", "request_id"}`; each code has one status. `field` names the field
at fault, if any.

**Limits**: 500 requests a minute for each key, bodies up to 2 MB. `X-RateLimit-Remaining` is the rest of this minute,
`Retry-After` the number of seconds to wait.

**Dry runs**: with `X-Heymarket-Dry-Run: true` a call that changes something is checked, and changes nothing. The answer
is `{"dry_run": true, "response": …}` with what the call would answer, without IDs; an error has `dry_run` too.

**Idempotency-Key**: with this header a POST that changes something runs once. Within 24 hours the same key with the
same body gets the first response again, with `Idempotent-Replayed: true`.
"""

BEARER = "An API key, or a JWT signed with SECRET_ID||SECRET_KEY (HS256, five minutes)."

_HEADERS: dict[str, Any] = {
    "X-Request-Id": {
        "schema": {"type": "string", "format": "uuid"},
        "description": "Names this request in our logs.",
    },
    "X-Heymarket-Ignored": {
        "schema": {"type": "string"},
        "description": "Fields and parameters that were ignored; with compatible keys only.",
    },
    "X-RateLimit-Limit": {"schema": {"type": "integer"}, "description": "Requests per minute of the clock."},
    "X-RateLimit-Remaining": {"schema": {"type": "integer"}, "description": "Requests left in this minute."},
    "X-RateLimit-Reset": {"schema": {"type": "integer"}, "description": "Seconds until the next minute."},
}
_RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}


class DocumentedApi(NinjaAPI):
    """An API whose OpenAPI document is complete, and built once because it is the same for everybody."""

    _document: Any = None

    def get_openapi_schema(self, **options: Any) -> Any:
        self._document = self._document or _complete(super().get_openapi_schema(**options))
        return self._document


def _complete(document: dict[str, Any]) -> dict[str, Any]:
    """Add the headers of all responses, and each call's scope to its description."""
    document["components"]["securitySchemes"] = {
        "BearerAuth": {"type": "http", "scheme": "bearer", "description": BEARER}
    }
    for path in document["paths"].values():
        for call in path.values():
            call["description"] = f"{call['description']}\n\nScope: `{call['x-scope']}`."
            for parameter in call["parameters"]:
                # Its schema has the examples. A parameter's own would need another form.
                parameter.pop("examples", None)
            for status, response in call["responses"].items():
                response["headers"] = _HEADERS | (_RETRY_AFTER if int(status) in (429, 503) else {})
    return document


# -- one call ----------------------------------------------------------------------------------------------------


def openapi_extra(
    scope: KeyScope, writes: bool, keyed: bool, example: Any, codes: list[ErrorCode], body: Any
) -> dict[str, Any]:
    """The additions to the OpenAPI operation of a call: scope, examples, errors and the headers of the request."""
    extra: dict[str, Any] = {
        "x-scope": scope.value,
        "responses": {200: _content({"example": example})} | _errors(codes),
    }
    if writes:
        extra["parameters"] = [_DRY_RUN_HEADER, _IDEMPOTENCY_KEY_HEADER][: 1 + keyed]
    if body is not None:
        extra["requestBody"] = _content({"example": body})
    return extra


def _errors(codes: list[ErrorCode]) -> dict[int, Any]:
    by_status: dict[int, dict[str, Any]] = {}
    for code in codes:
        by_status.setdefault(code.status, {})[code.value] = {
            "summary": code.meaning,
            "value": error_example(code),
        }
    return {
        status: {"description": " ".join(examples), **_content({"examples": examples})}
        for status, examples in by_status.items()
    }


def _content(extra: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": extra}}


_DRY_RUN_HEADER = {
    "in": "header",
    "name": dry_runs.HEADER,
    "required": False,
    "schema": {"type": "string", "enum": ["true", "false"]},
    "description": "With `true` the call is checked and changes nothing.",
}
_IDEMPOTENCY_KEY_HEADER = {
    "in": "header",
    "name": idempotency.HEADER,
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "description": "A new UUID for each call. Repeated within 24 hours, it gets the first response again.",
}
