"""First consent: the record of a person who texted before the team did. Written together with the text."""

from datetime import datetime

from accounts.models import Inbox
from kernel.sql import InsertStatement, ReturnedId
from optout.consent_records.models import ConsentCategory, ConsentMethod, ConsentRecord
from optout.models import Origin

MAX_WORDS = 1000

# This text's own conversation does not count. It is seen only where the INSERTs are separate statements.
# With OFFSET PostgreSQL looks for each number by itself; otherwise it may read all conversations for a few numbers.
_IS_FIRST = """
    (SELECT is_new FROM conversation) AND NOT EXISTS (
        SELECT FROM messaging_conversation
        WHERE team_id = {team_id} AND number = {number} AND id <> (SELECT id FROM conversation)
        OFFSET 0)
"""


def first_text_statement(
    inbox: Inbox, number: str, words: str, at: datetime, now: datetime
) -> InsertStatement:
    """The INSERT of the consent to informational texts, if the team had no conversation with this number before that
    which runs together with it."""
    return ConsentRecord.insert_statement(
        condition=_IS_FIRST,
        team_id=inbox.team_id,
        number=number,
        category=ConsentCategory.INFORMATIONAL,
        method=ConsentMethod.TEXT,
        origin=Origin.CONTACT,
        words=words[:MAX_WORDS],
        obtained_at=at,
        recorded_at=now,
        inbox_id=inbox.id,
        inbox_name=inbox.name,
        message_id=ReturnedId("message"),
    )
