"""Prompts of a double opt-in: a new person's first text gets one; until the answer only replies are sent.

Rows say who was asked (optout.double_opt_in). At most three reminders follow, each only when the person writes again
and the loop guard of automatic texts allows it.
"""

from datetime import datetime

from accounts.models import Inbox
from kernel.sql import InsertStatement, ReturnedId
from messaging.models import Message, MessagePurpose, MessageStatus
from optout.auto_replies import AutoReply, reply_text
from optout.consent_records.models import ConsentCategory
from optout.consent_records.on_record import has_consent
from optout.double_opt_in.models import DoubleOptIn

MAX_PROMPTS = 4  # the first one and three reminders


def prompt_statements(
    inbox: Inbox, number: str, language: str, now: datetime, *, is_new: bool, guarded: bool
) -> dict[str, InsertStatement]:
    """The INSERTs of a prompt that is due and of who was asked, to run together with the conversation's; or none.

    A new person whose prompt the loop guard stops is noted as asked by none, and gets it with the next text. Whose
    consent is on record already is not asked.
    """
    row = DoubleOptIn.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, number=number).first()
    if row is None and (not is_new or has_consent(inbox.team_id, number, asked_category(inbox))):
        return {}
    if row and (row.answered_at or row.prompts >= MAX_PROMPTS or guarded):
        return {}
    if guarded:
        return {"double_opt_in": _note(inbox, number, now, prompts=0)}
    return prompt_now(inbox, number, language, now, ReturnedId("conversation"))


def prompt_now(
    inbox: Inbox, number: str, language: str, now: datetime, conversation_id: int | ReturnedId
) -> dict[str, InsertStatement]:
    """The INSERTs of a prompt, and of who was asked."""
    return {
        "double_opt_in": _note(inbox, number, now, prompts=1),
        "automatic": _prompt(inbox, number, language, now, conversation_id),
    }


def asked_category(inbox: Inbox) -> ConsentCategory:
    """The texts to which the inbox's prompt asks to agree."""
    return ConsentCategory.MARKETING if inbox.double_opt_in_marketing else ConsentCategory.INFORMATIONAL


def _prompt(
    inbox: Inbox, number: str, language: str, now: datetime, conversation_id: int | ReturnedId
) -> InsertStatement:
    return Message.insert_statement(
        team_id=inbox.team_id,
        conversation_id=conversation_id,
        inbox_id=inbox.id,
        number=number,
        outbound=True,
        purpose=MessagePurpose.PROMPT,
        status=MessageStatus.QUEUED,
        body=reply_text(inbox, AutoReply.PROMPT, language),
        at=now,
        created_at=now,
        due_at=now,
    )


def _note(inbox: Inbox, number: str, now: datetime, prompts: int) -> InsertStatement:
    return DoubleOptIn.insert_statement(
        "ON CONFLICT (team_id, number, inbox_id) DO UPDATE"
        " SET prompts = t.prompts + excluded.prompts, asked_at = excluded.asked_at",
        team_id=inbox.team_id,
        inbox_id=inbox.id,
        number=number,
        prompts=prompts,
        asked_at=now,
    )
