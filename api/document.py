"""OpenAPI document: its description, the parts that all calls share, and the additions to each call."""

from typing import Any

from django.conf import settings
from ninja import NinjaAPI

from api import dry_runs, idempotency
from api.credentials import KEY_HEADER
from api.document_fields import finish_fields
from api.errors import ErrorCode, error_example
from api.models import KeyScope
from api.response_models import SharedSchemas

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

**Pages**: a list takes the time of the last row of the page before as `date`, and how many rows as `limit`; an empty
list is the end. A feed (`optouts`, `consents`) returns `next`, which is the `since` of the next call.

**Limits**: 500 requests a minute for each key, bodies up to 2 MB. `X-RateLimit-Remaining` is the rest of this minute,
`Retry-After` the number of seconds to wait.

**Dry runs**: with `X-Heymarket-Dry-Run: true` a call that changes something is checked, and changes nothing. The answer
is `{"dry_run": true, "response": …}` with what the call would answer, without IDs; an error has `dry_run` too.

**Idempotency-Key**: with this header a POST that changes something runs once. Within 24 hours the same key with the
same body gets the first response again, with `Idempotent-Replayed: true`.
"""

SECURITY = {
    "BearerAuth": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key, or a JWT signed with SECRET_ID||SECRET_KEY (HS256, five minutes).",
    },
    "KeyHeader": {
        "type": "apiKey",
        "in": "header",
        "name": KEY_HEADER,
        "description": "An API key. An older form, always in compatible mode.",
    },
    "BasicAuth": {
        "type": "http",
        "scheme": "basic",
        "description": "An API key as the user, without a password. An older form, always in compatible mode.",
    },
}

# The subjects of the reference. A call's subject is that of its router, or that of the first word of its path.
SUBJECTS = {
    "Contacts": "People, custom fields and tags.",
    "Consent": "Whether a number may be texted, why, and every change of that.",
    "Messages": "Texts: send, list, schedule.",
    "Conversations": "One inbox with one number: list, read, assign, close.",
    "Templates": "Texts that a team uses again.",
    "Lists": "Whom a team writes to for one purpose.",
    "Broadcasts": "One text to many people.",
    "Team": "The team, its members and its inboxes.",
    "n8n": "What the Heymarket node of n8n calls.",
    "Webhooks": "Addresses of other systems that are told of events.",
}
_SUBJECT_OF = {
    "conversation": "Conversations", "conversations": "Conversations", "template": "Templates",
    "templates": "Templates", "list": "Lists", "lists": "Lists", "broadcast": "Broadcasts",
    "broadcasts": "Broadcasts", "team": "Team", "users": "Team", "inboxes": "Team", "webhooks": "Webhooks",
    "person": "Contacts",
}  # fmt: skip

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
    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."},
}


class DocumentedApi(NinjaAPI):
    """An API whose OpenAPI document is complete, and built once because it is the same for everybody."""

    _document: Any = None

    def __init__(self, *, webhooks: dict[str, Any], **options: Any) -> None:
        """`webhooks` are the events of the document, as webhooks.document writes them."""
        self._webhooks = webhooks
        super().__init__(**options)

    @property
    def urls(self) -> Any:
        """The calls of all versions, each with its whole path. The root of the site belongs to a page."""
        patterns, app, namespace = super().urls
        return [pattern for pattern in patterns if getattr(pattern, "name", "") != "api-root"], app, namespace

    def get_root_path(self, path_params: Any) -> str:
        return "/"

    def get_openapi_schema(self, **_: Any) -> Any:
        self._document = self._document or self._complete(SharedSchemas(self, self.get_root_path({})))
        return self._document

    def _complete(self, document: dict[str, Any]) -> dict[str, Any]:
        document["servers"] = [{"url": settings.PUBLIC_URL, "description": "This installation."}]
        document["tags"] = [{"name": name, "description": words} for name, words in SUBJECTS.items()]
        document["components"] |= {"securitySchemes": SECURITY, "headers": _HEADERS}
        for path, calls in document["paths"].items():
            for call in calls.values():
                _complete_call(path, call)
        finish_fields(document)
        return document | {"webhooks": self._webhooks}


def _complete_call(path: str, call: dict[str, Any]) -> None:
    """Add subject, scope, ways to sign in, and the headers of all responses."""
    call["tags"] = [_SUBJECT_OF.get(path.removeprefix("/v1/").split("/")[0], call["tags"][0])]
    call["description"] = f"{call['description']}\n\nScope: `{call['x-scope']}`."
    call["security"] = [{name: []} for name in SECURITY]
    for parameter in call["parameters"]:
        # Its schema has the examples. A parameter's own would need another form.
        parameter.pop("examples", None)
    _separate_dry_run(call["responses"][200]["content"])
    for status, response in call["responses"].items():
        response["headers"] = {
            name: {"$ref": f"#/components/headers/{name}"}
            for name in _HEADERS
            if name != "Retry-After" or int(status) in (429, 503)
        }


def _separate_dry_run(content: dict[str, Any]) -> None:
    """The answer to a dry run has a media type of its own: a choice of two schemas would be two types to clients."""
    schema = content["application/json"]["schema"]
    options = schema.get("anyOf", [])
    dry_run = [option for option in options if option.get("$ref", "").endswith("/DryRunResponse")]
    others = [option for option in options if option not in dry_run]
    if dry_run:
        content["application/json"]["schema"] = others[0] if len(others) == 1 else {**schema, "anyOf": others}
        content[dry_runs.MEDIA_TYPE] = {"schema": dry_run[0]}


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
