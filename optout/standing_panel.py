"""What a member sees of a number's standing, and which of its changes are open to that member."""

import enum
from dataclasses import dataclass

from accounts.access import Right, may
from accounts.models import Inbox, Member
from optout import ledger, number_state, wording
from optout.lifting_rules import only_the_person_lifts
from optout.models import ConsentEvent, Standing, StandingState, Suppression
from webhooks.receipts import Receipt, receipts_of


class LiftOption(enum.StrEnum):
    """How this member can lift the opt-outs that stand (Promise 4)."""

    NOTHING = "nothing"  # none stands
    REASON = "reason"  # recorded by us: a reason is enough
    CONSENT = "consent"  # the person's own: fresh consent is recorded
    ASK = "ask"  # the same, but this member is no owner or admin
    PERSON = "person"  # the carrier's list of one inbox: only START lifts it


@dataclass(frozen=True)
class StandingCause:
    """One suppression that stands, with the line of the ledger that made it."""

    row: Suppression
    event: ConsentEvent | None

    @property
    def sentence(self) -> str:
        return (
            wording.describe_entry(self.event)
            if self.event
            else f"Opted out by {self.row.get_origin_display()}"
        )

    @property
    def way_back(self) -> str:
        return wording.describe_lifting(self.row)


@dataclass(frozen=True)
class StandingPanel:
    number: str
    inbox: Inbox | None
    standing: Standing
    causes: list[StandingCause]  # weightiest first: a block, then the person's own, then ours
    history: list[tuple[ConsentEvent, str]]
    receipts: list[Receipt]  # which other systems know of the newest change
    lift: LiftOption
    may_opt_out: bool
    may_block: bool

    @property
    def form_key(self) -> str:
        """Differs when the forms that this panel offers differ, so that an open one is kept as long as it applies."""
        return f"{self.standing.state}-{self.lift}"

    @property
    def active(self) -> bool:
        return self.standing.may_text

    @property
    def blocked(self) -> bool:
        return self.standing.blocked

    @property
    def opted_out(self) -> bool:
        return self.standing.state == StandingState.OPTED_OUT


def build_panel(member: Member, number: str, inbox: Inbox | None) -> StandingPanel:
    """The standing as seen from one inbox, or what holds in all of them."""
    here = number_state.standing(member.team_id, number, inbox.id if inbox else None)
    events = ledger.history(member.team_id, number)
    by_id = {event.id: event for event in events}
    return StandingPanel(
        number=number,
        inbox=inbox,
        standing=here,
        causes=[StandingCause(row, by_id.get(row.event_id)) for row in here.rows],
        history=[(event, wording.describe_entry(event)) for event in events],
        receipts=_newest_receipts(events),
        lift=_lift_option(member, here),
        may_opt_out=may(member, Right.OPT_OUT),
        may_block=may(member, Right.BLOCK),
    )


def _newest_receipts(events: list[ConsentEvent]) -> list[Receipt]:
    newest = next((event for event in events if event.changed), None)
    return receipts_of(newest.team_id, newest.number, newest.position) if newest else []


def _lift_option(member: Member, here: Standing) -> LiftOption:
    if not here.opt_outs:
        return LiftOption.NOTHING
    open_to_us = [row for row in here.opt_outs if not only_the_person_lifts(row)]
    if not open_to_us:
        return LiftOption.PERSON
    if not any(row.persons_own for row in open_to_us):
        return LiftOption.REASON
    return LiftOption.CONSENT if may(member, Right.LIFT_PERSONS_OWN) else LiftOption.ASK
