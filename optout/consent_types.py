"""Value types of consent: who acts, a stated opt-out, the outcome of a keyword, and why a text may not be sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices

from accounts.models import Member
from optout.auto_replies import AutoReply
from optout.models import ConsentEvent, Origin

# A confirmation is sent within five minutes of the opt-out or never (47 CFR 64.1200(a)(12)). So are other replies to
# keywords: a late answer would surprise.
CONFIRM_WITHIN = timedelta(minutes=5)

# The source of a ledger entry that copies a suppression: this, and the number that it is copied from.
COPIED_FROM = "copied from"


@dataclass(frozen=True)
class Actor:
    """Who acts for the team: a member, an import or an API key, with its present name."""

    origin: Origin
    name: str
    id: int | None = None

    @classmethod
    def of(cls, member: Member) -> "Actor":
        return cls(Origin.MEMBER, str(member), member.id)


@dataclass(frozen=True)
class StatedOptOut:
    """One number of a list of opt-outs, with the time and source that the list states."""

    number: str
    happened_at: datetime | None = None
    source: str = ""


@dataclass(frozen=True)
class KeywordOutcome:
    """The ledger entry that a keyword caused, and the reply that is due."""

    event: ConsentEvent | None = None
    reply: AutoReply | None = None


class Refusal(TextChoices):
    """Why a text may not be sent."""

    BLOCKED = "blocked", "This number is blocked."
    OPTED_OUT = "opted_out", "This number has opted out."
    OVERTAKEN = "overtaken", "Consent changed again before this reply was sent."
    TOO_LATE = "too_late", "This reply could not be sent within five minutes."
