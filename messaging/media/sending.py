"""Attachments of outbound texts: whether all can be sent, and the addresses from which the carrier fetches them."""

from collections.abc import Iterable

from messaging.media.links import FOR_CARRIERS, shared_address
from messaging.media.models import Attachment
from messaging.models import Message


def media_problem(message: Message) -> str:
    """Why a due text cannot be sent with all its attachments, in a sentence; empty if nothing is wrong.

    A text is due when its attachments are stored, or certainly never will be.
    """
    return files_problem(_attachments(message))


def files_problem(files: Iterable[Attachment]) -> str:
    """The same for files that a text is to be sent with."""
    missing = next((file for file in files if not file.is_stored), None)
    if missing is None:
        return ""
    reason = "It could not be fetched in time." if missing.is_waiting else missing.reason
    return f"An attachment cannot be sent. {reason}".strip()


def carrier_addresses(message: Message) -> tuple[str, ...]:
    """Signed addresses of the attachments, in order."""
    return tuple(shared_address(message.team_id, file.id, FOR_CARRIERS) for file in _attachments(message))


def _attachments(message: Message) -> list[Attachment]:
    if not message.media:
        return []
    return Attachment.objects.of_texts(message.team_id, [message]).get(message.id, [])
