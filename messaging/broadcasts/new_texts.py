"""New texts of a broadcast: each waiting recipient is texted, held or left out, under the locks of their numbers.

A text moves no conversation in the list: it answers nobody, and a person to whom the inbox never wrote gets a closed
conversation, which an answer opens.
"""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import Inbox
from kernel.sql import fetch
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import (
    Broadcast,
    BroadcastCategory,
    BroadcastRecipient,
    RecipientState,
)
from messaging.broadcasts.recipient_check import Hold, RecipientFacts, find_reason, read_facts
from messaging.broadcasts.rendering import Renderer
from messaging.message_content import describe_content, media_pairs
from messaging.models import Message, MessageStatus
from messaging.outbound import CLAIM_TIMEOUT

_DECISION = ["state", "reason", "message_id", "words_appended", "at", "held_until", "held_reason"]


_SAVE_DECISIONS = """
    UPDATE messaging_broadcastrecipient AS r SET state = d.state, reason = d.reason, message_id = d.message_id,
        words_appended = d.words_appended, at = d.at, held_until = d.held_until, held_reason = d.held_reason
    FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::boolean[], $7::timestamptz[], $8::timestamptz[],
        $9::text[]) AS d (id, state, reason, message_id, words_appended, at, held_until, held_reason)
    WHERE r.team_id = $1 AND r.id = d.id
"""


def write_texts(
    broadcast: Broadcast, inbox: Inbox, recipients: Sequence[BroadcastRecipient], now: datetime
) -> list[Message]:
    """Decide about locked recipients, whose numbers are locked, and save it together with the claimed texts."""
    facts = read_facts(broadcast, inbox, [row.number for row in recipients], now)
    renderer = Renderer.of(broadcast)
    bodies: dict[str, str] = {}
    held = {row.number: row.held_reason for row in recipients}
    for row in recipients:
        text = _decide(row, facts[row.number], renderer, inbox, now)
        if text is not None:
            bodies[row.number] = text
    messages = _insert(broadcast, inbox, bodies, held, now) if bodies else {}
    for row in recipients:
        if row.number in messages:
            row.message_id = messages[row.number].id
    columns = [[getattr(row, name) for row in recipients] for name in ("id", *_DECISION)]
    fetch(_SAVE_DECISIONS, broadcast.team_id, *columns)
    return list(messages.values())


def _decide(
    row: BroadcastRecipient, facts: RecipientFacts, renderer: Renderer, inbox: Inbox, now: datetime
) -> str | None:
    """The text to this recipient, or None: then its state says why."""
    reason = find_reason(facts)
    if isinstance(reason, Hold):
        row.state, row.held_until, row.held_reason = RecipientState.HELD, reason.until, reason.reason[:120]
        return None
    text = ""
    if reason is None:
        assert facts.contact is not None
        with_words = renderer.broadcast.append_words and not facts.had_text
        filled = renderer.text_for(facts.contact, inbox, with_words=with_words)
        text, reason = filled.text, LeftOut.UNFILLED if filled.problems else None
        row.words_appended = with_words and reason is None
    row.state, row.at = (RecipientState.LEFT_OUT if reason else RecipientState.TEXTED), now
    row.reason = reason or ""
    return None if reason else text


def _insert(
    broadcast: Broadcast, inbox: Inbox, bodies: dict[str, str], held: dict[str, str], now: datetime
) -> dict[str, Message]:
    """The claimed texts by number, with their conversations and contacts. `held` has the holds before, in words."""
    media = [broadcast.picture.stored_medium()] if broadcast.picture else []
    previews = {number: describe_content(body, media_pairs(media))[:140] for number, body in bodies.items()}
    conversations = _conversations(inbox, previews, now)
    messages = {
        number: Message(
            team_id=broadcast.team_id,
            conversation_id=conversations[number],
            inbox=inbox,
            number=number,
            outbound=True,
            status=MessageStatus.CLAIMED,
            body=body,
            media=media,
            at=now,
            created_at=now,
            author_id=broadcast.author_id,
            author_name=broadcast.author_name,
            attempts=1,
            claimed_at=now,
            due_at=now + CLAIM_TIMEOUT,
            broadcast_id=broadcast.id,
            marketing=broadcast.category == BroadcastCategory.MARKETING,
            held=held[number],
        )
        for number, body in bodies.items()
    }
    Message.objects.bulk_create(messages.values())
    fetch(_TOUCH_CONTACTS, broadcast.team_id, list(bodies), now, inbox.id)
    return messages


_CONVERSATIONS = """
    SELECT id, number FROM messaging_conversation WHERE team_id = $1 AND inbox_id = $2 AND number = ANY($3::text[])
"""
_NEW_CONVERSATIONS = """
    INSERT INTO messaging_conversation AS t
        (team_id, inbox_id, number, closed, inbound_count, last_message_at, preview, created_at)
    SELECT $1, $2, n, true, 0, $5, p, $5 FROM unnest($3::text[], $4::text[]) AS new (n, p) ORDER BY n
    ON CONFLICT (team_id, inbox_id, number) DO UPDATE SET closed = t.closed RETURNING id, number
"""
# The newest text of a contact; see contacts.contact.models.NEWEST_TEXT.
_TOUCH_CONTACTS = """
    WITH locked AS (
        SELECT id FROM contacts_contact WHERE team_id = $1 AND number = ANY($2::text[])
        AND (last_message_at IS NULL OR last_message_at < $3) ORDER BY id FOR NO KEY UPDATE)
    UPDATE contacts_contact AS c SET last_message_at = $3, last_inbox_id = $4
    FROM locked WHERE c.team_id = $1 AND c.id = locked.id
"""


def _conversations(inbox: Inbox, previews: dict[str, str], now: datetime) -> dict[str, int]:
    """The ID of the inbox's conversation with each number."""
    found = {number: id for id, number in fetch(_CONVERSATIONS, inbox.team_id, inbox.id, list(previews))}
    if missing := [number for number in previews if number not in found]:
        texts = [previews[number] for number in missing]
        rows = fetch(_NEW_CONVERSATIONS, inbox.team_id, inbox.id, missing, texts, now)
        found |= {number: id for id, number in rows}
    return found
