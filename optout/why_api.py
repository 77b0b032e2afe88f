"""What consent says about a number, for the API: whether it may be texted, and why not."""

from pydantic import BaseModel, Field

from accounts.models import Inbox
from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import one_of
from kernel.phone_numbers import digits
from optout import wording
from optout.api import EXAMPLE, ConsentChangeResponse, change_fields, resolve_number
from optout.consent_records.number_consent import number_consent
from optout.consent_records.shapes import ConsentRecordResponse, record_fields
from optout.models import API_WORDS, ConsentEvent, Suppression, SuppressionKind
from optout.number_state import standing
from optout.pending_opt_ins import newest_note
from optout.reviews import Review


class CauseResponse(BaseModel):
    """A suppression: one cause why a number may not be texted."""

    kind: str = one_of(SuppressionKind, "What it is.")
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
    status: str = one_of(API_WORDS, "The standing of the number.")
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
    held = open_hold_entries(team_id, number)
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


def open_hold_entries(team_id: int, number: str) -> list[ConsentEvent]:
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
