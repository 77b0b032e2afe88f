"""Reasons for which a broadcast leaves a person out: one enum for counts, lists, exports and the claim."""

from django.db.models import TextChoices


class LeftOut(TextChoices):
    """Why a person of the audience gets no text. Where several apply, the first in this order is given."""

    NOT_TEXTABLE = "not_textable", "This number cannot be texted"  # emergency, premium, short, invalid
    GONE = "gone", "No longer a contact with this number"
    BLOCKED = "blocked", "Blocked"
    OPTED_OUT = "opted_out", "Opted out"
    ONE_INBOX = "one_inbox", "Opted out of the inbox that would write"
    HELD = "held", "Held for review"
    SUPPRESSED = "suppressed", "On a suppression list of the team"
    NO_CONSENT = "no_consent", "No consent of the right kind on record"
    UNCONFIRMED = "unconfirmed", "Has not confirmed the double opt-in"
    LANDLINE = "landline", "Landline"
    NO_INBOX = "no_inbox", "No open inbox to write from"
    TEXTED_TODAY = "texted_today", "Texted by this list today"
    TOO_OFTEN = "too_often", "Had as many broadcasts this week as the team allows"
    UNFILLED = "unfilled", "A field of the text has no value"


def describe_left_out(reason: str, inbox: str) -> str:
    """The reason for one person, whom the inbox of this name would have texted: "Opted out of Billing"."""
    return f"Opted out of {inbox}" if inbox and reason == LeftOut.ONE_INBOX else str(LeftOut(reason).label)
