"""Overview of a number for the pages of a contact: its contact, conversations and suppressions."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from accounts.access import visible_inboxes
from accounts.models import Member, Team
from contacts.contact.models import Contact
from contacts.contact.number_changes import NumberWarning
from optout.models import ConsentEvent, Standing, StandingState
from optout.number_locks import lock_numbers
from optout.number_state import standing_across_inboxes
from optout.standing_cause import StandingCause


def find_contact(team: Team, number: str) -> Contact | None:
    contact: Contact | None = team.contacts.select_related("assignee__user").filter(number=number).first()
    return contact


def find_contact_to_save(team: Team, number: str, new_number: str = "") -> Contact | None:
    """The contact with its row locked, so that nobody changes or deletes it before it is saved.

    The locks of numbers come before all rows: if it is to get another number, both are locked first.
    """
    if new_number and new_number != number:
        lock_numbers(team.id, [number, new_number])
    contact: Contact | None = (
        team.contacts.select_for_update(no_key=True, of=("self",)).filter(number=number).first()
    )
    return contact


def is_known(team: Team, number: str) -> bool:
    """Whether the team has anything about a number: a contact, a conversation, or an entry in the ledger."""
    return (
        team.contacts.filter(number=number).exists()
        or ConsentEvent.objects.filter(team_id=team.id, number=number).exists()
        or team.inboxes.filter(conversations__team_id=team.id, conversations__number=number).exists()
    )


@dataclass(frozen=True)
class ConversationRow:
    """A conversation in the list on a contact's page."""

    id: int
    inbox: str
    preview: str
    closed: bool
    last_message_at: datetime
    state: StandingState  # of the number in this inbox


def find_conversations(member: Member, number: str, standing: Standing) -> list[ConversationRow]:
    """The conversations with a number in all inboxes that the member sees, newest first."""
    # Through the inboxes, since the model of conversations is in a higher package.
    rows = (
        visible_inboxes(member)
        .filter(conversations__team_id=member.team_id, conversations__number=number)
        .annotate(conversation_id=F("conversations__id"), at=F("conversations__last_message_at"))
        .annotate(preview=F("conversations__preview"), closed=F("conversations__closed"))
        .order_by("-at", "id")
    )
    return [
        ConversationRow(
            row.conversation_id, row.name, row.preview, row.closed, row.at, standing.in_inbox(row.id).state
        )
        for row in rows
    ]


def find_suppression_causes(team_id: int, standing: Standing) -> list[StandingCause]:
    """The suppressions of a number with their ledger entries, the strictest first."""
    entries = ConsentEvent.objects.filter(team_id=team_id, id__in=[row.event_id for row in standing.rows])
    by_id = {entry.id: entry for entry in entries}
    return [StandingCause(row, by_id.get(row.event_id)) for row in standing.rows]


@dataclass(frozen=True)
class NumberPreview:
    """The facts about a number that a member sees before giving it to a contact."""

    number: str
    holder: Contact | None
    standing: Standing
    causes: list[StandingCause]

    @property
    def key(self) -> str:
        """The answer to the warning about this number, which the form of a new contact shows before it is saved."""
        return NumberWarning(self.number, self.standing).key


def preview_number(member: Member, number: str, contact: Contact | None = None) -> NumberPreview:
    """The preview of a number for `contact`; without facts for a number that the contact already has."""
    is_own = contact is not None and contact.number == number
    holder = None if is_own else member.team.contacts.filter(number=number).first()
    standing = Standing(number) if is_own else standing_across_inboxes(member.team_id, number)
    return NumberPreview(number, holder, standing, find_suppression_causes(member.team_id, standing))
