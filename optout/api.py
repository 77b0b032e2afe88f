"""API calls about consent: the feed of changes, and whether a number may be texted and why."""

from typing import Annotated, Any

from ninja import Query
from pydantic import BaseModel, Field

from accounts.models import Inbox
from api.errors import ApiError, ErrorCode
from api.router import ApiRequest, ApiRouter
from api.shapes import DIGITS_ONLY, ResponseTime, parse_number, without_channel
from kernel.phone_numbers import digits
from optout import feed, wording
from optout.changed_scope import changed_scope
from optout.consent_records.number_consent import number_consent
from optout.consent_records.shapes import ConsentRecordResponse, record_fields
from optout.feed_cursor import BadCursor, read_cursor, write_cursor
from optout.models import PERSONS_OWN, ConsentEvent, Origin, StandingState, Suppression
from optout.number_state import standing
from optout.pending_opt_ins import newest_note
from optout.reviews import Review

calls = ApiRouter()

ORIGIN_VALUES = (
    "The person: contact, carrier, vendor_list, linked (at a linked team); the person, recorded by the team: "
    "told_member, told_import, told_api; "
    "the team: member, import, api."
)


class InitiatorResponse(BaseModel):
    """Who initiated a change."""

    origin: str = Field(description=ORIGIN_VALUES)
    name: str = Field(description="Of the member, import or API key; empty for a text and the carrier.")
    id: int | None


class ScopeResponse(BaseModel):
    """Where a change of standing applies."""

    all_inboxes: bool
    inbox_ids: list[int] = Field(
        description="Single inboxes; also beside all, if a START lifted several opt-outs."
    )


class ConsentChangeResponse(BaseModel):
    """One ledger entry: a change of standing, a keyword that changed nothing, or a text that was held or released."""

    event_id: int
    phone: str
    action: str = Field(description="opted_out, opted_in, blocked, unblocked, held or released.")
    changed: bool = Field(
        description="False for a repeated STOP, a START from an active number, and for held and released."
    )
    before: str = Field(description="active, unsubscribed or blocked: the strictest state in any inbox.")
    after: str
    scope: ScopeResponse = Field(description="Where it changed the standing.")
    initiated_by: InitiatorResponse
    persons_own: bool = Field(description="Whether the person caused it, and not the team.")
    inbox_id: int | None = Field(description="The inbox that received the text, or the only inbox affected.")
    inbox_name: str
    words: str = Field(description="What the person said: the text itself, or the recorded words.")
    reason: str
    source: str = Field(
        description="Source of the fresh consent, of the recorded word or of the vendor list."
    )
    obtained_at: ResponseTime | None = Field(description="When fresh consent was given.")
    happened_at: ResponseTime = Field(description="By the carrier's clock if it is known.")
    recorded_at: ResponseTime
    sentence: str = Field(description="The change as a sentence.")


class FeedChangeResponse(ConsentChangeResponse):
    position: int = Field(description="Position in this feed: 1, 2, 3 …")


class ConsentFeedResponse(BaseModel):
    changes: list[FeedChangeResponse]
    next: str = Field(description="Send it as `since` the next time. Unchanged if there are no new changes.")
    more: bool = Field(description="Whether more changes may follow.")


def change_fields(event: ConsentEvent) -> dict[str, Any]:
    """The fields of a ConsentChangeResponse."""
    return {
        "event_id": event.id,
        "phone": digits(event.number),
        "action": event.action,
        "changed": event.changed,
        "before": StandingState(event.before).api_word,
        "after": StandingState(event.after).api_word,
        "scope": ScopeResponse(**changed_scope(event)._asdict()),
        "persons_own": Origin(event.origin) in PERSONS_OWN,
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
    "after": "unsubscribed", "scope": {"all_inboxes": True, "inbox_ids": []},
    "initiated_by": {"origin": "contact", "name": "", "id": None}, "persons_own": True, "inbox_id": 42,
    "inbox_name": "Front Desk", "words": "STOP", "reason": "", "source": "", "obtained_at": None,
    "happened_at": "2026-11-25T10:42:00Z", "recorded_at": "2026-11-25T10:42:00.123456Z",
    "sentence": "Contact opted out by texting STOP to Front Desk",
}  # fmt: skip


@calls.reads(
    "GET",
    "/optouts",
    answer=ConsentFeedResponse,
    example={"changes": [{**EXAMPLE, "position": 1}], "next": "1-5f3a9c21", "more": False},
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
) -> ConsentFeedResponse:
    """Every opt-out, opt-in, block, unblock, hold and release of the team, by any initiator, in one fixed order.

    Keep `next` and send it as `since` the next time: you get every change exactly once, also while changes are being
    made. The changes of one number have the order in which they were made. A cursor of another team or installation,
    or from behind the end, as after the restore of a backup, is refused: otherwise you would miss changes.
    """
    if since == "now":
        end = feed.end_position(request.team.id)
        return ConsentFeedResponse(changes=[], next=write_cursor(request.team, end), more=False)
    after = _position(request, since)
    page = feed.read_feed(request.team.id, after, limit)
    if not page and after > feed.newest_position(request.team.id):
        raise ApiError(
            ErrorCode.BAD_CURSOR, "The feed ends before this cursor. Read it from 0.", field="since"
        )
    changes = [FeedChangeResponse(**change_fields(event), position=position) for position, event in page]
    last = page[-1].position if page else after
    return ConsentFeedResponse(
        changes=changes, next=write_cursor(request.team, last), more=len(page) == limit
    )


def _position(request: ApiRequest, since: str) -> int:
    try:
        return read_cursor(request.team, since)
    except BadCursor as error:
        raise ApiError(ErrorCode.BAD_CURSOR, str(error), field="since") from None


def resolve_number(request: ApiRequest, phone: str) -> str:
    """The canonical number; also an unassigned number from which a carrier delivered a keyword. Raises ApiError."""
    try:
        return parse_number(phone, request.team)
    except ApiError:
        number = f"+{without_channel(phone).removeprefix('+')}"
        if ConsentEvent.objects.filter(team_id=request.team.id, number=number).exists():
            return number
        raise


# -- why ---------------------------------------------------------------------------------------------------------


class CauseResponse(BaseModel):
    """A suppression: one cause why a number may not be texted."""

    kind: str = Field(description="opt_out or block.")
    persons_own: bool = Field(description="Whether the person opted out, and not the team.")
    inbox_id: int | None = Field(description="The only inbox to which it applies; null: all inboxes.")
    event: ConsentChangeResponse | None = Field(description="The ledger entry that created it.")
    lifted_by: str = Field(description="Who can lift it, and how.")


class WhyResponse(BaseModel):
    phone: str
    may_text: bool = Field(description="Whether an app may text the number now.")
    held_by: list[ConsentChangeResponse] = Field(
        description="The texts that may be opt-outs and await a decision, newest first. Until then an app may not text."
    )
    status: str = Field(description="active, unsubscribed or blocked.")
    decided_by: ConsentChangeResponse | None = Field(
        description="The change that decided it: that of the strongest cause. Null if nothing was recorded."
    )
    pending_opt_in: str = Field(
        description="A sentence about an opt-in that is being checked, or was not applied; empty when active."
    )
    causes: list[CauseResponse] = Field(description="All current causes, strongest first; empty when active.")
    consent: ConsentRecordResponse | None = Field(
        description="The newest consent record that counts, which an opt-out of the person takes back."
    )
    suppression_lists: list[str] = Field(
        description="The team's lists for which it gets no marketing broadcasts."
    )
    awaits_double_opt_in: bool = Field(
        description="Whether the person was asked to confirm, and has not: only replies are sent meanwhile."
    )
    sentence: str


WHY_EXAMPLE = {
    "phone": "14155550101", "may_text": False, "held_by": [], "status": "unsubscribed", "decided_by": EXAMPLE,
    "pending_opt_in": "", "causes": [{
        "kind": "opt_out", "persons_own": True, "inbox_id": None, "event": EXAMPLE,
        "lifted_by": "The person can text START. An owner or admin can also record fresh consent.",
    }],
    "consent": None, "suppression_lists": [], "awaits_double_opt_in": False,
    "sentence": "No. Contact opted out by texting STOP to Front Desk.",
}  # fmt: skip


def explain_consent(request: ApiRequest, phone: str, inbox_id: int | None) -> WhyResponse:
    """What consent says about a number, in an inbox or in all. messaging.api.why adds the sending hours.

    Raises ApiError for an invalid number and for an unknown inbox.
    """
    team_id, number = request.team.id, resolve_number(request, phone)
    if inbox_id is not None and not Inbox.objects.filter(team_id=team_id, id=inbox_id).exists():
        raise ApiError(ErrorCode.INBOX_NOT_FOUND, field="inbox_id")
    current = standing(team_id, number, inbox_id)
    history = ConsentEvent.objects.filter(team_id=team_id, number=number).order_by("-position")
    entries = {event.id: event for event in history.filter(id__in=[row.event_id for row in current.rows])}
    causes = [_cause(row, entries.get(row.event_id)) for row in current.rows]
    if current.rows:
        decided = entries.get(current.rows[0].event_id)
    else:
        changes = history.exclude(added=[], lifted=[])
        decided = next((event for event in changes if _affects(event, inbox_id)), None)
    held = _open_holds(team_id, number)
    known = number_consent(team_id, number)
    newest = known.newest if known.newest and known.newest.counts else None
    return WhyResponse(
        phone=digits(number),
        may_text=current.may_text and not held,
        held_by=[ConsentChangeResponse(**change_fields(event)) for event in held],
        status=current.state.api_word,
        decided_by=ConsentChangeResponse(**change_fields(decided)) if decided else None,
        causes=causes,
        consent=ConsentRecordResponse(**record_fields(newest.record) | {"phone": digits(number)})
        if newest
        else None,
        suppression_lists=known.lists,
        awaits_double_opt_in=inbox_id in known.asked_in if inbox_id else bool(known.asked_in),
        pending_opt_in=(note := newest_note(team_id, number) if current.opt_outs else ""),
        sentence=" ".join(filter(None, [_sentence(causes, decided, held), note])),
    )


def _cause(row: Suppression, event: ConsentEvent | None) -> CauseResponse:
    return CauseResponse(
        kind=row.kind,
        persons_own=row.persons_own,
        inbox_id=row.inbox_id,
        event=ConsentChangeResponse(**change_fields(event)) if event else None,
        lifted_by=wording.describe_lifting(row),
    )


def _affects(event: ConsentEvent, inbox_id: int | None) -> bool:
    """Whether it changed a suppression in all inboxes or in this inbox."""
    return any(Suppression.inbox_id_in(name) in (None, inbox_id) for name in [*event.added, *event.lifted])


def _open_holds(team_id: int, number: str) -> list[ConsentEvent]:
    """The ledger entries of the holds that nobody has decided, newest first."""
    held = Review.objects.open().holds().filter(team_id=team_id, number=number)
    ids = [id for id in held.values_list("held_event_id", flat=True) if id]
    return list(ConsentEvent.objects.filter(team_id=team_id, id__in=ids).order_by("-position"))


def _sentence(causes: list[CauseResponse], decided: ConsentEvent | None, held: list[ConsentEvent]) -> str:
    if held and not causes:
        return f"No. {wording.describe_entry(held[0])}. Until a member decides, only members may text this number."
    if decided is None:
        return "No." if causes else "Yes. Nothing has ever been recorded against it."
    return f"{'No' if causes else 'Yes'}. {wording.describe_entry(decided)}."
