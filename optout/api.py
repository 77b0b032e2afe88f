"""The calls about consent: every change since, and whether a number may be texted and why."""

from typing import Annotated, Any

from ninja import Query
from pydantic import BaseModel, Field

from accounts.models import Inbox
from api.errors import ApiError, ErrorCode
from api.router import ApiRequest, ApiRouter
from api.shapes import DIGITS_ONLY, LARGEST_ID, PathId, Phone, ResponseTime, parse_number
from kernel.phone_numbers import digits
from optout import feed, wording
from optout.models import PERSONS_OWN, ConsentEvent, StandingState, Suppression, SuppressionKind
from optout.number_state import standing

calls = ApiRouter()


class InitiatorResponse(BaseModel):
    """Who is behind a change."""

    origin: str = Field(description="contact, carrier, vendor_list, member, import or api.")
    name: str = Field(description="Of the member, the import or the API key; empty for the person's own.")
    id: int | None


class ConsentChangeResponse(BaseModel):
    """One line of the ledger: a change of standing, or a person's word that changed nothing any more."""

    event_id: int
    phone: str
    action: str = Field(description="opted_out, opted_in, blocked or unblocked.")
    changed: bool = Field(description="False for a repeated STOP, and a START of somebody who was active.")
    before: str = Field(description="active, unsubscribed or blocked, in all inboxes and in any.")
    after: str
    initiated_by: InitiatorResponse
    inbox_id: int | None = Field(description="Where it was heard, or the one inbox that it is about.")
    inbox_name: str
    words: str = Field(description="What the person said: the text itself, or the consent on record.")
    reason: str
    source: str = Field(description="Where fresh consent, or a former vendor's entry, came from.")
    obtained_at: ResponseTime | None = Field(description="When fresh consent was given.")
    happened_at: ResponseTime = Field(description="By the carrier's time where it is known.")
    recorded_at: ResponseTime
    sentence: str = Field(description="All of it, for people.")


class FeedChangeResponse(ConsentChangeResponse):
    position: int = Field(description="Its place in this feed: 1, 2, 3 …")


class ConsentFeedResponse(BaseModel):
    changes: list[FeedChangeResponse]
    next: str = Field(
        description="What to send as `since` the next time. The same again where nothing is new."
    )
    more: bool = Field(description="Whether there may be more by now than this page.")


def change_fields(event: ConsentEvent) -> dict[str, Any]:
    """The fields of a Change."""
    return {
        "event_id": event.id,
        "phone": digits(event.number),
        "action": event.action,
        "changed": event.changed,
        "before": StandingState(event.before).api_word,
        "after": StandingState(event.after).api_word,
        "initiated_by": InitiatorResponse(origin=event.origin, name=event.actor_name, id=event.actor_id),
        "inbox_id": event.inbox_id,
        "inbox_name": event.inbox_name,
        "words": event.words,
        "reason": event.reason,
        "source": event.source,
        "obtained_at": event.obtained_at,
        "happened_at": event.happened_at,
        "recorded_at": event.recorded_at,
        "sentence": wording.describe_entry(event),
    }


EXAMPLE = {
    "event_id": 4711, "phone": "14155550101", "action": "opted_out", "changed": True, "before": "active",
    "after": "unsubscribed", "initiated_by": {"origin": "contact", "name": "", "id": None}, "inbox_id": 42,
    "inbox_name": "Front Desk", "words": "STOP", "reason": "", "source": "", "obtained_at": None,
    "happened_at": "2026-11-25T10:42:00Z", "recorded_at": "2026-11-25T10:42:00.123456Z",
    "sentence": "Contact opted out by texting STOP to Front Desk",
}  # fmt: skip


@calls.reads(
    "GET",
    "/optouts",
    answer=ConsentFeedResponse,
    example={"changes": [{**EXAMPLE, "position": 1}], "next": "1", "more": False},
    summary="Every change of consent since",
)
def list_optouts(
    request: ApiRequest,
    since: Annotated[
        int, Query(ge=0, le=LARGEST_ID, description="`next` of the page before; 0 for all."), DIGITS_ONLY
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=feed.MAX_PAGE, description="Changes of a page."), DIGITS_ONLY] = 100,
) -> ConsentFeedResponse:
    """Every opt-out, opt-in, block and unblock of the team, whoever made it, in one order that never changes.

    Keep `next` and send it as `since` the next time: nothing is missed and nothing comes twice, also while changes are
    being made. The changes of one number come in their own order.
    """
    found = feed.read_feed(request.team.id, since, limit)
    changes = [FeedChangeResponse(**change_fields(event), position=position) for position, event in found]
    last = found[-1].position if found else since
    return ConsentFeedResponse(changes=changes, next=str(last), more=len(found) == limit)


def resolve_number(request: ApiRequest, phone: str) -> str:
    """The number; also one that nobody has been assigned, where the ledger has it from a carrier. Raises Fault."""
    try:
        return parse_number(phone, request.team)
    except ApiError:
        heard = f"+{phone.removeprefix('+')}"
        if ConsentEvent.objects.filter(team_id=request.team.id, number=heard).exists():
            return heard
        raise


# -- why ---------------------------------------------------------------------------------------------------------


class CauseResponse(BaseModel):
    """One thing that takes the right to text a number away."""

    kind: str = Field(description="opt_out or block.")
    persons_own: bool = Field(
        description="Whether it is the person's own will, and not recorded by the team."
    )
    inbox_id: int | None = Field(description="The one inbox where it holds; null: in all.")
    event: ConsentChangeResponse | None = Field(description="The line of the ledger that made it.")
    lifted_by: str = Field(description="What would lift it.")


class WhyResponse(BaseModel):
    phone: str
    may_text: bool
    status: str = Field(description="active, unsubscribed or blocked.")
    decided_by: ConsentChangeResponse | None = Field(
        description="The change that made it so: of several causes the weightiest's. Null where nothing was recorded."
    )
    causes: list[CauseResponse] = Field(
        description="All that stands now, the weightiest first; empty when active."
    )
    sentence: str


@calls.reads(
    "GET",
    "/contact/{phone}/why",
    answer=WhyResponse,
    example={
        "phone": "14155550101", "may_text": False, "status": "unsubscribed", "decided_by": EXAMPLE,
        "causes": [{
            "kind": "opt_out", "persons_own": True, "inbox_id": None, "event": EXAMPLE,
            "lifted_by": "The person can text START. Or an owner or admin records fresh consent.",
        }],
        "sentence": "No. Contact opted out by texting STOP to Front Desk.",
    },
    errors=[ErrorCode.INVALID_PHONE_NUMBER, ErrorCode.INBOX_NOT_FOUND],
    summary="May we text this number, and why",
)  # fmt: skip
def explain_contact(
    request: ApiRequest,
    phone: Phone,
    inbox_id: Annotated[
        PathId | None, Query(description="As seen from this inbox; without it, what holds in all.")
    ] = None,
) -> WhyResponse:
    """Whether a number may be texted, which change decided that, in whose words and when, and what would lift it.

    Takes numbers that are nobody's contact, too.
    """
    team_id, address = request.team.id, resolve_number(request, phone)
    if inbox_id is not None and not Inbox.objects.filter(team_id=team_id, id=inbox_id).exists():
        raise ApiError(ErrorCode.INBOX_NOT_FOUND, field="inbox_id")
    here = standing(team_id, address, inbox_id)
    history = ConsentEvent.objects.filter(team_id=team_id, number=address).order_by("-position")
    lines = {event.id: event for event in history.filter(id__in=[row.event_id for row in here.rows])}
    causes = [_cause(row, lines.get(row.event_id)) for row in here.rows]
    if here.rows:
        decided = lines.get(here.rows[0].event_id)
    else:
        changes = history.exclude(added=[], lifted=[])
        decided = next((event for event in changes if _is_about(event, inbox_id)), None)
    return WhyResponse(
        phone=digits(address),
        may_text=here.may_text,
        status=here.state.api_word,
        decided_by=ConsentChangeResponse(**change_fields(decided)) if decided else None,
        causes=causes,
        sentence=_answer(causes, decided),
    )


def _cause(row: Suppression, event: ConsentEvent | None) -> CauseResponse:
    return CauseResponse(
        kind=row.kind,
        persons_own=row.kind == SuppressionKind.OPT_OUT and row.origin in PERSONS_OWN,
        inbox_id=row.inbox_id,
        event=ConsentChangeResponse(**change_fields(event)) if event else None,
        lifted_by=wording.describe_lifting(row),
    )


def _is_about(event: ConsentEvent, inbox_id: int | None) -> bool:
    """Whether it changed what holds in all inboxes, or in this one: "opt_out carrier 7" holds in inbox 7 alone."""
    return any(name.split()[2:] in ([], [str(inbox_id)]) for name in [*event.added, *event.lifted])


def _answer(causes: list[CauseResponse], decided: ConsentEvent | None) -> str:
    if decided is None:
        return "No." if causes else "Yes. Nobody has ever said otherwise."
    return f"{'No' if causes else 'Yes'}. {wording.describe_entry(decided)}."
