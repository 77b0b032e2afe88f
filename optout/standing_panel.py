"""Panel of a number's standing: its causes and history, and the changes that a member may make."""

import enum
from dataclasses import dataclass

from django.utils import timezone

from accounts.access import Right, may
from accounts.models import Inbox, Member
from kernel.loading import Loader, load
from optout import ledger
from optout.consent_records.number_consent import NumberConsent, number_consent
from optout.consent_types import Actor
from optout.lifting_rules import retractable, team_liftable
from optout.linked_teams.retractions import taken_back_elsewhere
from optout.misreadings import MISREAD_WITHIN, can_be_misread
from optout.models import Action, ConsentEvent, Origin, Standing, Suppression
from optout.pending_opt_ins import newest_checked
from optout.reviews import open_holds
from optout.standing_cause import StandingCause
from optout.standing_verbs import Verb, lifting_verbs, verbs
from optout.wording import describe_entry
from webhooks.receipts import Receipt, receipts_loader

NEWEST = 4  # entries of the history that a card shows


class LiftOption(enum.StrEnum):
    """How this member can lift the opt-outs that are in force (see optout.lifting_rules)."""

    NOTHING = "nothing"  # there are none
    REASON = "reason"  # the team decided them: a reason is enough
    CONSENT = "consent"  # the person's own: the member records fresh consent
    ASK = "ask"  # the person's own, and this member may not record fresh consent
    PERSON = "person"  # a carrier's opt-out for one inbox: only START lifts it


@dataclass(frozen=True)
class StandingPanel:
    """A number's standing in one inbox, or in all inboxes if `inbox` is None, as one member sees it."""

    inbox: Inbox | None
    standing: Standing
    causes: list[StandingCause]  # strongest first: blocks, the person's own opt-outs, the team's
    elsewhere: list[StandingCause]  # the opt-outs from single inboxes other than `inbox`
    history: list[tuple[ConsentEvent, str]]  # newest first
    receipts: list[Receipt]  # of the newest change: which endpoints were notified
    opt_in_note: str  # about an opt-in that is being checked, or was not applied
    lift: LiftOption
    may_retract: bool  # an opt-out that this member recorded a moment ago
    may_opt_out: bool
    may_opt_out_of_all: bool  # unless the number is opted out of all inboxes
    may_block: bool
    may_lift: bool  # what the team decided
    misreadable: int | None  # the text whose automatic opt-out this member may mark as misread
    held: bool  # whether a text of the number is held for review, in any inbox
    consent: NumberConsent  # on record, with the team's suppression lists that have the number

    @property
    def shown_state(self) -> str:
        """The state as the card shows it: a standing; of an active number "held", or "partly" opted out."""
        if not self.active:
            return self.standing.state
        return "held" if self.held else "partly" if self.opted_out_of else self.standing.state

    @property
    def word(self) -> str:
        if self.shown_state == "held":
            return "Held"
        scope = self.opted_out_of if self.shown_state == "partly" else self.only_in
        return f"Opted out of {scope}" if scope else str(self.standing.state.label)

    @property
    def only_in(self) -> str:
        """The inbox, if the number is opted out of it alone."""
        rows = self.standing.opt_outs if not self.blocked else ()
        return str(self.inbox) if rows and all(row.inbox_id for row in rows) else ""

    @property
    def opted_out_of(self) -> str:
        """The names of the single inboxes from which the number is opted out, if the panel is about all inboxes."""
        return ", ".join(sorted({cause.only_in for cause in self.elsewhere})) if not self.inbox else ""

    @property
    def headline(self) -> str:
        return self._shown_causes[0].headline if self._shown_causes else ""

    @property
    def _shown_causes(self) -> list[StandingCause]:
        """Those that the verbs are about."""
        return self.causes if self.inbox else [*self.causes, *self.elsewhere]

    @property
    def ways_to_lift(self) -> list[str]:
        """Who can lift the causes, and how: each way once."""
        return list(dict.fromkeys(cause.how_to_lift for cause in self._shown_causes))

    @property
    def newest(self) -> list[tuple[ConsentEvent, str]]:
        return self.history[:NEWEST]

    @property
    def verbs(self) -> list[Verb]:
        return verbs(self)

    @property
    def lifting_verbs(self) -> list[Verb]:
        return lifting_verbs(self)

    @property
    def may_record_consent(self) -> bool:
        """Whether fresh consent that this member records would lift the opt-outs."""
        return not self.blocked and self.lift in (LiftOption.REASON, LiftOption.CONSENT)

    @property
    def awaits_double_opt_in(self) -> bool:
        """Whether the person was asked to confirm, here or in any inbox, and has not."""
        return self.inbox.id in self.consent.asked_in if self.inbox else bool(self.consent.asked_in)

    @property
    def active(self) -> bool:
        return self.standing.may_text

    @property
    def blocked(self) -> bool:
        return self.standing.blocked


def build_panel(member: Member, number: str, inbox: Inbox | None) -> StandingPanel:
    return load(panel_loader(member, number, inbox))


def panel_loader(
    member: Member, number: str, inbox: Inbox | None, *, with_receipts: bool = True
) -> Loader[StandingPanel]:
    team_id = member.team_id
    suppressions, events, checked, holds = yield [
        Suppression.objects.filter(team_id=team_id, number=number),
        ledger.entries(team_id, number),
        newest_checked(team_id, number),
        open_holds(team_id).filter(number=number)[:1],
    ]
    everything = Standing.of(number, suppressions)
    standing = everything.in_inbox(inbox.id if inbox else None)
    liftable = standing if inbox else everything
    receipts = (yield from _receipts_loader(events)) if with_receipts else []
    by_id = {event.id: event for event in events}
    taken_back = taken_back_elsewhere(standing.rows, number)
    return StandingPanel(
        inbox=inbox,
        standing=standing,
        causes=[
            StandingCause(row, by_id.get(row.event_id), member.id, taken_back.get(row.event_id))
            for row in standing.rows
        ],
        elsewhere=[
            StandingCause(row, by_id.get(row.event_id), member.id)
            for row in everything.rows
            if row not in standing.rows
        ],
        history=[(event, describe_entry(event)) for event in events],
        receipts=receipts,
        opt_in_note=checked[0].note if checked and liftable.opt_outs else "",
        lift=_lift_option(member, liftable),
        may_retract=bool(retractable(everything.opt_outs, events, Actor.of(member), timezone.now())),
        may_opt_out=may(member, Right.OPT_OUT, inbox),
        may_opt_out_of_all=may(member, Right.OPT_OUT, inbox)
        and all(row.inbox_id for row in standing.opt_outs),
        may_block=may(member, Right.BLOCK, inbox),
        may_lift=may(member, Right.LIFT_RECORDED_BY_US, inbox),
        misreadable=_misreadable(member, everything, events),
        held=bool(holds),
        consent=number_consent(team_id, number),
    )


def _misreadable(member: Member, standing: Standing, events: list[ConsentEvent]) -> int | None:
    """The text of the person's newest opt-out, if it may be marked as misread (optout.misreadings)."""
    stated = (
        event for event in events if event.action == Action.OPTED_OUT and event.origin == Origin.CONTACT
    )
    newest = next(stated, None)
    if newest is None or not may(member, Right.LIFT_PERSONS_OWN) or not can_be_misread(newest):
        return None
    in_force = any(row.event_id == newest.id for row in standing.opt_outs)
    in_time = timezone.now() - newest.recorded_at <= MISREAD_WITHIN
    return newest.message_id if in_force and in_time else None


def _receipts_loader(events: list[ConsentEvent]) -> Loader[list[Receipt]]:
    """The receipts of the newest change."""
    newest = next((event for event in events if event.changed), None)
    if newest is None:
        return []
    return (yield from receipts_loader(newest.team_id, newest.number, newest.position))


def _lift_option(member: Member, standing: Standing) -> LiftOption:
    if not standing.opt_outs:
        return LiftOption.NOTHING
    rows = team_liftable(standing.opt_outs)
    if not rows:
        return LiftOption.PERSON
    if not any(row.persons_own for row in rows):
        return LiftOption.REASON
    return LiftOption.CONSENT if may(member, Right.LIFT_PERSONS_OWN) else LiftOption.ASK
