"""What a member sees of a number's standing, and which of its changes are open to that member."""

import enum
from dataclasses import dataclass

from accounts.access import Right, may
from accounts.hooks.told import Told, told
from accounts.models import Inbox, Member
from optout import consent, wording
from optout.models import ConsentEvent, Standing, State, Suppression


class Lift(enum.StrEnum):
    """How this member can lift the opt-outs that stand (Promise 4)."""

    NOTHING = "nothing"  # none stands
    REASON = "reason"  # recorded by us: a reason is enough
    CONSENT = "consent"  # the person's own: fresh consent is recorded
    ASK = "ask"  # the same, but this member is no owner or admin
    PERSON = "person"  # the carrier's list of one inbox: only START lifts it


@dataclass(frozen=True)
class Cause:
    """One suppression that stands, with the line of the ledger that made it."""

    row: Suppression
    event: ConsentEvent | None

    @property
    def sentence(self) -> str:
        return wording.sentence(self.event) if self.event else f"Opted out by {self.row.get_origin_display()}"

    @property
    def way_back(self) -> str:
        return wording.way_back(self.row)


@dataclass(frozen=True)
class Panel:
    number: str
    inbox: Inbox | None
    standing: Standing
    causes: list[Cause]  # weightiest first: a block, then the person's own, then ours
    history: list[tuple[ConsentEvent, str]]
    told: list[Told]  # which other systems know of the newest change
    lift: Lift
    may_opt_out: bool
    may_block: bool

    @property
    def key(self) -> str:
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
        return self.standing.state == State.OPTED_OUT


def panel(member: Member, number: str, inbox: Inbox | None) -> Panel:
    """The standing as seen from one inbox, or what holds in all of them."""
    here = consent.standing(member.team_id, number, inbox.id if inbox else None)
    events = consent.history(member.team_id, number)
    by_id = {event.id: event for event in events}
    return Panel(
        number=number,
        inbox=inbox,
        standing=here,
        causes=[Cause(row, by_id.get(row.event_id)) for row in here.rows],
        history=[(event, wording.sentence(event)) for event in events],
        told=_told(events),
        lift=_lift(member, here),
        may_opt_out=may(member, Right.OPT_OUT),
        may_block=may(member, Right.BLOCK),
    )


def _told(events: list[ConsentEvent]) -> list[Told]:
    newest = next((event for event in events if event.changed), None)
    return told(newest.team_id, newest.number, newest.position) if newest else []


def _lift(member: Member, here: Standing) -> Lift:
    if not here.opt_outs:
        return Lift.NOTHING
    open_to_us = [row for row in here.opt_outs if not consent.only_the_person_lifts(row)]
    if not open_to_us:
        return Lift.PERSON
    if not any(row.persons_own for row in open_to_us):
        return Lift.REASON
    return Lift.CONSENT if may(member, Right.LIFT_PERSONS) else Lift.ASK
