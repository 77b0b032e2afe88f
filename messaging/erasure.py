"""Erases what was written with some numbers: words, media and numbers go, and the receipts of the texts stay.

What is left of an inbox's erased conversations hangs on one without a number, which no list or page shows. So nobody
can tell which of these texts belonged together, a second delivery still meets the receipt of the first, the carrier's
reports still find their text, and whoever texts again begins a new conversation.
"""

from collections.abc import Sequence

from kernel import change_tokens
from kernel.sql import fetch
from optout.number_locks import lock_numbers

CONVERSATIONS = """
    SELECT id FROM messaging_conversation WHERE team_id = $1 AND number = ANY($2) AND number <> ''
    ORDER BY id FOR UPDATE
"""
NAMELESS = """
    INSERT INTO messaging_conversation
      (team_id, inbox_id, number, closed, inbound_count, last_message_at, preview, created_at)
    SELECT DISTINCT c.team_id, c.inbox_id, '', true, 0, now(), '', now()
    FROM messaging_conversation AS c WHERE c.team_id = $1 AND c.id = ANY($2) ON CONFLICT DO NOTHING
"""
# What waits does not leave any more. What is on the wire is settled by its id, and not tried again.
TEXTS = """
    WITH erased AS (
      UPDATE messaging_message AS m SET number = '', body = '', media = '[]', error = '', possible_opt_out = false,
        conversation_id = nameless.id,
        status = CASE WHEN m.status IN ('queued', 'claimed') THEN 'failed' ELSE m.status END,
        due_at = CASE WHEN m.status IN ('queued', 'claimed') THEN NULL ELSE m.due_at END
      FROM messaging_conversation AS nameless
      WHERE m.team_id = $1 AND m.conversation_id = ANY($2)
        AND nameless.team_id = $1 AND nameless.inbox_id = m.inbox_id AND nameless.number = ''
      RETURNING 1)
    SELECT count(*) FROM erased
"""
GONE = "DELETE FROM messaging_conversation WHERE team_id = $1 AND id = ANY($2)"
SIMULATED = "DELETE FROM messaging_simulatedtext WHERE team_id = $1 AND number = ANY($2)"


def erase_messages(team_id: int, numbers: Sequence[str]) -> int:
    """Erase in every inbox of the team, in its scope, at most consent.MOST numbers at once; how many texts it was.

    Under the numbers' locks, which come before all others: a claim is either before, and its text on the wire, or finds
    nothing to send.
    """
    lock_numbers(team_id, numbers)
    conversations = [id for (id,) in fetch(CONVERSATIONS, team_id, list(numbers))]
    fetch(NAMELESS, team_id, conversations)
    ((texts,),) = fetch(TEXTS, team_id, conversations)
    fetch(GONE, team_id, conversations)
    fetch(SIMULATED, team_id, list(numbers))
    change_tokens.renew_on_commit(team_id)
    return int(texts)
