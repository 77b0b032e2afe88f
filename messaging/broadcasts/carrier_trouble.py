"""Trouble with a carrier that pauses a broadcast, so that it never burns through its list.

What concerns the inbox or its account pauses at once, and the text that met it waits. What concerns single texts pauses
above a share of the recent ones. Trouble from before the broadcast was resumed does not count again.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kernel.tenancy import scope
from messaging.broadcasts.lifecycle import lock_broadcast, pause_locked
from messaging.broadcasts.models import (
    RUNNING,
    Broadcast,
    BroadcastLane,
    BroadcastRecipient,
    PauseReason,
    RecipientState,
)
from messaging.carriers.base import SendError
from messaging.carriers.code_table import CodeKind
from messaging.carriers.error_codes import codes_of, known_reason
from messaging.models import Message, MessageStatus

# Each code's page at twilio.com/docs/api/errors/<code> says that every further text of the inbox would meet it, too.
INBOX_CODES = {
    "20003": PauseReason.CREDENTIALS,  # authentication failed
    "20005": PauseReason.CREDENTIALS,  # the account is not active
    "20006": PauseReason.CREDENTIALS,  # access denied
    "20008": PauseReason.CREDENTIALS,  # test credentials
    "21212": PauseReason.CREDENTIALS,  # the sender is not valid
    "21601": PauseReason.CREDENTIALS,  # the sender cannot send texts
    "21603": PauseReason.CREDENTIALS,  # no sender
    "21606": PauseReason.CREDENTIALS,  # the sender does not belong to the account
    "21655": PauseReason.CREDENTIALS,  # a messaging service is needed
    "30002": PauseReason.CREDENTIALS,  # the account is suspended
    "30024": PauseReason.CREDENTIALS,  # the sender is not set up at the network
    "30032": PauseReason.CREDENTIALS,  # the toll-free number is not verified
    "30033": PauseReason.CREDENTIALS,  # the 10DLC campaign is suspended
    "30034": PauseReason.CREDENTIALS,  # the number is not registered for 10DLC
    "30023": PauseReason.DAILY_CAP,  # the sender's limit of a day
    "30027": PauseReason.DAILY_CAP,  # the same at T-Mobile
    "63038": PauseReason.DAILY_CAP,  # the account's limit of a day
    **dict.fromkeys(codes_of(CodeKind.INBOX), PauseReason.CREDENTIALS),
    **dict.fromkeys(codes_of(CodeKind.DAILY_CAP), PauseReason.DAILY_CAP),
}
# Codes that mean a spam filter.
FILTER_CODES = frozenset({"30007", "30450", "30453"}) | codes_of(CodeKind.FILTER)
# Codes that say something about the person's number or phone only. They are normal in any list.
PERSON_CODES = frozenset({
    "21211", "21214", "21217", "21219", "21401", "21408", "21604", "21608", "21610", "21612", "21614",
    "30003", "30004", "30005", "30006", "30008", "30011", "30017", "30018", "30019", "30036", "30410", "63003", "63024",
}) | codes_of(CodeKind.PERSON)  # fmt: skip
RECENT = 100  # texts that are looked at
FILTER_SHARE, FILTER_LEAST = 0.10, 5  # of the recent texts, and at least so many
UNKNOWN_SHARE, UNKNOWN_LEAST = 0.10, 5
REFUSED_SHARE, REFUSED_LEAST = 0.50, 10
# Texts that the carrier did not take on so many attempts each: after about half a minute of trying.
UNREACHABLE_ATTEMPTS, UNREACHABLE_LEAST = 3, 5
_NOT_DELIVERED = (MessageStatus.FAILED, MessageStatus.UNDELIVERED)


@dataclass(frozen=True)
class RecentText:
    """The status of one of the newest texts of a broadcast."""

    status: str
    code: str = ""
    attempts: int = 1


@dataclass(frozen=True)
class Trouble:
    """Why to pause, with a sentence."""

    reason: PauseReason
    detail: str = ""


def is_of_inbox(error: SendError) -> bool:
    """Whether the carrier would refuse every other text of this inbox, too."""
    return error.code in INBOX_CODES


def find_trouble(texts: Sequence[RecentText]) -> Trouble | None:
    """What is wrong with the newest texts. None if the broadcast may go on. Pure."""
    for text in texts:
        if text.code in INBOX_CODES and text.status != MessageStatus.SENT:
            return Trouble(INBOX_CODES[text.code], _words(text.code))
    kinds = Counter(_kind(text) for text in texts)
    total = len(texts)
    for reason, least, share in (
        (PauseReason.SPAM_FILTER, FILTER_LEAST, FILTER_SHARE),
        (PauseReason.UNKNOWN, UNKNOWN_LEAST, UNKNOWN_SHARE),
        (PauseReason.REFUSED, REFUSED_LEAST, REFUSED_SHARE),
        (PauseReason.UNREACHABLE, UNREACHABLE_LEAST, 0.0),
    ):
        if kinds[reason] >= max(least, share * total):
            return Trouble(reason, f"{kinds[reason]} of the last {total} texts.")
    return None


def _kind(text: RecentText) -> PauseReason | None:
    if text.status == MessageStatus.UNKNOWN:
        return PauseReason.UNKNOWN
    if text.status == MessageStatus.QUEUED:
        return PauseReason.UNREACHABLE if text.attempts >= UNREACHABLE_ATTEMPTS else None
    if text.status not in _NOT_DELIVERED or text.code in PERSON_CODES:
        return None
    return PauseReason.SPAM_FILTER if text.code in FILTER_CODES else PauseReason.REFUSED


def _words(code: str) -> str:
    words = known_reason(code)
    return f"{words} ({code})." if words else f"The carrier's error is {code}."


def pause_on_trouble(team_id: int, lane_id: int) -> None:
    """Pause the lane's broadcast if its newest texts are in trouble."""
    with scope(team_id):
        lane = BroadcastLane.objects.filter(team_id=team_id, id=lane_id).first()
        if lane is None:
            return
        broadcast = Broadcast.objects.get(team_id=team_id, id=lane.broadcast_id)
        trouble = find_trouble(recent_texts(broadcast))
        if trouble is None:
            return
        broadcast = lock_broadcast(team_id, lane.broadcast_id)
        if broadcast.status in RUNNING:
            pause_locked(broadcast, trouble.reason, trouble.detail)


def recent_texts(broadcast: Broadcast) -> list[RecentText]:
    """The texts of the newest recipients that were claimed since the broadcast was resumed."""
    recipients = BroadcastRecipient.objects.filter(
        team_id=broadcast.team_id, broadcast_id=broadcast.id, state=RecipientState.TEXTED, reason=""
    )
    newest = recipients.order_by("-id").values_list("message_id", flat=True)[:RECENT]
    ids = [id for id in newest if id]
    texts = Message.objects.filter(team_id=broadcast.team_id, id__in=ids)
    if broadcast.resumed_at:
        texts = texts.filter(claimed_at__gte=broadcast.resumed_at)
    return [RecentText(*row) for row in texts.values_list("status", "error_code", "attempts")]
