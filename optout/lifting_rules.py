"""Lifting rules: which opt-outs the team may lift, by whom, and on what evidence.

A person's START, UNSTOP or YES is not subject to these rules: see optout.consent.apply_keyword.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from optout.consent_records.models import ConsentCategory, ConsentMethod
from optout.consent_records.recording import StatedConsent
from optout.consent_types import RETRACT_WITHIN, Actor
from optout.models import Action, ConsentEvent, Origin, Suppression


class CannotLift(Exception):
    """An opt-out is in force that this request may not lift. The message says what would lift it."""


@dataclass(frozen=True)
class FreshConsent:
    """Consent that a person gave after opting out: what they said, where, when, and to which texts they agreed."""

    words: str
    source: str
    obtained_at: datetime
    category: ConsentCategory = ConsentCategory.INFORMATIONAL

    def as_stated(self) -> StatedConsent:
        return StatedConsent(self.category, ConsentMethod.OTHER, self.words, self.source, self.obtained_at)


def only_the_person_lifts(row: Suppression) -> bool:
    """Whether it is a carrier's opt-out for one inbox. The carrier refuses texts until the person texts START there."""
    return row.origin == Origin.CARRIER and row.inbox_id is not None


def team_liftable(opt_outs: Iterable[Suppression]) -> list[Suppression]:
    """The opt-outs that the team may lift, given the right and the evidence."""
    return [row for row in opt_outs if not only_the_person_lifts(row)]


def retractable(
    opt_outs: Iterable[Suppression], entries: Iterable[ConsentEvent], actor: Actor, now: datetime
) -> list[Suppression]:
    """The opt-outs that this member recorded at most RETRACT_WITHIN ago, and that nobody else has stated since.

    `entries` are the number's ledger entries. A copied opt-out was not recorded by the member who copied it.
    """
    entries = list(entries)
    return [
        row
        for row in opt_outs
        if row.origin in (Origin.MEMBER, Origin.TOLD_MEMBER)
        and (statements := [entry for entry in entries if _states(entry, row)])
        and all(entry.actor_id == actor.id and not entry.is_copied for entry in statements)
        and all(now - entry.recorded_at <= RETRACT_WITHIN for entry in statements)
    ]


def _states(entry: ConsentEvent, row: Suppression) -> bool:
    """Whether the entry created this opt-out or repeated it."""
    same = (entry.action, entry.origin) == (Action.OPTED_OUT, row.origin) and entry.id >= row.event_id
    return same and entry.concerns(row.inbox_id)


def opt_outs_to_lift(
    opt_outs: Iterable[Suppression],
    actor: Actor,
    reason: str,
    consent: FreshConsent | None,
    *,
    may_lift_persons: bool,
) -> list[Suppression]:
    """The opt-outs that this request lifts: all that the team may lift, or none of them.

    An opt-out that the team recorded needs a reason or consent. The person's own need fresh consent, and a member or
    an API key with that right. Raises CannotLift. The consent itself is checked by `check_fresh_consent`.
    """
    rows = team_liftable(opt_outs)
    if not rows:
        raise CannotLift(
            "The carrier refuses texts to this number until the person texts START to this inbox."
        )
    if any(row.persons_own for row in rows) and not (
        may_lift_persons and consent and actor.origin in (Origin.MEMBER, Origin.API)
    ):
        raise CannotLift(
            "This person opted out. They can text START, or an owner or admin can record fresh consent: "
            "what they said, where, and when."
        )
    if not consent and not reason.strip():
        raise CannotLift("Enter a reason for lifting the opt-out.")
    return rows


def check_fresh_consent(consent: FreshConsent, last_opt_out: datetime | None, now: datetime) -> None:
    """Raises CannotLift unless it has words, a source, and a time after the newest opt-out and not after `now`."""
    if not consent.words.strip() or not consent.source.strip():
        raise CannotLift("Enter what the person said and where they said it.")
    if consent.obtained_at > now:
        raise CannotLift("Consent cannot have been given in the future. Check the date and time.")
    if last_opt_out and consent.obtained_at <= last_opt_out:
        raise CannotLift(
            "This consent is older than the opt-out. Only consent given after the opt-out counts."
        )
