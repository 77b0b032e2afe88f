"""Start and settlement of a broadcast's texts by prepared statements: one transaction for the end of one and the next.

The same steps as messaging.outbound takes for other texts. Only an accepted text is settled here.
"""

from kernel import change_tokens
from kernel.sql import fetch
from messaging import webhook_events
from messaging.carriers.base import Accepted
from messaging.metrics import count_status_on_commit
from messaging.models import Message, MessageStatus
from messaging.outbound import CALL_TIMEOUT, SendClaim
from webhooks.models import EventType
from webhooks.outbox import WANTED_TYPES_SQL

_START = f"""
    UPDATE messaging_message SET status = 'sending', due_at = now() + interval '{CALL_TIMEOUT.total_seconds()} seconds'
    WHERE team_id = $1 AND id = $2 AND status = 'claimed' AND claimed_at = $3 AND due_at > statement_timestamp()
    RETURNING id
"""
# Consent was given at the claim; a suppression that is there now came during the call. A report that came first stays.
_SETTLE = f"""
    UPDATE messaging_message AS m SET carrier_id = $3, segments = $4,
        crossed = EXISTS (SELECT FROM optout_suppression s WHERE s.team_id = $1 AND s.number = m.number
            AND (s.inbox_id IS NULL OR s.inbox_id = m.inbox_id)),
        status = CASE WHEN m.status IN ({{moves}}) THEN 'sent' ELSE m.status END,
        due_at = CASE WHEN m.status IN ({{moves}}) THEN NULL ELSE m.due_at END,
        error = CASE WHEN m.status IN ({{moves}}) THEN '' ELSE m.error END,
        error_code = CASE WHEN m.status IN ({{moves}}) THEN '' ELSE m.error_code END
    WHERE m.team_id = $1 AND m.id = $2 RETURNING old.status, new.status, {WANTED_TYPES_SQL}
""".format(moves="'queued', 'claimed', 'sending', 'unknown'")


def start_text(claim: SendClaim) -> bool:
    """Mark that the carrier is being called, in the scope of the team. False if the claim has lapsed."""
    return bool(fetch(_START, claim.inbox.team_id, claim.message_id, claim.claimed_at))


def settle_accepted(claim: SendClaim, outcome: Accepted) -> None:
    """Record that the carrier took the text, in the scope of the team."""
    team_id = claim.inbox.team_id
    rows = fetch(_SETTLE, team_id, claim.message_id, outcome.carrier_id, outcome.segments)
    for before, after, wanted in rows:
        if before != after:
            count_status_on_commit(claim.inbox.carrier, after)
        if before != after and after == MessageStatus.SENT and EventType.SENT in wanted:
            message = Message.objects.select_related("inbox").get(team_id=team_id, id=claim.message_id)
            webhook_events.record_outcome(message, before)
    change_tokens.renew_on_commit(team_id)
