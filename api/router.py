"""Router of API calls: it checks the key, its rate limit and its scope, then runs the call in its team's scope."""

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
from api.credentials import read_credentials
from api.document import DRY_RUN, openapi_extra
from api.errors import ApiError, ErrorCode, ErrorResponse
from api.models import ApiKey, KeyMode, KeyScope
from api.tolerance import ignore
from api.waiting import HeldCall
from kernel.tenancy import scope as team_scope

# Errors that any call can end in.
COMMON_ERRORS = (
    ErrorCode.BAD_DATA,
    ErrorCode.MISSING_API_KEY,
    ErrorCode.INVALID_API_KEY,
    ErrorCode.DENIED,
    ErrorCode.PAYLOAD_TOO_LARGE,
    ErrorCode.RATE_LIMITED,
    ErrorCode.INTERNAL_ERROR,
    ErrorCode.UNAVAILABLE,
)


class ApiRequest(HttpRequest):
    """A request with a valid API key."""

    key: ApiKey
    team: Team
    compatible: bool  # whether it is read in the key's compatible mode
    rate_limit: limits.RateLimit | None
    hold: HeldCall | None


class BearerAuth(HttpBearer):
    """The key in one of the headers that api.credentials reads. It must have this scope."""

    def __init__(self, scope: KeyScope) -> None:
        self.scope = scope
        super().__init__()

    def __call__(self, request: Any) -> ApiKey:
        token, old_form = read_credentials(request.headers)
        key = self.authenticate(request, token)
        request.compatible = old_form or key.mode == KeyMode.COMPATIBLE
        return key

    def authenticate(self, request: Any, token: str) -> ApiKey:
        request.key = key = keys.authenticate(token)
        request.team = key.team
        request.rate_limit = limits.count_request(key.key_id)
        if request.rate_limit and request.rate_limit.exceeded:
            raise ApiError(ErrorCode.RATE_LIMITED)
        if self.scope not in key.scopes:
            message = f"This key may not {self.scope.label}: it lacks the scope “{self.scope}”."
            raise ApiError(ErrorCode.DENIED, message)
        return key


class ApiRouter(Router):
    """The calls of one package, with their documentation."""

    def reads(self, method: str, path: str, **options: Any) -> Callable[..., Any]:
        """Decorator of a call that changes nothing. Options: see `_call`."""
        return self._call(method, path, KeyScope.READ, False, **options)

    def writes(
        self, method: str, path: str, scope: KeyScope = KeyScope.WRITE, **options: Any
    ) -> Callable[..., Any]:
        """Decorator of a call that changes something, except in a dry run. Options: see `_call`."""
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
        errors: Iterable[ErrorCode] = (),
        body: Any = None,
        one_transaction: bool = True,
        **options: Any,
    ) -> Callable[..., Any]:
        """`answer` is the type of the response, `example` a real response, and `body` a request that gets it.

        `errors` are the codes besides COMMON_ERRORS. A call without `one_transaction` opens its own scopes, and must
        itself change nothing in a dry run.
        """
        codes = [*errors, *COMMON_ERRORS]

        def decorate(call: Callable[..., Any]) -> Callable[..., Any]:
            return self.api_operation(
                [method],
                path,
                auth=BearerAuth(scope),
                response={200: answer} | {code.status: ErrorResponse for code in codes},
                operation_id=call.__name__,
                openapi_extra=openapi_extra(scope, writes, example, codes, body),
                **options,
            )(_with_checks(call, writes, one_transaction))

        return decorate


def _with_checks(call: Callable[..., Any], writes: bool, one_transaction: bool) -> Callable[..., Any]:
    parameters: set[str] = set()

    @functools.wraps(call)
    def checked(request: Any, *args: Any, **values: Any) -> Any:
        _check_query(request, parameters)
        dry_run = writes and is_dry_run(request)
        keys.record_use(request.key)
        if not one_transaction:
            return call(request, *args, **values)
        with team_scope(request.team.id):
            result = call(request, *args, **values)
            if dry_run:
                transaction.set_rollback(True)
        if isinstance(result, ApiError):  # returned, not raised, so that the transaction is committed
            raise result
        return result

    contribute_operation_callback(checked, lambda operation: parameters.update(_query_fields(operation)))
    return checked


def _query_fields(operation: Operation) -> Iterator[str]:
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            yield from model.model_fields


def _check_query(request: Any, parameters: set[str]) -> None:
    """Refuse repeated parameters, and unknown ones: a misspelt "?sinse=10" would otherwise return everything.

    Compatible keys may send unknown ones, which the response names.
    """
    for name, values in request.GET.lists():
        if name not in parameters and request.compatible:
            ignore(request, name)
        elif name not in parameters:
            raise ApiError(ErrorCode.BAD_DATA, "There is no such parameter.", field=name)
        if len(values) > 1:
            raise ApiError(ErrorCode.BAD_DATA, "This parameter is given twice.", field=name)


def is_dry_run(request: Any) -> bool:
    """Whether the header asks for a dry run. Raises ApiError(BAD_DATA) for any other value."""
    value = request.headers.get(DRY_RUN)
    if value not in (None, "true", "false"):
        raise ApiError(ErrorCode.BAD_DATA, f"{DRY_RUN} must be true or false.", field=DRY_RUN)
    return value == "true"
