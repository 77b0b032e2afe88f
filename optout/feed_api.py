"""API call that lists all changes of consent, in one fixed order, and may wait for the next."""

from typing import Annotated

from ninja import Query
from pydantic import BaseModel, Field

from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import DIGITS_ONLY
from api.waiting import MAX_WAIT, HeldCall, may_wait
from kernel import change_tokens
from optout import feed
from optout.api import EXAMPLE, ConsentChangeResponse, calls, change_fields
from optout.feed_cursor import BadCursor, read_cursor, write_cursor


class FeedChangeResponse(ConsentChangeResponse):
    feed_position: int = Field(
        description="Position in this feed: 1, 2, 3 …; webhooks have it under this name."
    )
    number_position: int = Field(description="Position among the changes of its number: 1, 2, 3 …")
    position: int = Field(description="The same as feed_position: its name in older versions, which stays.")


class ConsentFeedResponse(BaseModel):
    changes: list[FeedChangeResponse]
    next: str = Field(description="Send it as `since` the next time. Unchanged if there are no new changes.")
    more: bool = Field(description="Whether more changes may follow.")


@calls.reads(
    "GET",
    "/optouts",
    answer=ConsentFeedResponse,
    example={
        "changes": [{**EXAMPLE, "feed_position": 1, "number_position": 1, "position": 1}],
        "next": "1-5f3a9c21",
        "more": False,
    },
    errors=[ErrorCode.BAD_CURSOR],
    summary="List consent changes",
)
def list_optouts(
    request: ApiRequest,
    since: Annotated[
        str,
        Query(
            max_length=40,
            pattern=r"^(now|[0-9]{1,18}(-[0-9a-f]{8})?)$",
            description="`next` of the previous page; 0 for all changes; now for those from now on.",
        ),
    ] = "0",
    limit: Annotated[int, Query(ge=1, le=feed.MAX_PAGE, description="Changes per page."), DIGITS_ONLY] = 100,
    wait: Annotated[
        int,
        Query(
            ge=0,
            le=MAX_WAIT,
            description="Seconds to wait for a change if there is none. It is answered as soon as one is made.",
        ),
        DIGITS_ONLY,
    ] = 0,
) -> ConsentFeedResponse:
    """Every opt-out, opt-in, block, unblock, hold and release of the team, by any initiator, in one fixed order.

    Keep `next` and send it as `since` the next time: you get every change exactly once, also while changes are being
    made. The changes of one number have the order in which they were made. A cursor of another team or installation,
    or from behind the end, as after the restore of a backup, is refused: otherwise you would miss changes.

    With `wait=30` call again and again: the answer comes within a second of a change, and after 30 seconds without
    one. It may come earlier without a change: call again.
    """
    team = request.team
    if since == "now":
        return ConsentFeedResponse(
            changes=[], next=write_cursor(team, feed.end_position(team.id)), more=False
        )
    # Before the feed is read: a change that commits in between has another token.
    token = change_tokens.current_token(team.id, feed.TOPIC) if wait and may_wait(request) else None
    after = _position(request, since)
    page = feed.read_feed(team.id, after, limit)
    if not page and after > feed.newest_position(team.id):
        raise ApiError(
            ErrorCode.BAD_CURSOR, "The feed ends before this cursor. Read it from 0.", field="since"
        )
    if token and not page:
        request.hold = HeldCall(request.key.key_id, team.id, token, wait)
    last = page[-1].position if page else after
    return ConsentFeedResponse(
        changes=[_response(entry) for entry in page], next=write_cursor(team, last), more=len(page) == limit
    )


def _response(entry: feed.NumberedEntry) -> FeedChangeResponse:
    return FeedChangeResponse(
        **change_fields(entry.event),
        feed_position=entry.position,
        number_position=entry.event.position,
        position=entry.position,
    )


def _position(request: ApiRequest, since: str) -> int:
    try:
        return read_cursor(request.team, since)
    except BadCursor as error:
        raise ApiError(ErrorCode.BAD_CURSOR, str(error), field="since") from None
