"""Reviews in a thread: at each text why it waits for a decision, and which of them the keys decide."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from kernel.loading import Loader
from messaging.models import Conversation, Message
from optout.ledger import concerning, opt_ins
from optout.models import ConsentEvent
from optout.review_wording import describe_reason
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
    def note(self) -> str:
        """How a review without a ledger entry of its own was decided; empty for the others."""
        if self.review.outcome != ReviewOutcome.DONE or self.review.decision_event_id:
            return ""
        done = "Called" if self.review.kind == ReviewKind.APPOINTMENT else "Left opted out"
        return f"{done} by {self.review.decided_by_name}"

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


def reviews_loader(
    conversation: Conversation, texts: Iterable[Message], chosen: int | None
) -> Loader[dict[int, TextReview]]:
    """The reviews of inbound texts by message ID.

    The keys decide the text that the member chose in To review, otherwise the newest one.
    """
    inbound = [text for text in texts if not text.outbound]
    team_id = conversation.team_id
    rows, newest_opt_in = yield [
        Review.objects.filter(team_id=team_id, message_id__in=[text.id for text in inbound]),
        opt_ins(team_id, conversation.number).filter(concerning(conversation.inbox_id))[:1],
    ]
    reviews = {text.id: TextReview(_unrecorded(text)) for text in inbound if text.possible_opt_out}
    reviews |= {row.message_id: TextReview(row) for row in rows}
    for opt_in in newest_opt_in:
        reviews = _with_overtaken(opt_in, reviews)
    return _with_keys(reviews, chosen)


def _unrecorded(text: Message) -> Review:
    """The review of a text that was marked before reviews were recorded."""
    return Review(team_id=text.team_id, message_id=text.id, kind=ReviewKind.MARK, at=text.at)


def _with_overtaken(opt_in: ConsentEvent, reviews: dict[int, TextReview]) -> dict[int, TextReview]:
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
