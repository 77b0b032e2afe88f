"""Sample of a broadcast: its text as one person would get it, sent to a number of the member's choice."""

from accounts.models import Inbox, Member
from kernel.tenancy import scope
from messaging.broadcasts.models import Broadcast
from messaging.broadcasts.preview import PersonPreview
from messaging.compose import compose_text
from messaging.media.uploads import copy_attachment
from messaging.models import MessageStatus

NO_PERSON = "Choose whom it is sent to first: a test is filled for a person of the audience."
NO_TEXT = "Write a text first."


def send_sample(
    draft: Broadcast, inbox: Inbox, number: str, person: PersonPreview | None, author: Member
) -> str:
    """Queue the sample, outside any transaction. Why it is not sent, in a sentence; nothing if it is.

    It is an ordinary text of the member, not one of the broadcast: consent of the number is checked as for any other.
    """
    if person is None:
        return NO_PERSON
    if person.filled.problems:
        return person.filled.problems[0]
    picture = draft.picture if draft.picture and draft.picture.is_stored else None
    if not person.filled.text.strip() and picture is None:
        return NO_TEXT
    pictures = [copy_attachment(picture)] if picture else []
    with scope(draft.team_id):
        message = compose_text(
            inbox, number, person.filled.text, author=author, by_hand=True, attachments=pictures
        )
    return message.trouble if message.status == MessageStatus.REFUSED else ""
