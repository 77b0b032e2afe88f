"""API calls that list, count and get conversations."""

from typing import Annotated, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from pydantic import BaseModel, Field, StrictBool

from api.errors import ApiError, ErrorCode
from api.paging import CursorParameter, CursorTime, OrderedPageRequest, cursor_time, parse_cursor_time
from api.router import ApiRequest
from api.shapes import Id, PathId, ResponseTime, StrictRequest, one_of
from contacts.lists.models import Tagging
from kernel.phone_numbers import digits
from messaging.api.calls import calls
from messaging.api.lookups import find_member
from messaging.inbox import visible_conversations
from messaging.models import Conversation
from messaging.teamwork.models import Assignment
from optout.models import API_WORDS, StandingState


class ConversationFiltersRequest(StrictRequest):
    inboxes: Annotated[list[Id] | None, Field(max_length=100, description="Only these inboxes.")] = None
    closed: Annotated[StrictBool | None, Field(description="Only closed ones, or only open ones.")] = None
    assigned: Annotated[Id | None, Field(description="Only those that this member takes care of.")] = None
    unread: Annotated[
        StrictBool | None,
        Field(
            description="Only those with texts that the member `id` has not seen. False filters nothing. Needs `id`."
        ),
    ] = None


class CountConversationsRequest(StrictRequest):
    id: Annotated[
        Id | None,
        Field(
            description="A member: only conversations that the member sees; lists have their unread texts."
        ),
    ] = None
    assigned: Annotated[Id | None, Field(description="The same as in `filters`.")] = None
    archived: Annotated[StrictBool, Field(description="Only closed ones.")] = False
    filters: ConversationFiltersRequest | None = None
    date: Annotated[CursorParameter | None, Field(description="Only those before this time.")] = None


class ListConversationsRequest(CountConversationsRequest, OrderedPageRequest):
    date: CursorParameter | None = None


class ConversationCountResponse(BaseModel):
    count: int


class ConversationResponse(BaseModel):
    id: int = Field(description="The chat_id of other calls.")
    inbox: int
    target: str = Field(description="The other party's number.")
    name: str = Field(description="The contact's name, or the formatted number.")
    status: str = one_of(("open", "closed"), "Whether it is open.")
    unread: int | None = Field(description="Texts that the member `id` has not seen.")
    assigned: int | None = Field(description="The member who takes care of it; null if nobody does.")
    snooze_till: ResponseTime | None = Field(
        description="Until when it is snoozed; a text ends that earlier."
    )
    waiting_since: ResponseTime | None = Field(
        description="The first text that nobody has answered; null if nobody waits. Automatic texts answer nobody."
    )
    contact_status: str = one_of(API_WORDS, "The standing of the number in this inbox.")
    blocked: bool = Field(description="Whether the number is blocked.")
    tags: list[str] = Field(description="The tags of its contact.")
    preview: str
    updated: Annotated[
        CursorTime,
        Field(description="Time of the newest text; send it unchanged as `date` for the next page."),
    ]
    created: CursorTime


_ORDERS = {"updated_at": "last_message_at", "created_at": "created_at"}
EXAMPLE = {
    "id": 9920, "inbox": 42, "target": "15105553344", "name": "Jordan Rivera", "status": "open", "unread": 1,
    "assigned": 7, "snooze_till": None, "waiting_since": "2026-11-25T10:42:00.123456Z",
    "contact_status": "active", "blocked": False, "tags": ["Commuter"], "preview": "Thanks!",
    "updated": "2026-11-25T10:42:00.123456Z",
    "created": "2026-11-02T09:00:00.000000Z",
}  # fmt: skip


@calls.reads(
    "POST", "/conversations", answer=list[ConversationResponse], example=[EXAMPLE],
    body={"id": 7, "filters": {"inboxes": [42], "closed": False}}, errors=[ErrorCode.MEMBER_NOT_FOUND],
    summary="List conversations",
)  # fmt: skip
def list_conversations(request: ApiRequest, payload: ListConversationsRequest) -> list[ConversationResponse]:
    """Conversations, newest text first. Send `updated` of the last as `date` to get the next page; in the order of
    `created_at` its `created`.

    Unknown or invisible inboxes return an empty list.
    """
    rows = _with_columns(request, _filtered(request, payload))
    return [
        _response(conversation, **{payload.order: at})
        for conversation, at in payload.read(rows, _ORDERS[payload.order])
    ]


@calls.reads(
    "POST", "/conversations/count", answer=ConversationCountResponse, example={"count": 9920}, body={},
    errors=[ErrorCode.MEMBER_NOT_FOUND], summary="Count conversations",
)  # fmt: skip
def count_conversations(request: ApiRequest, payload: CountConversationsRequest) -> ConversationCountResponse:
    """The exact number of conversations that POST /v1/conversations lists, by the same filters."""
    rows = _filtered(request, payload)
    if payload.date:
        rows = rows.filter(last_message_at__lt=parse_cursor_time(payload.date)[0])
    return ConversationCountResponse(count=rows.count())


@calls.reads(
    "GET", "/conversations/{id}", answer=ConversationResponse, example={**EXAMPLE, "unread": None},
    errors=[ErrorCode.CONVERSATION_NOT_FOUND], summary="Get a conversation",
)  # fmt: skip
def get_conversation(request: ApiRequest, id: PathId) -> ConversationResponse:
    """One conversation, by its ID."""
    found = _with_columns(request, _all(request).filter(id=id)).first()
    if found is None:
        raise ApiError(ErrorCode.CONVERSATION_NOT_FOUND, field="id")
    return _response(found)


def _all(request: ApiRequest) -> Any:
    return Conversation.objects.filter(team_id=request.team.id).exclude(number="")


def _filtered(request: ApiRequest, payload: CountConversationsRequest) -> Any:
    member = find_member(request, payload.id, field="id") if payload.id else None
    filters = payload.filters or ConversationFiltersRequest()
    rows = _all(request)
    if member:
        rows = visible_conversations(member).with_unread(member)
    if filters.inboxes is not None:
        rows = rows.filter(inbox_id__in=filters.inboxes)
    if filters.closed is not None:
        rows = rows.filter(closed=filters.closed)
    if payload.archived:
        rows = rows.filter(closed=True)
    for assignee in filter(None, (filters.assigned, payload.assigned)):
        assigned = Assignment.objects.filter(team_id=request.team.id, member_id=assignee)
        rows = rows.filter(id__in=assigned.values("conversation_id"))
    if filters.unread:
        if member is None:
            raise ApiError(ErrorCode.BAD_DATA, "`unread` needs a member: send `id`.", field="id")
        rows = rows.filter(unread__gt=0)
    return rows


def _with_columns(request: ApiRequest, rows: Any) -> Any:
    """The conversations with what their responses show."""
    rows = rows.with_standing(request.team, inbox="inbox_id").select_related("contact")
    return rows.annotate(assigned=_assigned(request), tags=_tags(request))


def _assigned(request: ApiRequest) -> Subquery:
    assigned = Assignment.objects.filter(team_id=request.team.id, conversation_id=OuterRef("id"))
    return Subquery(assigned.values("member_id")[:1])


def _tags(request: ApiRequest) -> ArraySubquery:
    of_contact = {"contact__team_id": request.team.id, "contact__number": OuterRef("number")}
    rows = Tagging.objects.filter(team_id=request.team.id, tag__team_id=request.team.id, **of_contact)
    return ArraySubquery(rows.order_by("tag__name", "tag_id").values("tag__name"))


def _response(conversation: Any, *, updated_at: str = "", created_at: str = "") -> ConversationResponse:
    status = StandingState(conversation.standing).api_word
    return ConversationResponse(
        id=conversation.id,
        inbox=conversation.inbox_id,
        target=digits(conversation.number),
        name=str(conversation),
        status="closed" if conversation.closed else "open",
        unread=getattr(conversation, "unread", None),
        assigned=conversation.assigned,
        snooze_till=conversation.snoozed_until,
        waiting_since=None if conversation.closed else conversation.awaiting_since,
        contact_status=status,
        blocked=status == "blocked",
        tags=conversation.tags,
        preview=conversation.preview,
        updated=updated_at or cursor_time(conversation.last_message_at),
        created=created_at or cursor_time(conversation.created_at),
    )
