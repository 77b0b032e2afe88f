"""API calls about consent: the router, and the shape of a change of standing."""

from typing import Any

from pydantic import BaseModel, Field

from api.errors import ApiError
from api.router import ApiRequest, ApiRouter
from api.shapes import ResponseTime, one_of, parse_number, without_channel
from kernel.phone_numbers import digits
from optout import wording
from optout.changed_scope import changed_scope
from optout.models import API_WORDS, PERSONS_OWN, Action, ConsentEvent, Origin, StandingState

calls = ApiRouter()

ORIGIN_VALUES = (
    "The person: contact, carrier, vendor_list, linked (at a linked team); the person, recorded by the team: "
    "told_member, told_import, told_api; "
    "the team: member, import, api."
)


class InitiatorResponse(BaseModel):
    """Who initiated a change."""

    origin: str = one_of(Origin, ORIGIN_VALUES)
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

    event_id: int = Field(description="ID of the ledger entry, as in webhooks.")
    phone: str
    action: str = one_of(Action, "What happened.")
    changed: bool = Field(
        description="False for a repeated STOP, a START from an active number, and for held and released."
    )
    before: str = one_of(API_WORDS, "The strictest state in any inbox, before the change.")
    after: str = one_of(API_WORDS, "The same, after the change.")
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


def resolve_number(request: ApiRequest, phone: str) -> str:
    """The canonical number; also an unassigned number from which a carrier delivered a keyword. Raises ApiError."""
    try:
        return parse_number(phone, request.team)
    except ApiError:
        number = f"+{without_channel(phone).removeprefix('+')}"
        if ConsentEvent.objects.filter(team_id=request.team.id, number=number).exists():
            return number
        raise
