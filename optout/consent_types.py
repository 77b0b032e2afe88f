"""Value types of consent: who acts, a stated opt-out, the outcome of a keyword, and why a text may not be sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import TextChoices

from accounts.audit.actions import ActorKind
from accounts.audit.recording import AuditActor
from accounts.models import Member
from optout.auto_replies import AutoReply
from optout.models import TOLD, ConsentEvent, Origin

# A confirmation is sent within five minutes of the opt-out or never (47 CFR 64.1200(a)(12)). So are other replies to
# keywords: a late answer would surprise.
CONFIRM_WITHIN = timedelta(minutes=5)

# The member who recorded an opt-out by mistake may retract it for this long.
RETRACT_WITHIN = timedelta(minutes=10)

# The reason of a ledger entry that retracts an opt-out.
RETRACTED = "retracted as a mistake"

# The beginning of the reason of a ledger entry that lifts an opt-out in own words that was misread.
MISREAD = "misread: "


@dataclass(frozen=True)
class Actor:
    """Who acts for the team: a member, an import or an API key, with its present name."""

    origin: Origin
    name: str
    id: int | None = None

    @classmethod
    def of(cls, member: Member) -> "Actor":
        return cls(Origin.MEMBER, str(member), member.id)

    @property
    def audit_actor(self) -> AuditActor:
        """The same actor for the audit log."""
        kinds = {Origin.MEMBER: ActorKind.MEMBER, Origin.API: ActorKind.API_KEY}
        return AuditActor(kinds.get(self.origin, ActorKind.SYSTEM), self.name, self.id or 0)

    def recording_the_persons_word(self) -> "Actor":
        """The same actor, who records what the person said: the opt-out is then the person's own."""
        return replace(self, origin=TOLD.get(self.origin, self.origin))


@dataclass(frozen=True)
class StatedOptOut:
    """One number's opt-out, with the time and source that are stated for it, and the person's words.

    Without a time it counts as stated now. `source` is at most 200 characters long.
    """

    number: str
    happened_at: datetime | None = None
    source: str = ""
    words: str = ""


@dataclass(frozen=True)
class KeywordOutcome:
    """The ledger entry that a keyword caused, and the reply that is due."""

    event: ConsentEvent | None = None
    reply: AutoReply | None = None
    along: Mapping[str, int] = field(
        default_factory=dict
    )  # IDs of rows that were written along with the entry


class Refusal(TextChoices):
    """Why a text may not be sent."""

    BLOCKED = "blocked", "This number is blocked."
    OPTED_OUT = "opted_out", "This number has opted out."
    HELD = (
        "held_for_review",
        "A text of this person may be an opt-out, and nobody has decided it yet.",
    )
    UNCONFIRMED = (
        "unconfirmed",
        "This person was asked to confirm that they want texts, and has not answered yet.",
    )
    NEVER_TEXTED = "never_texted", "Emergency and premium-rate numbers are never texted."
    NO_NUMBER = "no_number", "A text can only go to a phone number."
    OWN_NUMBER = "own_number", "This is the inbox’s own number. A text cannot go from it to itself."
    SHORT_CODE = "short_code", "Your team does not text short codes."
    UNFILLED = "unfilled_field", "This text has a field that is not filled."
    OVERTAKEN = "overtaken", "Consent changed again before this reply was sent."
    TOO_LATE = "too_late", "This reply could not be sent within five minutes."
