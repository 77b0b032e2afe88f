"""Sending again: a text that failed can be sent again once, by whoever does it first."""

from messaging.models import RESENDABLE, Message


class SentAgainBefore(Exception):
    """The text was sent again already, or did not fail."""


def mark_sent_again(message: Message, failed_id: int) -> None:
    """Record that `message`, just queued in this transaction, sends the failed text again. Raises SentAgainBefore.

    The UPDATE waits for another one of the same text, and then changes nothing.
    """
    failed = Message.objects.filter(
        team_id=message.team_id, conversation_id=message.conversation_id, id=failed_id, status__in=RESENDABLE
    )
    if not failed.filter(sent_again_id=None).update(sent_again_id=message.id):
        raise SentAgainBefore


def unmark_sent_again(message: Message) -> None:
    """The text that sent another one again was taken back: the other one can be sent again."""
    texts = Message.objects.filter(team_id=message.team_id, conversation_id=message.conversation_id)
    texts.filter(sent_again_id=message.id).update(sent_again_id=None)
