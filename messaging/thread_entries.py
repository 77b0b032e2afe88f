"""Entries of a thread: a text with what is shown at it, a change of standing, and the heading of a day."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from kernel.phone_numbers import CHANNELS
from kernel.visible_text import has_visible_characters
from messaging.consent_by_text import consent_form_of
from messaging.media.models import Attachment
from messaging.message_content import EMPTY, describe_attachment, media_pairs
from messaging.message_status import MessageStatusView, describe_status
from messaging.models import AUTOMATIC, RESENDABLE, Message, MessagePurpose
from messaging.thread_reactions import ShownReaction
from messaging.thread_reviews import TextReview
from optout import wording
from optout.consent_types import Refusal
from optout.forms import FreshConsentForm
from optout.models import ConsentEvent

# Texts of one sender that follow each other within this time share one line with name and time.
GROUP_GAP = timedelta(minutes=5)


@dataclass
class ThreadText:
    """A text in a thread."""

    message: Message
    starts: bool = True  # whether it is the first text of a group
    sent_again: bool = False  # whether the same words were sent later
    opt_in_note: str = ""  # of an opt-in that is being checked, or was not applied
    review: TextReview | None = None
    opt_out: ConsentEvent | None = None  # the entry of an opt-out in the person's own words
    reaction: ShownReaction | None = None  # to a text that is not shown
    reactions: list[ShownReaction] = field(default_factory=list)  # to this text
    attachments: list[Attachment] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  # names of the other members of the group that got it
    undo_seconds: int = 0  # in which the page offers to take it back
    kind = "text"

    @property
    def at(self) -> datetime:
        return self.message.at

    @property
    def order(self) -> tuple[datetime, int, int]:
        return self.message.at, 0, self.message.id

    @property
    def status_view(self) -> MessageStatusView | None:
        return describe_status(self.message) if self.message.outbound else None

    @property
    def sender(self) -> str:
        """The sender of an outbound text. The page shows the contact's name elsewhere."""
        if self.message.purpose in AUTOMATIC:
            return f"{self.message.get_purpose_display()}, automatic"
        if self.message.purpose != MessagePurpose.TEXT:
            return "Automatic reply"
        return self.message.author_name or "Your team"

    @property
    def broadcast_name(self) -> str:
        """The name of the broadcast that it is a text of; empty for other texts."""
        return getattr(self.message, "broadcast_name", None) or ""

    @property
    def has_words(self) -> bool:
        return has_visible_characters(self.message.body)

    @property
    def is_erased(self) -> bool:
        """Whether the retention rule erased all that it had."""
        return self.message.erased_at is not None and not (self.has_words or self.message.media)

    @property
    def files_are_erased(self) -> bool:
        """Whether the retention rule erased its attachments alone."""
        return self.message.erased_at is not None and self.has_words

    @property
    def absence(self) -> str:
        """Why there is nothing to show, in a sentence; empty if there are words or attachments."""
        if self.has_words or self.message.media:
            return ""
        if self.message.outbound:
            return "This text was erased."
        if not self.message.number or self.message.reason:
            return "The content of this text was not kept."
        return f"{EMPTY}."

    @property
    def unanswered_note(self) -> str:
        """Why a HELP got no answer, in a sentence."""
        if self.message.outbound or self.message.reason != Refusal.OPTED_OUT:
            return ""
        return "Not answered, because this person had opted out. Only short codes and Canadian numbers get an answer."

    @property
    def content_key(self) -> tuple[str, ...]:
        """Equal for a text and for the same text that is sent again."""
        files = (file.get("copied_from") or file.get("file", "") for file in self.message.media)
        return (self.message.body, *files)

    @property
    def unfetched(self) -> list[str]:
        """What came with a text before attachments were stored: what each is."""
        media = [] if self.attachments else media_pairs(self.message.media)
        return [describe_attachment(url, kind) for url, kind in media]

    @property
    def consent_form(self) -> FreshConsentForm | None:
        """The form of fresh consent of a text that wishes to be texted again."""
        wants_texts = self.review is not None and self.review.wants_texts
        return consent_form_of(self.message) if wants_texts else None

    @property
    def channel(self) -> str:
        return CHANNELS.get(self.message.channel, "")

    @property
    def can_resend(self) -> bool:
        is_text = self.message.purpose == MessagePurpose.TEXT
        used = self.is_erased or self.sent_again or self.message.sent_again_id is not None
        return self.message.status in RESENDABLE and is_text and not used

    def react(self, reaction: ShownReaction) -> None:
        """Add a reaction, or take off the one that it removes."""
        self.reactions = [given for given in self.reactions if given.emoji != reaction.emoji]
        if not reaction.removed:
            self.reactions.append(reaction)

    def continues_group_of(self, other: Any) -> bool:
        return (
            isinstance(other, ThreadText)
            and (other.message.outbound, other.sender) == (self.message.outbound, self.sender)
            and self.at - other.at < GROUP_GAP
        )


@dataclass
class ThreadChange:
    """A change of standing in a thread."""

    event: ConsentEvent
    effects: str = ""  # what an opt-out also did
    kind = "change"

    @property
    def at(self) -> datetime:
        return self.event.happened_at

    @property
    def order(self) -> tuple[datetime, int, int]:
        return self.event.happened_at, 1, self.event.position

    @property
    def sentence(self) -> str:
        return wording.describe_entry(self.event)


@dataclass
class ThreadDay:
    """The heading of a day in a thread."""

    date: date
    kind = "day"
