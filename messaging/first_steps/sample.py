"""The sample of a new team: an inbox on the simulator, and a customer who has texted it."""

import secrets

from django.utils import timezone

from accounts.first_steps import FirstStepsState
from accounts.inbox_closing import delete_inbox
from accounts.models import Carrier, Inbox, KeywordResponder, Member, Team
from contacts.contact.deletion import delete_contacts
from contacts.contact.models import Contact
from messaging.carriers.base import InboundText
from messaging.erasure import erase_messages
from messaging.inbound import receive
from messaging.models import Conversation
from messaging.simulator.adapter import new_sid
from messaging.simulator.models import SimulatedText
from messaging.simulator.reach import SAMPLE_NUMBER
from optout.consent_types import Actor

INBOX_NUMBER = "+12125550100"
TEXTS = (
    "Hi! Are you open on Saturday?",
    "I am a sample customer: answer me, and your text arrives on the simulated phone.",
)
NOTE = "A sample, not a person. An owner can remove it in First steps."


def add_sample(team: Team) -> None:
    """Write the sample in the team's scope, and show its owner the first steps."""
    inbox = _add_inbox(team)
    Contact.objects.create(team=team, number=SAMPLE_NUMBER, first_name="Sam", last_name="Sample", note=NOTE)
    for body in TEXTS:
        _receive(inbox, body)
    team.first_steps = FirstStepsState.SHOWN
    team.save(update_fields=["first_steps"])


def _add_inbox(team: Team) -> Inbox:
    return Inbox.objects.create(
        team=team,
        name="Sample inbox",
        number=INBOX_NUMBER,
        carrier=Carrier.SIMULATOR,
        account_id=f"AC{secrets.token_hex(16)}",
        auth_tokens=[secrets.token_hex(16)],
        keyword_responder=KeywordResponder.WE,
        fetched_until=timezone.now(),
    )


def _receive(inbox: Inbox, body: str) -> None:
    """Receive a text that the simulated phone has sent."""
    text = SimulatedText.objects.create(
        team_id=inbox.team_id,
        inbox=inbox,
        number=SAMPLE_NUMBER,
        from_handset=True,
        body=body,
        carrier_id=new_sid(),
    )
    receive(inbox, InboundText(text.carrier_id, SAMPLE_NUMBER, body, sent_at=text.at))


def sample_inbox(team: Team) -> Inbox | None:
    """The inbox of the sample, unless it was removed."""
    return team.inboxes.present().filter(number=INBOX_NUMBER, carrier=Carrier.SIMULATOR).first()


def sample_conversation(team: Team) -> Conversation | None:
    conversations = Conversation.objects.filter(team_id=team.id, number=SAMPLE_NUMBER)
    found: Conversation | None = conversations.filter(inbox__number=INBOX_NUMBER).first()
    return found


def remove_sample(team: Team, inbox: Inbox, by: Member) -> None:
    """Erase the sample customer's texts, delete the contact, and delete the inbox. What the ledger says stays."""
    contacts = Contact.objects.filter(team_id=team.id, number=SAMPLE_NUMBER)
    delete_contacts(team.id, list(contacts.values_list("id", flat=True)), erase=True, by=Actor.of(by))
    erase_messages(team.id, [SAMPLE_NUMBER])  # also if somebody deleted the contact before
    delete_inbox(inbox, by=by)
