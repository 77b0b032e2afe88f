"""Texts to review: those that wait for a decision in a member's inboxes, the oldest due first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Inbox, Member
from kernel.loading import Loader
from messaging.inbox import inbox_ids_of
from messaging.models import Conversation, Message
from optout.business_days import business_days_left
from optout.review_wording import KIND_NAMES, describe_due, describe_reason
from optout.reviews import Review, ReviewKind, ReviewOutcome

UNDO_WITHIN = timedelta(seconds=10)  # the page shows Undo for so long
_UNDOABLE = (ReviewOutcome.OPTED_OUT, ReviewOutcome.DISMISSED)
SHOWN = 100  # texts; the next ones appear as these are decided


@dataclass(frozen=True)
class TextToReview:
    """A text that waits for a decision, in its conversation."""

    review: Review
    body: str
    conversation: Conversation
    today: date  # in the team's time zone

    @property
    def kind(self) -> str:
        return KIND_NAMES[ReviewKind(self.review.kind)]

    @property
    def reason(self) -> str:
        return describe_reason(self.review)

    @property
    def days_left(self) -> int | None:
        """Business days until the decision is due. None if it is never due."""
        return business_days_left(self.today, self.review.due_on) if self.review.due_on else None

    @property
    def due(self) -> str:
        return "" if self.days_left is None else describe_due(self.days_left)

    @property
    def is_urgent(self) -> bool:
        return self.days_left is not None and self.days_left <= 1


@dataclass(frozen=True)
class KindCount:
    """How many texts of one kind wait; the kind is empty for all."""

    kind: str
    name: str
    count: int


@dataclass(frozen=True)
class ReviewCounts:
    """How many texts wait in the inboxes that a member sees, by kind."""

    by_kind: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_kind.values())

    @property
    def choices(self) -> list[KindCount]:
        """The filters that are worth choosing from: all, and the kinds that wait."""
        kinds = [KindCount(kind, name, self.by_kind.get(kind, 0)) for kind, name in KIND_NAMES.items()]
        return [KindCount("", "All", self.total), *(kind for kind in kinds if kind.count)]


@dataclass(frozen=True)
class TextsToReview:
    """The first texts to review, the oldest due first."""

    texts: list[TextToReview]
    more: bool

    @classmethod
    def loader(cls, member: Member, inbox: Inbox | None, kind: str, today: date) -> Loader[Self]:
        (reviews,) = yield [_in_order(_open_reviews(member, inbox, kind))[: SHOWN + 1]]
        texts = yield from _details_loader(member, reviews[:SHOWN], today)
        return cls(texts, len(reviews) > SHOWN)


def read_kind(name: str | None) -> str:
    """The kind in an address; empty for all."""
    return name if name in ReviewKind.values else ""


def review_counts_loader(member: Member, inbox: Inbox | None) -> Loader[ReviewCounts]:
    (rows,) = yield [_open_reviews(member, inbox).values_list("kind").annotate(Count("id")).order_by()]
    return ReviewCounts(dict(rows))


def next_to_review(member: Member, inbox: Inbox | None, kind: str, decided: Review) -> Review | None:
    """The text to review that follows a decided one, or the first one."""
    waiting = list(_in_order(_open_reviews(member, inbox, kind).exclude(id=decided.id))[: SHOWN + 1])
    following = (review for review in waiting if _place(review) > _place(decided))
    return next(following, waiting[0] if waiting else None)


@dataclass(frozen=True)
class DecisionToUndo:
    """A decision that the member made a moment ago."""

    conversation_id: int
    message_id: int
    opted_out: bool  # otherwise it was no opt-out


def decision_to_undo_loader(member: Member, message_id: int | None) -> Loader[DecisionToUndo | None]:
    """The member's own decision about a text, for ten seconds."""
    if message_id is None:
        return None
    conversations = Conversation.objects.filter(
        team_id=member.team_id, inbox_id=OuterRef("inbox_id"), number=OuterRef("number")
    )
    decided = Review.objects.filter(
        team_id=member.team_id,
        message_id=message_id,
        decided_by_id=member.id,
        decided_at__gte=timezone.now() - UNDO_WITHIN,
        outcome__in=_UNDOABLE,
    ).annotate(conversation_id=Subquery(conversations.values("id")[:1]))
    (found,) = yield [decided]
    opted_out = ReviewOutcome.OPTED_OUT
    return (
        DecisionToUndo(found[0].conversation_id, message_id, found[0].outcome == opted_out) if found else None
    )


def find_conversation_of(review: Review) -> Conversation:
    found: Conversation = Conversation.objects.get(
        team_id=review.team_id, inbox_id=review.inbox_id, number=review.number
    )
    return found


def _place(review: Review) -> tuple[date, int]:
    return review.due_on or date.max, review.id


def _in_order(reviews: QuerySet[Review]) -> QuerySet[Review]:
    return reviews.order_by(F("due_on").asc(nulls_last=True), "id")


def _open_reviews(member: Member, inbox: Inbox | None, kind: str = "") -> QuerySet[Review]:
    reviews = Review.objects.filter(team_id=member.team_id, outcome=ReviewOutcome.OPEN).exclude(number="")
    inbox_ids = inbox_ids_of(member, inbox)
    if inbox_ids is not None:
        reviews = reviews.filter(inbox_id__in=inbox_ids)
    return reviews.filter(kind=kind) if kind else reviews


def _details_loader(member: Member, reviews: list[Review], today: date) -> Loader[list[TextToReview]]:
    texts, conversations = yield [_bodies(member, reviews), _conversations(member, reviews)]
    bodies = dict(texts)
    by_place = {(row.inbox_id, row.number): row for row in conversations}
    return [
        TextToReview(review, bodies[review.message_id], by_place[place], today)
        for review in reviews
        if review.message_id in bodies and (place := (review.inbox_id, review.number)) in by_place
    ]


def _bodies(member: Member, reviews: list[Review]) -> QuerySet[Message, Any]:
    ids = [review.message_id for review in reviews]
    return Message.objects.filter(team_id=member.team_id, id__in=ids).values_list("id", "body")


def _conversations(member: Member, reviews: list[Review]) -> QuerySet[Conversation]:
    rows: Any = Conversation.objects.filter(
        team_id=member.team_id,
        inbox_id__in={review.inbox_id for review in reviews},
        number__in={review.number for review in reviews},
    )
    rows = rows.with_standing(member.team, inbox="inbox_id").select_related("contact", "inbox")
    found: QuerySet[Conversation] = rows
    return found
