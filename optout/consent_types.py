"""FIXME module docstring."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices

from accounts.models import Member
from optout.auto_replies import AutoReply
from optout.models import ConsentEvent, Origin

# A confirmation leaves within five minutes of the opt-out or never (47 CFR 64.1200(a)(12)).
CONFIRM_WITHIN = timedelta(minutes=5)


class Refusal(TextChoices):
    """Why a text may not leave."""

    BLOCKED = "blocked", "This number is blocked."
    OPTED_OUT = "opted_out", "This number has opted out."
    OVERTAKEN = "overtaken", "Consent changed again before this answer left."
    TOO_LATE = "too_late", "The answer could not leave within five minutes of the opt-out."


# How the source of a line begins that repeats for one number what stood on another.
COPIED_FROM = "carried over from"


@dataclass(frozen=True)
class Actor:
    """Who among us does it: a member, an import or an API key, with the name as it is now."""

    origin: Origin
    name: str
    id: int | None = None

    @classmethod
    def of(cls, member: Member) -> "Actor":
        return cls(Origin.MEMBER, str(member), member.id)


@dataclass(frozen=True)
class StatedOptOut:
    """One number's part of a list of opt-outs: when the person said so, and where, as the list has it."""

    number: str
    happened_at: datetime | None = None
    source: str = ""


@dataclass(frozen=True)
class KeywordOutcome:
    """What a text did to the standing of its number."""

    event: ConsentEvent | None = None
    reply: AutoReply | None = None
