"""What the OpenAPI document says of all calls alike."""

from typing import Any

DESCRIPTION = """\
Whether a number may be texted belongs to the number: contacts come and go, and what forbids texts to it stays.

**Keys** are made in Settings > API keys. Send `Authorization: Bearer` with an API key, or with a JWT (HS256) of
`{"iss": SECRET_ID, "iat": unix seconds}` signed with the text `SECRET_ID||SECRET_KEY`, which is good for five minutes.
Each call names the scope that its key needs.

**Numbers** are E.164 digits; a `+` before them is accepted, and answered without. **Times** are RFC 3339.

**To the letter**: a body is JSON in UTF-8, sent as `application/json` with its length. A field or parameter
that the call does not name, or that comes twice, is `bad_data`; so a misspelt one is never passed over.

**Errors** are `{"error_code", "message", "field", "request_id"}`; each code has its one status. `field` is there where
one is to blame.

**Limits**: 500 requests a minute for each key, bodies up to 2 MB. `X-RateLimit-Remaining` says what is left of this
minute, `Retry-After` how many seconds to wait.

**Dry runs**: with `X-Heymarket-Dry-Run: true` a call that changes something is checked and answered as ever, and
changes nothing.
"""

BEARER = "An API key, or a JWT signed with SECRET_ID||SECRET_KEY (HS256, five minutes)."

_HEADERS: dict[str, Any] = {
    "X-Request-Id": {
        "schema": {"type": "string", "format": "uuid"},
        "description": "Names this request in our logs.",
    },
    "X-RateLimit-Limit": {"schema": {"type": "integer"}, "description": "Requests in a minute of the clock."},
    "X-RateLimit-Remaining": {"schema": {"type": "integer"}, "description": "What is left of them."},
    "X-RateLimit-Reset": {"schema": {"type": "integer"}, "description": "Seconds until the next minute."},
}
_RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}


def complete_document(document: dict[str, Any]) -> dict[str, Any]:
    """With the headers of every answer, and each call's scope in its description."""
    document["components"]["securitySchemes"] = {
        "BearerAuth": {"type": "http", "scheme": "bearer", "description": BEARER}
    }
    for path in document["paths"].values():
        for call in path.values():
            call["description"] = f"{call['description']}\n\nScope: `{call['x-scope']}`."
            for parameter in call["parameters"]:
                parameter.pop(
                    "examples", None
                )  # stands in its schema; here it would have to be of another form
            for status, answer in call["responses"].items():
                answer["headers"] = _HEADERS | (_RETRY_AFTER if int(status) in (429, 503) else {})
    return document
