"""API calls that manage webhooks: the same endpoints as Settings > Webhooks."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, StrictStr
from pydantic_core import PydanticCustomError

from api.auditing import audit_actor
from api.errors import ApiError, ErrorCode
from api.models import KeyScope
from api.router import ApiRequest, ApiRouter
from api.shapes import PathId, RequestTime, ResponseTime, StrictRequest, text_up_to
from webhooks.activation import activate, deactivate, delete_endpoint, lock_endpoint
from webhooks.endpoint_urls import UrlNotAllowed, check_url
from webhooks.forms import TOKEN_LENGTHS
from webhooks.models import SUBSCRIBABLE_TYPES, Endpoint
from webhooks.outbox import record_test
from webhooks.registration import TooManyEndpoints, add_endpoint, replace_secret
from webhooks.replay import replay_deliveries

calls = ApiRouter()
SCOPE = KeyScope.WEBHOOKS


def _each_once(events: list[str]) -> list[str]:
    known = [kind.value for kind in SUBSCRIBABLE_TYPES]
    if unknown := [event for event in events if event not in known]:
        raise PydanticCustomError(
            "event", "There is no event “{unknown}”. Send some of: {known}.",
            {"unknown": unknown[0][:60], "known": ", ".join(known)},
        )  # fmt: skip
    return [kind for kind in known if kind in events]


EventTypes = Annotated[
    list[
        Annotated[StrictStr, Field(json_schema_extra={"enum": [kind.value for kind in SUBSCRIBABLE_TYPES]})]
    ],
    Field(min_length=1, max_length=100, description="The types of events to post."),
    AfterValidator(_each_once),
]


class NewWebhookRequest(StrictRequest):
    name: Annotated[StrictStr, text_up_to(60, "Shown on pages: “CRM notified at 10:42”.", shortest=1)]
    url: Annotated[
        StrictStr, text_up_to(500, "A public https address without name and password.", shortest=1)
    ]
    events: EventTypes
    format: Annotated[
        Literal["standard", "heymarket"],
        Field(
            description="standard: signed, by Standard Webhooks. heymarket: the form of the Heymarket API."
        ),
    ] = "standard"
    token: Annotated[
        StrictStr | None,
        Field(
            min_length=TOKEN_LENGTHS[0],
            max_length=TOKEN_LENGTHS[1],
            description="Only for the format heymarket: the token that the receiver checks. Without it a new one.",
            examples=["kJ8x2mQ5vT1z"],
        ),
    ] = None


class WebhookResponse(BaseModel):
    id: int
    name: str = Field(description="Its name on pages.")
    url: str = Field(description="Where the events are posted.")
    events: list[str] = Field(description="The types of events that it gets.")
    format: Literal["standard", "heymarket", "n8n"] = Field(
        description="How requests are written. n8n: the trigger of a workflow."
    )
    active: bool = Field(description="Whether events are kept and posted.")
    trouble: str = Field(description="Why it was turned off, in a sentence; empty while it is on.")
    created: ResponseTime


class NewSecretResponse(WebhookResponse):
    secret: str | None = Field(
        description="The signing secret (whsec_…), or the token of the format heymarket. No other call returns it. "
        "Null if the request had the token."
    )


class QueuedResponse(BaseModel):
    queued: int = Field(description="Events that are about to be posted, in their order.")


class ReplayRequest(StrictRequest):
    since: Annotated[
        RequestTime, Field(description="Events since this time are posted again, under their IDs.")
    ]


EXAMPLE = {
    "id": 12, "name": "CRM", "url": "https://crm.example.com/heymarket", "events": ["target_opt_out", "target_opt_in"],
    "format": "standard", "active": True, "trouble": "", "created": "2026-11-25T10:42:00.123456Z",
}  # fmt: skip
OFF = {**EXAMPLE, "active": False, "trouble": "Turned off by CRM."}
WITH_SECRET = {**EXAMPLE, "secret": "whsec_K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="}


def _check_url(request: ApiRequest, payload: NewWebhookRequest) -> None:
    """Before the transaction, since it queries DNS."""
    try:
        check_url(payload.url)
    except UrlNotAllowed as error:
        raise ApiError(ErrorCode.BAD_DATA, str(error), field="url") from None


@calls.reads(
    "GET", "/webhooks", SCOPE, answer=list[WebhookResponse], example=[EXAMPLE], summary="List webhooks"
)
def list_webhooks(request: ApiRequest) -> list[WebhookResponse]:
    """The team's webhooks, at most 20. Their secrets are not among the fields."""
    rows = Endpoint.objects.filter(team_id=request.team.id).order_by("id")
    return [WebhookResponse(**_fields(endpoint)) for endpoint in rows]


@calls.writes(
    "POST", "/webhooks", SCOPE, answer=NewSecretResponse, example=WITH_SECRET, prepare=_check_url,
    body={"name": "CRM", "url": "https://crm.example.com/heymarket", "events": ["target_opt_out", "target_opt_in"]},
    errors=[ErrorCode.NOT_POSSIBLE], summary="Create a webhook",
)  # fmt: skip
def create_webhook(request: ApiRequest, payload: NewWebhookRequest) -> NewSecretResponse:
    """Post these events to this address from now on. Keep `secret`: it is shown once."""
    if payload.token and payload.format != "heymarket":
        raise ApiError(ErrorCode.BAD_DATA, "Only the format heymarket has a token.", field="token")
    endpoint = Endpoint(
        team_id=request.team.id,
        name=payload.name,
        url=payload.url,
        events=payload.events,
        format=payload.format,
    )
    try:
        secret = add_endpoint(endpoint, audit_actor(request), token=payload.token or "")
    except TooManyEndpoints as error:
        raise ApiError(ErrorCode.NOT_POSSIBLE, str(error)) from None
    return _with_secret(request, endpoint, secret)


@calls.writes(
    "POST", "/webhooks/{id}/rotate", SCOPE, answer=NewSecretResponse, example=WITH_SECRET,
    errors=[ErrorCode.WEBHOOK_NOT_FOUND], summary="Replace a webhook's secret",
)  # fmt: skip
def rotate_webhook(request: ApiRequest, id: PathId) -> NewSecretResponse:
    """A new signing secret; the present one stays valid for 24 hours. A token of the format heymarket ends at once."""
    endpoint = _find(request, id)
    return _with_secret(request, endpoint, replace_secret(endpoint, audit_actor(request)))


@calls.writes(
    "POST", "/webhooks/{id}/activate", SCOPE, answer=WebhookResponse, example=EXAMPLE,
    errors=[ErrorCode.WEBHOOK_NOT_FOUND], summary="Turn a webhook on",
)  # fmt: skip
def activate_webhook(request: ApiRequest, id: PathId) -> WebhookResponse:
    """Keep and post its events from now on, and post those that wait or failed, oldest first. If it is on, it stays so.

    Events that happened while it was off were not kept for it. The feed has every change of consent.
    """
    endpoint = _find(request, id)
    if not endpoint.active:
        activate(endpoint, by=audit_actor(request))
    return WebhookResponse(**_fields(endpoint))


@calls.writes(
    "POST", "/webhooks/{id}/deactivate", SCOPE, answer=WebhookResponse, example=OFF,
    errors=[ErrorCode.WEBHOOK_NOT_FOUND], summary="Turn a webhook off",
)  # fmt: skip
def deactivate_webhook(request: ApiRequest, id: PathId) -> WebhookResponse:
    """Post nothing more, and keep no new events for it. Events that wait are kept. If it is off, it stays so."""
    endpoint = _find(request, id)
    if endpoint.active:
        deactivate(endpoint, f"Turned off by {request.key.name}.", by=audit_actor(request))
    return WebhookResponse(**_fields(endpoint))


@calls.writes(
    "POST", "/webhooks/{id}/test", SCOPE, answer=QueuedResponse, example={"queued": 1},
    errors=[ErrorCode.WEBHOOK_NOT_FOUND, ErrorCode.NOT_POSSIBLE], summary="Send a test event",
)  # fmt: skip
def test_webhook(request: ApiRequest, id: PathId) -> QueuedResponse:
    """Post an event of the type `test`, which is about nothing that happened."""
    record_test(_find_active(request, id), request.key.name)
    return QueuedResponse(queued=1)


@calls.writes(
    "POST", "/webhooks/{id}/replay", SCOPE, answer=QueuedResponse, example={"queued": 18},
    body={"since": "2026-11-25T10:42:00Z"},
    errors=[ErrorCode.WEBHOOK_NOT_FOUND, ErrorCode.NOT_POSSIBLE], summary="Send events again",
)  # fmt: skip
def replay_webhook(request: ApiRequest, id: PathId, payload: ReplayRequest) -> QueuedResponse:
    """Post all its events since a time again, delivered or not, oldest first. The receiver knows them by their IDs.

    Events are kept for 30 days, those about consent for a year. The feed has every change of consent.
    """
    return QueuedResponse(queued=replay_deliveries(_find_active(request, id), since=payload.since))


@calls.writes(
    "DELETE", "/webhooks/{id}", SCOPE, answer=Literal["ok"], example="ok", errors=[ErrorCode.WEBHOOK_NOT_FOUND],
    summary="Delete a webhook",
)  # fmt: skip
def delete_webhook(request: ApiRequest, id: PathId) -> str:
    """Delete a webhook with its deliveries, also those that wait."""
    delete_endpoint(_find(request, id), by=audit_actor(request))
    return "ok"


def _find(request: ApiRequest, id: int) -> Endpoint:
    """The endpoint, under its row lock."""
    endpoint = lock_endpoint(request.team.id, id)
    if endpoint is None:
        raise ApiError(ErrorCode.WEBHOOK_NOT_FOUND, field="id")
    return endpoint


def _find_active(request: ApiRequest, id: int) -> Endpoint:
    endpoint = _find(request, id)
    if not endpoint.active:
        raise ApiError(
            ErrorCode.NOT_POSSIBLE,
            "This webhook is off. Turn it on first, with activate or in Settings > Webhooks.",
        )
    return endpoint


def _with_secret(request: ApiRequest, endpoint: Endpoint, secret: str) -> NewSecretResponse:
    """A dry run makes a secret that nobody keeps."""
    return NewSecretResponse(**_fields(endpoint), secret=None if request.dry_run else secret or None)


def _fields(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "name": endpoint.name,
        "url": endpoint.url,
        "events": endpoint.events,
        "format": endpoint.format,
        "active": endpoint.active,
        "trouble": endpoint.deactivation_reason,
        "created": endpoint.created_at,
    }
