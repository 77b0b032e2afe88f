"""Causes of a refusal, for errors of the API: what forbids texts to a number, and what would lift it."""

from collections.abc import Iterable

from api.models import KeyScope
from api.refusals import LiftCode, RefusalCause
from api.router import ApiRequest
from optout import wording
from optout.consent_types import Refusal
from optout.lifting_rules import only_the_person_lifts
from optout.models import ConsentEvent, Suppression, SuppressionKind
from optout.number_state import standing_across_inboxes
from optout.why_api import open_hold_entries

_HELD = "A member decides in To review whether the text is an opt-out. Members may reply by hand meanwhile."
_UNCONFIRMED = "The person confirms by replying YES or START to the prompt. Replies are sent meanwhile."


def lift_codes(row: Suppression) -> list[LiftCode]:
    """What would lift this suppression. Pure; the same as wording.describe_lifting says."""
    if row.kind == SuppressionKind.BLOCK:
        return [LiftCode.SET_UNBLOCKED]
    if only_the_person_lifts(row):
        return [LiftCode.PERSON_TEXTS_START]
    if row.persons_own:
        return [LiftCode.PERSON_TEXTS_START, LiftCode.FRESH_CONSENT]
    return [LiftCode.PERSON_TEXTS_START, LiftCode.SET_SUBSCRIBED]


def refusal_causes(
    request: ApiRequest, number: str, inbox_id: int | None, refusal: Refusal | None = None
) -> list[RefusalCause]:
    """All causes in an inbox, or in any; `refusal` is the one that was met. In the scope of the team."""
    found = standing_across_inboxes(request.team.id, number)
    rows = found.in_inbox(inbox_id).rows if inbox_id else found.rows
    entries = {event.id: event for event in _entries(request, [row.event_id for row in rows])}
    causes = [_suppression(row, entries.get(row.event_id), request) for row in rows]
    if refusal is Refusal.HELD:
        held = open_hold_entries(request.team.id, number)
        causes += [
            _cause("held_for_review", event, request, [LiftCode.MEMBER_DECIDES], _HELD) for event in held
        ]
    if refusal is Refusal.UNCONFIRMED:
        causes.append(_cause("unconfirmed", None, request, [LiftCode.PERSON_CONFIRMS], _UNCONFIRMED))
    return causes


def _entries(request: ApiRequest, ids: Iterable[int]) -> Iterable[ConsentEvent]:
    return ConsentEvent.objects.filter(team_id=request.team.id, id__in=list(ids))


def _suppression(row: Suppression, event: ConsentEvent | None, request: ApiRequest) -> RefusalCause:
    cause = _cause(row.kind, event, request, lift_codes(row), wording.describe_lifting(row))
    return cause.model_copy(update={"persons_own": row.persons_own, "inbox_id": row.inbox_id})


def _cause(
    kind: str, event: ConsentEvent | None, request: ApiRequest, lift: list[LiftCode], words: str
) -> RefusalCause:
    """A cause; what the ledger says about it only for a key that may read."""
    shown = event if KeyScope.READ in request.key.scopes else None
    return RefusalCause(
        kind=kind, persons_own=False, inbox_id=None, lift=lift, lifted_by=words,
        event_id=shown.id if shown else None,
        happened_at=shown.happened_at if shown else None,
        sentence=f"{wording.describe_entry(shown)}." if shown else "",
    )  # fmt: skip
