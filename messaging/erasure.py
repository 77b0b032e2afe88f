"""Erasure of the texts of some numbers: body, attachments and number are removed, and the receipts stay.

The receipts of an inbox's erased texts move to one conversation without a number, which no page shows. Nobody can tell
which of them belonged together; a repeated delivery still finds its receipt, a status report still finds its text, and
the next text of an erased number starts a new conversation.
"""

from collections.abc import Sequence

from kernel import change_tokens
from kernel.sql import fetch
from messaging.broadcasts.erasure import erase_recipients
from messaging.groups.models import GroupRecipient
from messaging.inbound_parts.models import InboundPart
from messaging.line_types.models import LineType
from messaging.media.erasure import erase_attachments
from messaging.models import Conversation, Message
from messaging.simulator.models import SimulatedText
from optout.consent_records.models import ConsentRecord
from optout.models import Origin
from optout.number_locks import lock_numbers
from optout.pending_opt_ins import PendingOptIn
from optout.reviews import Review

INSERT_NUMBERLESS = """
    INSERT INTO messaging_conversation
      (team_id, inbox_id, number, closed, inbound_count, last_message_at, preview, created_at)
    WITH inbox AS MATERIALIZED (
      SELECT DISTINCT c.inbox_id FROM messaging_conversation AS c WHERE c.team_id = $1 AND c.id = ANY($2))
    SELECT $1, inbox_id, '', true, 0, now(), '', now() FROM inbox ON CONFLICT DO NOTHING
"""
# A waiting text is not sent any more. A text that is being sent is settled by its ID and not sent again.
ERASE_TEXTS = """
    WITH erased AS (
      UPDATE messaging_message AS m SET number = '', body = '', media = '[]', error = '', held = '', local_id = '',
        possible_opt_out = false, conversation_id = numberless.id,
        status = CASE WHEN m.status IN ('queued', 'claimed') THEN 'failed' ELSE m.status END,
        due_at = CASE WHEN m.status IN ('queued', 'claimed') THEN NULL ELSE m.due_at END
      FROM messaging_conversation AS numberless
      WHERE m.team_id = $1 AND m.conversation_id = ANY($2)
        AND numberless.team_id = $1 AND numberless.inbox_id = m.inbox_id AND numberless.number = ''
      RETURNING 1)
    SELECT count(*) FROM erased
"""


def erase_messages(team_id: int, numbers: Sequence[str]) -> int:
    """Erase the texts of these numbers in all inboxes, in the scope of the team. Returns how many texts were erased.

    At most MAX_LOCKED_NUMBERS numbers. Their locks come first: a text is claimed before its erasure or never.
    """
    lock_numbers(team_id, numbers)
    erase_recipients(team_id, numbers)
    conversations = Conversation.objects.filter(team_id=team_id, number__in=numbers).exclude(number="")
    ids = list(conversations.select_for_update().order_by("id").values_list("id", flat=True))
    erase_attachments(team_id, ids)
    _erase_group_recipients(team_id, numbers, ids)
    fetch(INSERT_NUMBERLESS, team_id, ids)
    ((texts,),) = fetch(ERASE_TEXTS, team_id, ids)
    Conversation.objects.filter(team_id=team_id, id__in=ids).delete()
    LineType.objects.filter(team_id=team_id, number__in=numbers).delete()
    PendingOptIn.objects.filter(team_id=team_id, number__in=numbers).delete()
    _erase_reviews(team_id, numbers)
    # The record of consent stays as evidence; what the person texted is erased.
    ConsentRecord.objects.filter(team_id=team_id, number__in=numbers, origin=Origin.CONTACT).update(words="")
    SimulatedText.objects.filter(team_id=team_id, number__in=numbers).delete()
    InboundPart.objects.filter(team_id=team_id, number__in=numbers).delete()
    change_tokens.renew_on_commit(team_id)
    return int(texts)


def _erase_group_recipients(team_id: int, numbers: Sequence[str], conversation_ids: Sequence[int]) -> None:
    """Delete who else got the texts of these conversations, and these numbers from the group texts of others."""
    rows = GroupRecipient.objects.filter(team_id=team_id)
    texts = Message.objects.filter(team_id=team_id, conversation_id__in=conversation_ids)
    rows.filter(message_id__in=texts.values("id")).delete()
    rows.filter(number__in=numbers).delete()


def _erase_reviews(team_id: int, numbers: Sequence[str]) -> None:
    """Delete the reviews. An undecided hold stays with the number alone: it may become an opt-out."""
    reviews = Review.objects.filter(team_id=team_id, number__in=numbers)
    holds = reviews.open().holds()
    holds.update(found="")
    reviews.exclude(id__in=holds.values("id")).delete()
