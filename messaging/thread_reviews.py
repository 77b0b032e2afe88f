"""Reviews in a thread: at each text why it waits for a decision, and which of them the keys decide."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from messaging.models import Conversation, Message
from optout.ledger import newest_opt_in
from optout.review_wording import describe_day, describe_reason
from optout.reviews import Review, ReviewKind, ReviewOutcome

MAY_BE_OPT_OUT = (ReviewKind.HOLD, ReviewKind.MARK)


@dataclass(frozen=True)
class TextReview:
    """The review of a text in a thread."""

    review: Review
    overtaken: bool = False  # the person opted in since
    has_keys: bool = False  # whether o and n decide this text

    @property
    def reason(self) -> str:
        return describe_reason(self.review)

    @property
    def due(self) -> str:
        return describe_day(self.review.due_on) if self.review.due_on else ""

    @property
    def note(self) -> str:
        """How a review without a ledger entry of its own was decided; empty for the others."""
        by = f" by {self.review.decided_by_name}" if self.review.decided_by_name else ""
        if self.review.kind == ReviewKind.APPOINTMENT and self.review.outcome == ReviewOutcome.DONE:
            return f"Called{by}"
        if self.review.kind == ReviewKind.WANTS_TEXTS and self.review.outcome == ReviewOutcome.DISMISSED:
            return f"Left opted out{by}"
        return ""

    @property
    def is_open(self) -> bool:
        return self.review.outcome == ReviewOutcome.OPEN

    @property
    def wants_texts(self) -> bool:
        return self.is_open and self.review.kind == ReviewKind.WANTS_TEXTS

    @property
    def may_be_opt_out(self) -> bool:
        return self.review.kind in MAY_BE_OPT_OUT

    @property
    def is_decidable(self) -> bool:
        """Whether it may be decided that the text is an opt-out or none."""
        return self.is_open and self.may_be_opt_out and not self.overtaken


def reviews_of_texts(
    conversation: Conversation, texts: Iterable[Message], chosen: int | None
) -> dict[int, TextReview]:
    """The reviews of inbound texts by message ID.

    The keys decide the text that the member chose in To review, otherwise the newest one.
    """
    ids = [text.id for text in texts if not text.outbound]
    rows = Review.objects.filter(team_id=conversation.team_id, message_id__in=ids) if ids else []
    reviews = {row.message_id: TextReview(row) for row in rows}
    if any(shown.is_decidable for shown in reviews.values()):
        reviews = _with_overtaken(conversation, reviews)
    return _with_keys(reviews, chosen)


def _with_overtaken(conversation: Conversation, reviews: dict[int, TextReview]) -> dict[int, TextReview]:
    opt_in = newest_opt_in(conversation.team_id, conversation.number)
    if not opt_in:
        return reviews
    return {
        id: replace(shown, overtaken=_is_later(opt_in.happened_at, shown.review))
        for id, shown in reviews.items()
    }


def _is_later(opted_in_at: datetime, review: Review) -> bool:
    return opted_in_at > review.at


def _with_keys(reviews: dict[int, TextReview], chosen: int | None) -> dict[int, TextReview]:
    decidable = [id for id, shown in reviews.items() if shown.is_decidable]
    keyed = (
        chosen if chosen in decidable else max(decidable, default=None, key=lambda id: reviews[id].review.at)
    )
    return {id: replace(shown, has_keys=id == keyed) for id, shown in reviews.items()}
