"""The one way into a call: the key, its rate and scope, then the call inside its team's scope."""

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from ninja import Router
from ninja.operation import Operation
from ninja.security import HttpBearer
from ninja.utils import contribute_operation_callback

from accounts.models import Team
from api import keys, limits
from api.errors import ApiError, ErrorCode, ErrorResponse, error_example
from api.models import ApiKey, KeyScope
from kernel.tenancy import scope as team_scope

DRY_RUN = "X-Heymarket-Dry-Run"

# Any call can end in these.
COMMON_ERRORS = (
    ErrorCode.BAD_DATA, ErrorCode.MISSING_API_KEY, ErrorCode.INVALID_API_KEY, ErrorCode.DENIED, ErrorCode.PAYLOAD_TOO_LARGE, ErrorCode.RATE_LIMITED,
    ErrorCode.INTERNAL_ERROR, ErrorCode.UNAVAILABLE,
)  # fmt: skip


class ApiRequest(HttpRequest):
    """A request that came in with a key."""

    key: ApiKey
    team: Team
    allowance: limits.Allowance | None


class BearerAuth(HttpBearer):
    """The key in the Authorization header, which must have this scope."""

    def __init__(self, scope: KeyScope) -> None:
        self.scope = scope
        super().__init__()

    def __call__(self, request: Any) -> ApiKey:
        given = request.headers.get("Authorization", "").strip()
        if not given:
            raise ApiError(ErrorCode.MISSING_API_KEY)
        kind, _, token = given.partition(" ")
        if kind.lower() != "bearer":
            raise ApiError(
                ErrorCode.INVALID_API_KEY, "The header Authorization must begin with the word Bearer."
            )
        return self.authenticate(request, token.strip())

    def authenticate(self, request: Any, token: str) -> ApiKey:
        request.key = key = keys.authenticate(token)
        request.team = key.team
        request.allowance = limits.count_request(key.key_id)
        if request.allowance and request.allowance.exceeded:
            raise ApiError(ErrorCode.RATE_LIMITED)
        if self.scope not in key.scopes:
            raise ApiError(
                ErrorCode.DENIED, f"This key may not {self.scope.label}: it lacks the scope “{self.scope}”."
            )
        return key


class ApiRouter(Router):
    """The calls of one room, and how each is documented."""

    def reads(self, method: str, path: str, **options: Any) -> Callable[..., Any]:
        """A call that changes nothing."""
        return self._call(method, path, KeyScope.READ, False, **options)

    def writes(
        self, method: str, path: str, scope: KeyScope = KeyScope.WRITE, **options: Any
    ) -> Callable[..., Any]:
        """A call that changes something, or with the header of a dry run only says what it would answer."""
        return self._call(method, path, scope, True, **options)

    def _call(
        self,
        method: str,
        path: str,
        scope: KeyScope,
        writes: bool,
        *,
        answer: Any,
        example: Any,
        faults: Iterable[ErrorCode] = (),
        body: Any = None,
        whole: bool = True,
        **options: Any,
    ) -> Callable[..., Any]:
        """`example` is a true answer, `body` a request that gets one; `faults` what can go wrong besides ALWAYS.

        One that is not `whole` opens its own scopes, and sees to it that a dry run changes nothing.
        """
        codes = [*faults, *COMMON_ERRORS]

        def decorate(call: Callable[..., Any]) -> Callable[..., Any]:
            return self.api_operation(
                [method],
                path,
                auth=BearerAuth(scope),
                response={200: answer} | {code.status: ErrorResponse for code in codes},
                operation_id=call.__name__,
                openapi_extra=_documented(scope, writes, example, codes, body),
                **options,
            )(_entered(call, writes, whole))

        return decorate


def _entered(call: Callable[..., Any], writes: bool, whole: bool) -> Callable[..., Any]:
    parameters: set[str] = set()

    @functools.wraps(call)
    def entered(request: Any, *args: Any, **asked: Any) -> Any:
        _check_query(request, parameters)
        dry = writes and is_dry_run(request)
        keys.record_use(request.key)
        if not whole:
            return call(request, *args, **asked)
        with team_scope(request.team.id):
            answer = call(request, *args, **asked)
            if dry:
                transaction.set_rollback(True)
        if isinstance(answer, ApiError):  # what was written stays, and the call ends in an error all the same
            raise answer
        return answer

    contribute_operation_callback(entered, lambda operation: parameters.update(_in_query(operation)))
    return entered


def _in_query(operation: Operation) -> Iterator[str]:
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            yield from model.model_fields


def _check_query(request: Any, parameters: set[str]) -> None:
    """What is asked is taken to the letter: "?sinse=10" would be answered as if nothing had been asked."""
    for name, values in request.GET.lists():
        if name not in parameters:
            raise ApiError(ErrorCode.BAD_DATA, "There is no such parameter.", field=name)
        if len(values) > 1:
            raise ApiError(ErrorCode.BAD_DATA, "This parameter stands in the address twice.", field=name)


def is_dry_run(request: Any) -> bool:
    given = request.headers.get(DRY_RUN)
    if given not in (None, "true", "false"):
        raise ApiError(ErrorCode.BAD_DATA, f"{DRY_RUN} is true or false.", field=DRY_RUN)
    return given == "true"


# -- how it is documented ----------------------------------------------------------------------------------------


def _documented(
    scope: KeyScope, writes: bool, answer: Any, codes: list[ErrorCode], body: Any
) -> dict[str, Any]:
    extra: dict[str, Any] = {
        "x-scope": scope.value,
        "responses": {200: _content({"example": answer})} | _errors(codes),
    }
    if writes:
        extra["parameters"] = [_DRY_RUN_HEADER]
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
        status: {"description": " ".join(found), **_content({"examples": found})}
        for status, found in by_status.items()
    }


def _content(extra: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": extra}}


_DRY_RUN_HEADER = {
    "in": "header",
    "name": DRY_RUN,
    "required": False,
    "schema": {"type": "string", "enum": ["true", "false"]},
    "description": "With `true` the call is checked and answered as ever, and changes nothing.",
}
