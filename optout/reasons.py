"""Reasons that a member gives for a change of a number's standing. The ledger keeps their labels."""

from django.db.models import TextChoices


class OptOutReason(TextChoices):
    """Why a member opts a number out. Two of the reasons are the person's own word: those with a source."""

    ASKED = "asked", "They asked us"
    WROTE = "wrote", "They wrote it in a text"
    DECISION = "decision", "Our decision"

    @property
    def source(self) -> str:
        """Where the person said it; empty for the team's decision."""
        return {"asked": "Told to the team", "wrote": "A text to the team"}.get(self.value, "")

    @property
    def help_text(self) -> str:
        """Who can lift the opt-out; see optout.lifting_rules."""
        return "Only START or recorded consent lifts it." if self.source else "Your team can lift it again."


class LiftReason(TextChoices):
    """Why a member lifts the team's own opt-outs without evidence. Consent takes FreshConsentForm."""

    MISTAKE = "mistake", "It was a mistake"
    DECISION = "decision", "We changed our decision"


class BlockReason(TextChoices):
    SPAM = "spam", "Spam"
    ABUSE = "abuse", "Abuse"
    WRONG_NUMBER = "wrong_number", "Wrong number"
    OTHER = "other", "Another reason"


class UnblockReason(TextChoices):
    MISTAKE = "mistake", "It was a mistake"
    DECISION = "decision", "We changed our decision"
    OTHER = "other", "Another reason"


# Labels that continue a sentence in lower case.
LABELS = {
    str(reason.label) for kind in (OptOutReason, LiftReason, BlockReason, UnblockReason) for reason in kind
}
