"""Router of API calls: it checks the key, its rate limit and its scope, then runs the call in its team's scope."""

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.operation import Operation
from ninja.security import HttpBearer
from ninja.utils import contribute_operation_callback
from pydantic import TypeAdapter

from accounts.models import Team
from api import dry_runs, idempotency, keys, limits
from api.credentials import read_credentials
from api.document import openapi_extra
from api.dry_runs import DryRunResponse, dry_run_response, is_dry_run, undone_in_a_dry_run
from api.errors import ApiError, ErrorCode, ErrorResponse
from api.models import ApiKey, KeyMode, KeyScope
from api.response_models import share_models
from api.tolerance import ignore
from api.waiting import HeldCall
from kernel.tenancy import scope as team_scope

share_models()
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
# Errors of the header Idempotency-Key.
KEYED_ERRORS = (ErrorCode.CALL_IN_PROGRESS, ErrorCode.IDEMPOTENCY_KEY_REUSED)


class ApiRequest(HttpRequest):
    """A request with a valid API key."""

    key: ApiKey
    team: Team
    compatible: bool  # whether it is read in the key's compatible mode
    rate_limit: limits.RateLimit | None
    hold: HeldCall | None
    dry_run: bool
    prepared: Any  # what the call's `prepare` returned
    response_headers: dict[str, str]
    # What calls about contacts read once for each request.
    member_ids: set[int]
    custom_fields: list[Any]


class BearerAuth(HttpBearer):
    """The key in one of the headers that api.credentials reads. It must have this scope."""

    def __init__(self, scope: KeyScope, writes: bool) -> None:
        self.scope, self.writes = scope, writes
        super().__init__()

    def __call__(self, request: Any) -> ApiKey:
        request.dry_run = self.writes and is_dry_run(request.headers)
        if request.dry_run:  # said by errors, too
            request.response_headers[dry_runs.HEADER] = "true"
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

    def reads(
        self, method: str, path: str, scope: KeyScope = KeyScope.READ, **options: Any
    ) -> Callable[..., Any]:
        """Decorator of a call that changes nothing. Options: see `_call`."""
        return self._call(method, path, scope, False, **options)

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
        prepare: Callable[..., Any] | None = None,
        **options: Any,
    ) -> Callable[..., Any]:
        """`answer` is the type of the response, `example` a real response, and `body` a request that gets it.

        `errors` are the codes besides COMMON_ERRORS. A call without `one_transaction` opens its own scopes, and must
        itself change nothing in a dry run. `prepare` has the parameters of the call and runs before its transaction;
        its result is `request.prepared`.
        """
        keyed = writes and method == "POST"
        codes = [*errors, *COMMON_ERRORS, *(KEYED_ERRORS if keyed else ())]
        run = _Run(writes, one_transaction, prepare, TypeAdapter(answer))

        def decorate(call: Callable[..., Any]) -> Callable[..., Any]:
            return self.api_operation(
                [method],
                path,
                auth=BearerAuth(scope, writes),
                response={200: answer | DryRunResponse if writes else answer}
                | {code.status: ErrorResponse for code in codes},
                operation_id=call.__name__,
                openapi_extra=openapi_extra(scope, writes, keyed, example, codes, body),
                **options,
            )(_with_checks(call, run))

        return decorate


@dataclass(frozen=True)
class _Run:
    """How a call is run."""

    writes: bool
    one_transaction: bool
    prepare: Callable[..., Any] | None
    answer: TypeAdapter[Any]

    def __call__(self, request: Any, call: Callable[[], Any]) -> Any:
        """The result of the call, or a response. A returned ApiError is raised after the transaction's commit."""
        keyed = idempotency.keyed_call(request) if self.writes else None
        if request.dry_run:  # the key was checked, and stays free
            keyed = None
        if self.one_transaction:
            with team_scope(request.team.id), undone_in_a_dry_run(request):
                result = idempotency.run_once(request, keyed, call, self.answer) if keyed else call()
        else:
            result = idempotency.run_once_in_parts(request, keyed, call, self.answer) if keyed else call()
        if isinstance(result, ApiError):
            raise result
        return dry_run_response(request, result, self.answer) if request.dry_run else result


def _with_checks(call: Callable[..., Any], run: _Run) -> Callable[..., Any]:
    parameters: set[str] = set()

    @functools.wraps(call)
    def checked(request: Any, *args: Any, **values: Any) -> Any:
        _check_query(request, parameters)
        keys.record_use(request.key)
        request.prepared = run.prepare(request, *args, **values) if run.prepare else None
        return run(request, functools.partial(call, request, *args, **values))

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
