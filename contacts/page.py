"""What the pages about one contact show besides its columns."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from accounts.access import inboxes_of
from accounts.models import Member
from contacts.models import Contact
from optout import consent
from optout.models import ConsentEvent, Standing, State
from optout.panel import Cause


@dataclass(frozen=True)
class Talk:
    """A conversation with a number, as far as it is shown here: a line with a link."""

    id: int
    inbox: str
    preview: str
    closed: bool
    at: datetime
    state: State  # as seen from its inbox


def talks(member: Member, number: str, everywhere: Standing) -> list[Talk]:
    """The conversations with a number in every inbox that the member sees, newest first."""
    # Found through the inboxes: the room of conversations lies above this one.
    rows = (
        inboxes_of(member)
        .filter(conversations__team_id=member.team_id, conversations__number=number)
        .annotate(talk=F("conversations__id"), at=F("conversations__last_message_at"))
        .annotate(preview=F("conversations__preview"), closed=F("conversations__closed"))
        .order_by("-at", "id")
    )
    return [
        Talk(
            inbox.talk, inbox.name, inbox.preview, inbox.closed, inbox.at, everywhere.in_inbox(inbox.id).state
        )
        for inbox in rows
    ]


def causes(team_id: int, here: Standing) -> list[Cause]:
    """Why a number may not be texted: each suppression with who and when, weightiest first."""
    events = ConsentEvent.objects.filter(team_id=team_id, id__in=[row.event_id for row in here.rows])
    by_id = {event.id: event for event in events}
    return [Cause(row, by_id.get(row.event_id)) for row in here.rows]


@dataclass(frozen=True)
class Look:
    """What is known of a number before a contact gets it."""

    number: str
    holder: Contact | None
    standing: Standing
    causes: list[Cause]


def look(member: Member, number: str, contact: Contact | None = None) -> Look:
    """`contact` is the one that is to get the number; what it has already needs no word."""
    mine = contact is not None and contact.number == number
    holder = None if mine else member.team.contacts.filter(number=number).first()
    here = Standing(number) if mine else consent.everywhere(member.team_id, number)
    return Look(number, holder, here, causes(member.team_id, here))
