"""First consent: the record of a person who texted before the team did. Written together with the text."""

from datetime import datetime

from accounts.models import Inbox
from kernel.sql import InsertStatement

MAX_WORDS = 1000

# This text's own conversation does not count. It is seen only where the INSERTs are separate statements.
_INSERT = """
    INSERT INTO optout_consentrecord (team_id, number, category, method, origin, words, source, obtained_at,
        recorded_at, inbox_id, inbox_name, message_id, actor_name)
    SELECT $1, $2::varchar, 'informational', 'text', 'contact', $3, '', $4, $5, $6, $7, (SELECT id FROM message), ''
    WHERE (SELECT is_new FROM conversation) AND NOT EXISTS (
        SELECT FROM messaging_conversation
        WHERE team_id = $1 AND number = $2::varchar AND id <> (SELECT id FROM conversation))
    RETURNING id
"""


def first_text_statement(
    inbox: Inbox, number: str, words: str, at: datetime, now: datetime
) -> InsertStatement:
    """The INSERT of the consent to informational texts, if the team had no conversation with this number before that
    which runs together with it."""
    values = (inbox.team_id, number, words[:MAX_WORDS], at, now, inbox.id, inbox.name)
    return InsertStatement(_INSERT, values)
