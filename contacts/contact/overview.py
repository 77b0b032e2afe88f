"""What the pages about one contact show besides its columns."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from accounts.access import TeamRequest, visible_inboxes
from accounts.models import Member
from contacts.contact.models import Contact
from optout.models import ConsentEvent, Standing, StandingState
from optout.number_state import standing_across_inboxes
from optout.standing_panel import StandingCause


@dataclass(frozen=True)
class ConversationRow:
    """A conversation with a number, as far as it is shown here: a line with a link."""

    id: int
    inbox: str
    preview: str
    closed: bool
    at: datetime
    state: StandingState  # as seen from its inbox


def find_conversations(member: Member, number: str, everywhere: Standing) -> list[ConversationRow]:
    """The conversations with a number in every inbox that the member sees, newest first."""
    # Found through the inboxes: the room of conversations lies above this one.
    rows = (
        visible_inboxes(member)
        .filter(conversations__team_id=member.team_id, conversations__number=number)
        .annotate(talk=F("conversations__id"), at=F("conversations__last_message_at"))
        .annotate(preview=F("conversations__preview"), closed=F("conversations__closed"))
        .order_by("-at", "id")
    )
    return [
        ConversationRow(
            inbox.talk, inbox.name, inbox.preview, inbox.closed, inbox.at, everywhere.in_inbox(inbox.id).state
        )
        for inbox in rows
    ]


def find_suppression_causes(team_id: int, here: Standing) -> list[StandingCause]:
    """Why a number may not be texted: each suppression with who and when, weightiest first."""
    events = ConsentEvent.objects.filter(team_id=team_id, id__in=[row.event_id for row in here.rows])
    by_id = {event.id: event for event in events}
    return [StandingCause(row, by_id.get(row.event_id)) for row in here.rows]


@dataclass(frozen=True)
class NumberPreview:
    """What is known of a number before a contact gets it."""

    number: str
    holder: Contact | None
    standing: Standing
    causes: list[StandingCause]


def preview_number(member: Member, number: str, contact: Contact | None = None) -> NumberPreview:
    """`contact` is the one that is to get the number; what it has already needs no word."""
    mine = contact is not None and contact.number == number
    holder = None if mine else member.team.contacts.filter(number=number).first()
    here = Standing(number) if mine else standing_across_inboxes(member.team_id, number)
    return NumberPreview(number, holder, here, find_suppression_causes(member.team_id, here))


def find_contact(request: TeamRequest, number: str) -> Contact | None:
    found: Contact | None = (
        request.team.contacts.select_related("assignee__user").filter(number=number).first()
    )
    return found
