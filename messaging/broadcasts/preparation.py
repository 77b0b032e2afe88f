"""Preparation of a broadcast: its audience becomes recipients, batch by batch, each in one transaction.

A batch moves the place of the preparation together with its rows, so a killed worker loses one batch, and the next
worker goes on. The audience is read as it is then: whoever is added to a list later gets nothing.
"""

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from contacts.contact.models import Contact
from kernel.tenancy import scope
from messaging.broadcasts.audience import Audience, find_problems, matching
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.lifecycle import pause_locked, start_locked
from messaging.broadcasts.models import Broadcast, BroadcastStatus, PauseReason, RecipientState
from messaging.broadcasts.senders import author_may_send

BATCH = 1_000  # contacts: a fraction of a second, after which it rests while texts arrive

# With %s, since a statement that the ORM compiled stands inside. Without an inbox, each person's last one.
_EXPAND = f"""
    WITH selected AS ({{contacts}}),
    inserted AS (
        INSERT INTO messaging_broadcastrecipient
            (team_id, broadcast_id, number, contact_id, inbox_id, state, reason, at, held_reason)
        SELECT %s, %s, c.number, c.id, coalesce(%s::bigint, c.last_inbox_id),
            CASE WHEN coalesce(%s::bigint, c.last_inbox_id) IS NULL THEN '{RecipientState.LEFT_OUT}'
                 ELSE '{RecipientState.WAITING}' END,
            CASE WHEN coalesce(%s::bigint, c.last_inbox_id) IS NULL THEN '{LeftOut.NO_INBOX}' ELSE '' END,
            CASE WHEN coalesce(%s::bigint, c.last_inbox_id) IS NULL THEN %s::timestamptz END, ''
        FROM selected AS c ORDER BY c.id
        ON CONFLICT (team_id, broadcast_id, number) DO NOTHING RETURNING inbox_id),
    lanes AS (
        INSERT INTO messaging_broadcastlane (team_id, broadcast_id, inbox_id)
        SELECT DISTINCT %s::bigint, %s::bigint, inbox_id FROM inserted WHERE inbox_id IS NOT NULL
        ON CONFLICT (team_id, broadcast_id, inbox_id) DO NOTHING)
    SELECT max(id), count(*) FROM selected
"""


def prepare_batch(team_id: int, broadcast_id: int) -> bool:
    """Do the next step of a broadcast that is due: begin, add recipients, or begin to send. True if there is more."""
    with scope(team_id):
        rows = Broadcast.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        broadcast = rows.select_related("team").filter(team_id=team_id, id=broadcast_id).first()
        if broadcast is None:  # another worker is at it
            return False
        if broadcast.status == BroadcastStatus.SCHEDULED:
            return _begin(broadcast)
        if broadcast.status != BroadcastStatus.PREPARING:
            return False
        return _expand(broadcast)


def _begin(broadcast: Broadcast) -> bool:
    now = timezone.now()
    if broadcast.send_at and broadcast.send_at > now:
        return False
    if not author_may_send(broadcast):
        pause_locked(broadcast, PauseReason.AUTHOR, f"Confirmed by {broadcast.author_name}.")
        return False
    start_locked(broadcast, BroadcastStatus.PREPARING, due_at=now)
    return True


def _expand(broadcast: Broadcast) -> bool:
    audience = Audience.from_json(broadcast.audience)
    if problems := find_problems(broadcast.team, audience):
        pause_locked(broadcast, PauseReason.AUDIENCE, " ".join(problems))
        return False
    upto, count = _insert_recipients(broadcast, matching(broadcast.team, audience))
    if count == BATCH:
        broadcast.prepared_upto = upto
        broadcast.save(update_fields=["prepared_upto"])
        return True
    now = timezone.now()
    broadcast.lanes.filter(team_id=broadcast.team_id).update(due_at=now)
    start_locked(broadcast, BroadcastStatus.SENDING, prepared_upto=None, due_at=now)
    return False


def _insert_recipients(broadcast: Broadcast, contacts: QuerySet[Contact]) -> tuple[int | None, int]:
    """Insert the next BATCH recipients with their lanes. Returns the last contact's ID, and how many there were."""
    batch = contacts.filter(id__gt=broadcast.prepared_upto or 0).order_by("id")
    try:
        selected, values = batch.values("id", "number", "last_inbox_id")[:BATCH].query.sql_with_params()
    except EmptyResultSet:
        return None, 0
    inbox, team, id = broadcast.inbox_id, broadcast.team_id, broadcast.id
    with connection.cursor() as cursor:
        cursor.execute(
            _EXPAND.format(contacts=selected),
            [*values, team, id, inbox, inbox, inbox, inbox, timezone.now(), team, id],
        )
        upto, count = cursor.fetchone()
    return upto, count
