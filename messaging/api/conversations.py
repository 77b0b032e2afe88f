"""API call that lists conversations."""

from typing import Annotated, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from pydantic import BaseModel, Field, StrictBool

from api.errors import ApiError, ErrorCode
from api.paging import CursorParameter, CursorTime, fetch_page
from api.router import ApiRequest
from api.shapes import Id, ResponseTime, StrictRequest, one_of
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
        Field(description="True: with texts that the member `id` has not seen. Needs `id`."),
    ] = None


class ListConversationsRequest(StrictRequest):
    id: Annotated[
        Id | None,
        Field(
            description="A member: only conversations that the member sees, with the number of unread texts."
        ),
    ] = None
    filters: ConversationFiltersRequest | None = None
    date: CursorParameter | None = None


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
    tags: list[str] = Field(description="The tags of its contact.")
    preview: str
    updated: Annotated[
        CursorTime,
        Field(description="Time of the newest text; send it unchanged as `date` for the next page."),
    ]
    created: ResponseTime


EXAMPLE = {
    "id": 9920, "inbox": 42, "target": "15105553344", "name": "Jordan Rivera", "status": "open", "unread": 1,
    "assigned": 7, "snooze_till": None, "waiting_since": "2026-11-25T10:42:00.123456Z",
    "contact_status": "active", "tags": ["Commuter"], "preview": "Thanks!", "updated": "2026-11-25T10:42:00.123456Z",
    "created": "2026-11-02T09:00:00Z",
}  # fmt: skip


@calls.reads(
    "POST", "/conversations", answer=list[ConversationResponse], example=[EXAMPLE],
    body={"id": 7, "filters": {"inboxes": [42], "closed": False}}, errors=[ErrorCode.MEMBER_NOT_FOUND],
    summary="List conversations",
)  # fmt: skip
def list_conversations(request: ApiRequest, payload: ListConversationsRequest) -> list[ConversationResponse]:
    """Thirty conversations, newest text first. Send `updated` of the last as `date` to get the next page.

    Unknown or invisible inboxes return an empty list.
    """
    member = find_member(request, payload.id, field="id") if payload.id else None
    filters = payload.filters or ConversationFiltersRequest()
    rows: Any = Conversation.objects.filter(team_id=request.team.id).exclude(number="")
    if member:
        rows = visible_conversations(member).with_unread(member)  # type: ignore[attr-defined]
    if filters.inboxes is not None:
        rows = rows.filter(inbox_id__in=filters.inboxes)
    if filters.closed is not None:
        rows = rows.filter(closed=filters.closed)
    if filters.assigned is not None:
        assigned = Assignment.objects.filter(team_id=request.team.id, member_id=filters.assigned)
        rows = rows.filter(id__in=assigned.values("conversation_id"))
    if filters.unread is not None:
        if member is None:
            raise ApiError(ErrorCode.BAD_DATA, "`unread` needs a member: send `id`.", field="id")
        rows = rows.filter(unread__gt=0) if filters.unread else rows.filter(unread=0)
    rows = rows.with_standing(request.team, inbox="inbox_id").select_related("contact")
    rows = rows.annotate(assigned=_assigned(request), tags=_tags(request))
    return [
        _response(conversation, updated)
        for conversation, updated in fetch_page(rows, "last_message_at", payload.date)
    ]


def _assigned(request: ApiRequest) -> Subquery:
    assigned = Assignment.objects.filter(team_id=request.team.id, conversation_id=OuterRef("id"))
    return Subquery(assigned.values("member_id")[:1])


def _tags(request: ApiRequest) -> ArraySubquery:
    of_contact = {"contact__team_id": request.team.id, "contact__number": OuterRef("number")}
    rows = Tagging.objects.filter(team_id=request.team.id, tag__team_id=request.team.id, **of_contact)
    return ArraySubquery(rows.order_by("tag__name", "tag_id").values("tag__name"))


def _response(conversation: Any, updated: str) -> ConversationResponse:
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
        contact_status=StandingState(conversation.standing).api_word,
        tags=conversation.tags,
        preview=conversation.preview,
        updated=updated,
        created=conversation.created_at,
    )
