"""A text that the carrier refused because the person opted out there, although the ledger has an opt-in."""

from django.utils import timezone

from demo import story
from demo.dialogues import DemoTeam, DemoText, moment_of, to_number, write_text
from messaging.models import Conversation, MessageStatus
from messaging.refusal_reasons import CARRIER_OPTED_OUT
from optout import consent

CODE, SENTENCE = "21610", "Attempt to send to unsubscribed recipient"


def refuse_by_carrier(cast: DemoTeam) -> None:
    """What messaging.outbound writes after Twilio's refusal, in the scope of the team."""
    name, customer, speaker, begins, body = story.REFUSED_BY_CARRIER
    inbox, number, author = cast.inboxes[name], to_number(customer), cast.members[speaker]
    inbox.team = cast.team
    text = DemoText(inbox, number, moment_of(cast, begins), speaker, body)
    conversation = Conversation.objects.record_outbound(inbox, number, text.at, body, refused=True)
    message = write_text(
        text, conversation.id, status=MessageStatus.REFUSED, reason=CARRIER_OPTED_OUT,
        error_code=CODE, error=SENTENCE, carrier_id=None, segments=None,
        author_id=author.id, author_name=str(author),
    )  # fmt: skip
    # Claimed after the START, which was recorded a moment ago.
    consent.apply_carrier_refusal(
        inbox, number, claimed_at=timezone.now(), message_id=message.id, reason=SENTENCE
    )
