"""Arrival of an inbound text: the text, what it asks for, and the state of its number; and its rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet

from accounts.models import Inbox, KeywordResponder
from contacts.contact.models import Contact
from kernel.sql import InsertStatement, ReturnedId
from kernel.violations import violates
from kernel.writing import Writer
from messaging import webhook_events
from messaging.automatic_texts import due_automatic_text
from messaging.carriers.base import InboundText
from messaging.first_consent import first_text_statement
from messaging.groups.models import GroupRecipient
from messaging.media.models import Attachment, AttachmentState
from messaging.media.refusals import NOT_ARRIVED
from messaging.media.wakeups import wake_media_on_commit
from messaging.message_content import describe_content
from messaging.models import Conversation, Message, MessageStatus
from messaging.worker_wakeups import wake_on_commit
from optout.consent_types import Refusal
from optout.keyword_decision import may_answer_help
from optout.number_state import NumberState
from optout.reader.outcome import Outcome, TextReading

# Made once: each use of a manager makes a query.
_CONVERSATIONS, _CONTACTS = Conversation.objects.all(), Contact.objects.all()

# The first texts that are consent to an answer. An opt-in is recorded with its ledger entry.
_CONSENTING = (Outcome.CONVERSATION, Outcome.YES)


class AlreadyReceived(Exception):
    """The text is stored already. The transaction must be rolled back, so that nothing counts twice."""


@contextmanager
def refusing_second_delivery(text: InboundText) -> Iterator[None]:
    """Raises AlreadyReceived if the text is stored already."""
    try:
        yield
    except IntegrityError as error:
        if violates(error, "messaging_message_once"):
            raise AlreadyReceived(text.carrier_id) from None
        raise


def received_texts(team_id: int, carrier_ids: Sequence[str]) -> QuerySet[Message]:
    """Those of these texts that an inbox of the team has: their address may belong to another inbox by now."""
    inboxes = Inbox.objects.filter(team_id=team_id).values("id")
    return Message.objects.filter(
        team_id=team_id, inbox_id__in=inboxes, carrier_id__in=carrier_ids, outbound=False
    )


@dataclass(frozen=True)
class Arrival:
    """A text in the transaction that receives it. `before` is the state of its number, under its lock if it has one."""

    inbox: Inbox
    text: InboundText
    found: TextReading
    outcome: Outcome  # with the carrier's own reading
    before: NumberState
    may_cause_automatic_text: bool = False  # then the number is locked

    @property
    def team_id(self) -> int:
        return self.inbox.team_id

    @property
    def number(self) -> str:
        return self.text.sender

    @cached_property
    def at(self) -> datetime:
        return min(self.text.sent_at or self.before.now, self.before.now)

    @cached_property
    def blocked(self) -> bool:
        """A blocked number's text is kept as a receipt without content and notifies nobody. Its STOP still counts."""
        return self.before.standing.in_inbox(self.inbox.id).blocked

    def writer(self) -> Writer[dict[str, int]]:
        """Writer of conversation, message, contact and attachments, in one round trip. Returns their IDs."""
        written = yield self._receipt_inserts if self.blocked else self._content_inserts
        if not self.blocked:
            self._follow(written)
        return written

    def _follow(self, written: dict[str, int]) -> None:
        """What follows from the rows with these IDs: events for other systems, and work for workers."""
        if types := self.before.wanted_event_types:
            webhook_events.record_received(self.inbox, written, self._message, types)
        if any(name in self._automatic_text for name in written):
            wake_on_commit(self.team_id, written["conversation"])
        wake_media_on_commit(self.team_id, [written[name] for name in self._attachments])

    @property
    def _receipt_inserts(self) -> dict[str, InsertStatement]:
        return {
            "conversation": Conversation.objects.insert_closed(self.inbox, self.number, self.at),
            "message": Message.insert_statement(**self._receipt, reason=Refusal.BLOCKED),
        }

    @property
    def _content_inserts(self) -> dict[str, InsertStatement]:
        return {
            "conversation": _CONVERSATIONS.insert_inbound(
                self.inbox,
                self.number,
                self.at,
                describe_content(self.text.body, self.text.media),
                is_request=self.outcome.is_request,
                channel=self.text.channel,
            ),
            "message": Message.insert_statement(**self._message),
            "contact": _CONTACTS.ensure_statement(self.inbox, self.number, self.at, self.before.now),
            **self._attachments,
            **self._group_recipients,
            **self._first_consent,
            **self._automatic_text,
        }

    @cached_property
    def _message(self) -> dict[str, Any]:
        return self._receipt | self._content

    @property
    def _first_consent(self) -> dict[str, InsertStatement]:
        """The INSERT of the consent of a person who texts first: no text of this number, from us or to us, is older."""
        if self.text.others or self.found.may_be_opt_out or self.outcome not in _CONSENTING:
            return {}
        return {
            "consent": first_text_statement(self.inbox, self.number, self.text.body, self.at, self.before.now)
        }

    @cached_property
    def _automatic_text(self) -> dict[str, InsertStatement]:
        """The INSERTs of the automatic text that the text causes, if any."""
        if not self.may_cause_automatic_text:
            return {}
        return due_automatic_text(self.inbox, self.text, self.before, self.found.language)

    @property
    def _receipt(self) -> dict[str, Any]:
        return {
            "team_id": self.team_id,
            "conversation_id": ReturnedId("conversation"),
            "inbox_id": self.inbox.id,
            "number": self.number,
            "outbound": False,
            "status": MessageStatus.RECEIVED,
            "segments": self.text.segments,
            "carrier_id": self.text.carrier_id,
            "channel": self.text.channel,
            "at": self.at,
            "created_at": self.before.now,
        }

    @property
    def _content(self) -> dict[str, Any]:
        held = self.outcome is Outcome.HOLD
        marked = self.outcome is Outcome.CONVERSATION and self.found.may_be_opt_out
        return {
            "starts_conversation": ReturnedId("conversation", "starts_conversation"),
            "body": self.text.body,
            **self._media,
            "possible_opt_out": held or marked,
            "reason": Refusal.OPTED_OUT if self._is_unanswered_help else "",
        }

    @property
    def _media(self) -> dict[str, Any]:
        media = [{"url": url, "type": content_type} for url, content_type in self.text.media]
        return {"media": media} if media else {}

    @property
    def _is_unanswered_help(self) -> bool:
        """Whether it is a HELP that we would answer, had the person not opted out. The thread says so."""
        if self.outcome is not Outcome.HELP or self.inbox.keyword_responder == KeywordResponder.CARRIER:
            return False
        return not may_answer_help(self.inbox, self.before.standing)

    @property
    def _group_recipients(self) -> dict[str, InsertStatement]:
        return {
            f"other{position}": GroupRecipient.insert_statement(
                team_id=self.team_id, message_id=ReturnedId("message"), number=number, position=position
            )
            for position, number in enumerate(self.text.others)
        }

    @cached_property
    def _attachments(self) -> dict[str, InsertStatement]:
        """The INSERT of each attachment, by a name for it. A worker fetches them; one that did not arrive is gone."""
        return {
            f"attachment{position}": Attachment.insert_statement(
                team_id=self.team_id,
                message_id=ReturnedId("message"),
                position=position,
                state=AttachmentState.WAITING if url else AttachmentState.GONE,
                reason="" if url else NOT_ARRIVED,
                source_url=url,
                content_type=content_type[:100],
                due_at=self.before.now if url else None,
                created_at=self.before.now,
            )
            for position, (url, content_type) in enumerate(self.text.media)
        }
