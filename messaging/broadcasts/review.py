"""Review of a draft before it is confirmed: what keeps it from being sent, what is left out, and how long it takes."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Member
from kernel.segments import count_segments
from kernel.visible_text import has_visible_characters
from messaging.broadcasts.audience import Audience
from messaging.broadcasts.audience_form import describe_audience
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.lifecycle import confirm, find_obstacles, lock_broadcast
from messaging.broadcasts.models import Broadcast
from messaging.broadcasts.rates import SendingTime, rate_of
from messaging.broadcasts.wording import describe_duration


class ChangedMeanwhile(Exception):
    """The draft is not what the review showed."""


@dataclass(frozen=True)
class LeftOutRow:
    reason: LeftOut
    count: int

    @property
    def label(self) -> str:
        return str(self.reason.label)


def left_out_rows(left_out: dict[LeftOut, int]) -> list[LeftOutRow]:
    """In the order in which the reasons are looked at."""
    return [LeftOutRow(reason, count) for reason, count in left_out.items()]


def missing_parts(draft: Broadcast, now: datetime) -> list[str]:
    """What keeps a draft from being confirmed, in sentences."""
    words = draft.append_words and not has_visible_characters(draft.opt_out_words)
    missing = {
        "Give it a name.": not has_visible_characters(draft.name),
        "Write the words that say how to opt out, or leave them off.": words,
        "Its time has passed. Choose a later one.": draft.send_at is not None and draft.send_at <= now,
    }
    return [sentence for sentence, is_missing in missing.items() if is_missing] + find_obstacles(draft)


def fingerprint(draft: Broadcast) -> str:
    """What a review showed, in short: another value means that somebody has changed the draft since."""
    names = (
        "name",
        "category",
        "inbox_id",
        "body",
        "picture_id",
        "append_words",
        "opt_out_words",
        "audience",
    )
    shown = [getattr(draft, name) for name in names] + [str(draft.send_at)]
    return hashlib.blake2b(json.dumps(shown).encode(), digest_size=12).hexdigest()


def confirm_reviewed(id: int, member: Member, seen: str) -> Broadcast:
    """Confirm a draft as its review showed it. Raises ChangedMeanwhile, and NotPossible with what is to be mended."""
    if fingerprint(lock_broadcast(member.team_id, id)) != seen:
        raise ChangedMeanwhile
    confirmed = confirm(id, member.team_id, author=member)
    confirmed.audience_text = describe_audience(member.team, Audience.from_json(confirmed.audience))
    confirmed.save(update_fields=["audience_text"])
    return confirmed


def planned_duration(draft: Broadcast, recipients: int, text: str) -> tuple[str, str]:
    """How long so many texts like this one take, and at which rate, in words. Inboxes last used send side by side."""
    if draft.inbox is None:
        return "", "Depends on the inboxes: each sends at its own rate"
    segments = max(1, count_segments(text)[0])
    time = SendingTime(recipients * segments, rate_of(draft.inbox))
    duration = time.duration if recipients else timedelta(0)
    return describe_duration(duration), f"{time.rate:,} segments a minute from this inbox"
