"""Checks of many numbers before a campaign: whether each may be texted now, and every reason why not.

Nothing is locked and nothing is promised: everything is read again when a text is claimed.
"""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import Inbox, Team
from contacts.contact.models import Contact
from messaging.broadcasts.number_kinds import takes_broadcasts
from messaging.sending_hours.holding import holds_of
from messaging.sending_hours.hours import SendingHold
from optout import wording
from optout.consent_records.models import ConsentCategory
from optout.consent_records.on_record import numbers_with_consent
from optout.double_opt_in.answers import numbers_unconfirmed
from optout.models import ConsentEvent, Standing, StandingState
from optout.number_state import standings
from optout.reviews import open_holds
from optout.suppression_lists.suppressed import lists_of_numbers


class ReasonCode(enum.StrEnum):
    """Why a number may not be texted. The words are those of errors and of broadcasts."""

    NOT_TEXTABLE = "not_textable"
    BLOCKED = "blocked"
    OPTED_OUT = "opted_out"
    HELD = "held_for_review"
    SUPPRESSED = "suppressed"
    NO_CONSENT = "no_consent"
    UNCONFIRMED = "unconfirmed"
    SENDING_HOURS = "sending_hours"


@dataclass(frozen=True)
class Reason:
    """One reason, in a sentence. `until`: when it ends by itself."""

    code: ReasonCode
    sentence: str
    until: datetime | None = None


@dataclass(frozen=True)
class CheckedNumber:
    """What is known about texting a number."""

    number: str
    standing: StandingState
    consent: ConsentCategory | None  # the most that counts
    reasons: list[Reason] = field(default_factory=list)


def check_numbers(
    team: Team, numbers: Sequence[str], inbox: Inbox | None, category: ConsentCategory, now: datetime
) -> dict[str, CheckedNumber]:
    """Check numbers for texts of this category that nobody writes by hand, from one inbox or any; a few statements."""
    facts = _Facts(team, numbers, inbox, category, now)
    return {
        number: CheckedNumber(
            number, facts.standing(number).state, facts.consent(number), list(facts.reasons(number))
        )
        for number in dict.fromkeys(numbers)
    }


class _Facts:
    """Everything that is read about the numbers, at once."""

    def __init__(
        self,
        team: Team,
        numbers: Sequence[str],
        inbox: Inbox | None,
        category: ConsentCategory,
        now: datetime,
    ) -> None:
        self.team, self.inbox_id = team, inbox.id if inbox else None
        self.marketing = category is ConsentCategory.MARKETING
        self.standings = standings(team.id, numbers)
        causes = [
            row.event_id for found in self.standings.values() for row in found.in_inbox(self.inbox_id).rows
        ]
        self.events = ConsentEvent.objects.filter(team_id=team.id).in_bulk(causes)
        self.held = set(open_holds(team.id).filter(number__in=numbers).values_list("number", flat=True))
        self.lists = lists_of_numbers(team.id, numbers)
        self.consented = {
            one: numbers_with_consent(team.id, numbers, one) for one in ConsentCategory.granting()
        }
        self.unconfirmed = numbers_unconfirmed(inbox, numbers) if inbox else set()
        customs = Contact.objects.filter(team_id=team.id, number__in=numbers).values_list("number", "custom")
        self.holds: dict[str, SendingHold] = holds_of(
            team, {number: {} for number in numbers} | dict(customs), now, marketing=self.marketing
        )

    def standing(self, number: str) -> Standing:
        return self.standings.get(number, Standing(number)).in_inbox(self.inbox_id)

    def consent(self, number: str) -> ConsentCategory | None:
        return next((one for one, numbers in self.consented.items() if number in numbers), None)

    def reasons(self, number: str) -> Iterator[Reason]:
        if not takes_broadcasts(number):
            yield Reason(ReasonCode.NOT_TEXTABLE, "This number cannot be texted.")
        for row in self.standing(number).rows:
            code = ReasonCode.BLOCKED if row.kind == "block" else ReasonCode.OPTED_OUT
            event = self.events.get(row.event_id)
            known = wording.describe_entry(event) if event else StandingState(row.kind).label
            yield Reason(code, f"{known}.")
        if number in self.held:
            yield Reason(
                ReasonCode.HELD, "A text of this person may be an opt-out, and nobody has decided it yet."
            )
        yield from self._marketing_reasons(number)
        if number in self.unconfirmed:
            yield Reason(ReasonCode.UNCONFIRMED, "This person has not confirmed the double opt-in.")
        if hold := self.holds.get(number):
            yield Reason(ReasonCode.SENDING_HOURS, f"Sending hours: {hold.reason}.", hold.until)

    def _marketing_reasons(self, number: str) -> Iterator[Reason]:
        if not self.marketing:
            return
        for name in self.lists.get(number, ()):
            yield Reason(ReasonCode.SUPPRESSED, f"On the suppression list “{name}”.")
        if self.team.marketing_needs_consent and self.consent(number) is not ConsentCategory.MARKETING:
            yield Reason(ReasonCode.NO_CONSENT, "No consent to marketing is on record.")
