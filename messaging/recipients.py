"""Recipients of a new conversation: contacts that match a typed name or number, with whether they may be texted."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.search.number_search import NumberMatches, normalize_query
from kernel.number_field import NumberField
from kernel.phone_numbers import display
from kernel.recipient_numbers import recipient_fault
from messaging.sending_hours.holding import hold_for_writer
from messaging.sending_hours.hours import SendingHold
from optout.models import Standing, StandingState, Suppression

MAX_RECIPIENTS = 8


@dataclass(frozen=True)
class Recipient:
    """A person to whom a text may go, or not: see `state`."""

    number: str
    shown_number: str
    name: str
    state: StandingState
    fault: str = ""  # why the number is no recipient, whatever its standing
    hold: SendingHold | None = None  # outside the person's sending hours, unless they wrote lately

    @property
    def may_text(self) -> bool:
        return self.state == StandingState.ACTIVE and not self.fault


def find_recipients(team: Team, typed: str, inbox_id: int | None) -> list[Recipient]:
    """The contacts whose name or number matches, the latest to have texted first; or the number, typed in full."""
    query = normalize_query(typed)
    if not any(character.isalnum() for character in query):
        return []
    matches = NumberMatches.of(team, query)
    contacts = Contact.objects.filter(team_id=team.id, number__in=matches.numbers).defer("search_words")
    newest = contacts.order_by(F("last_message_at").desc(nulls_last=True), "id")[:MAX_RECIPIENTS]
    names = {contact.number: contact.name for contact in newest}
    customs: dict[str, dict[str, Any]] = {contact.number: contact.custom for contact in newest}
    if not names:
        names = dict.fromkeys(matches.numbers[:1], "")
    states = _states(team, list(names), inbox_id)
    return [
        Recipient(
            number, display(number, team.country), name, states[number],
            recipient_fault(number, short_codes=team.allows_short_codes),
            hold_for_writer(team, inbox_id, number, customs.get(number, {})),
        )
        for number, name in names.items()
    ]  # fmt: skip


def _states(team: Team, numbers: list[str], inbox_id: int | None) -> dict[str, StandingState]:
    """The standing of each number in an inbox."""
    rows: dict[str, list[Suppression]] = defaultdict(list)
    inbox = Q(inbox=None) | Q(inbox_id=inbox_id)
    for row in Suppression.objects.filter(inbox, team_id=team.id, number__in=numbers):
        rows[row.number].append(row)
    return {number: Standing.of(number, rows[number]).state for number in numbers}


class RecipientField(NumberField):
    """A number in any spelling, or the name of the only contact that has it; cleans to the canonical address."""

    def __init__(self, team: Team, **options: Any) -> None:
        super().__init__(team.country, recipient_of=team, **options)
        self.team = team
        self.error_messages["required"] = "Enter a name or a phone number."

    def to_python(self, value: Any) -> str:
        try:
            return super().to_python(value)
        except ValidationError:
            if not any(character.isalpha() for character in str(value)):
                raise
        found = find_recipients(self.team, str(value), None)
        if not found:
            raise ValidationError("No contact has this name. Enter a phone number.")
        if len(found) > 1:
            raise ValidationError(
                "Several people match. Choose one, or enter the phone number.", code="several"
            )
        self.check_recipient(found[0].number)
        return found[0].number
