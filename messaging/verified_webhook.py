"""A carrier's webhook whose signature was checked: what it asks for, inbox by inbox, and how that is carried out."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse

from accounts.models import Inbox
from kernel import pacing
from kernel.tenancy import scope
from messaging import opt_out_latency
from messaging.arrival import AlreadyReceived
from messaging.carriers import nonces
from messaging.carriers.base import InboundText
from messaging.carriers.webhooks import BadWebhook, InboundEvent, StatusEvent, Webhook
from messaging.inbound import ReadText, read_inbound, store
from messaging.inbound_parts.receipt import receive_part
from messaging.status_reports import apply_status_report
from messaging.webhook_claims import find_signers, mark_received, note_address, one_of_each_team
from optout.models import ConsentEvent

# Key in a request's environ: the request's arrival, by perf_counter. The first code that handles the request sets it.
ARRIVED_AT = "heymarket.entered"

# Reads a request, without checking its signature. Raises BadWebhook.
type ReadRequest = Callable[[HttpRequest], Webhook]


@dataclass(frozen=True)
class TextForInbox:
    """An inbound text for an inbox that claims it. With `replies` false, another inbox sends the automatic reply."""

    inbox: Inbox
    text: InboundText
    ours: str  # the address that it came to
    replies: bool
    read: ReadText | None  # None for a part of a text


@dataclass
class VerifiedWebhook:
    webhook: Webhook
    arrived_at: float
    tasks: list[TextForInbox | StatusEvent]
    refusals: list[BadWebhook]  # of events that could not be read; they stop no other

    @property
    def senders(self) -> set[str]:
        return {task.text.sender for task in self.tasks if isinstance(task, TextForInbox)}

    @property
    def sharing(self) -> ReadText | None:
        """Its text, if it is one text for one inbox and nothing else, and may be stored together with others."""
        match self.tasks, self.refusals:
            case [TextForInbox(read=ReadText(may_share=True) as read)], []:
                return read
        return None

    def carry_out(self) -> None:
        """Do all tasks. Raises the first BadWebhook at the end."""
        refusals = list(self.refusals)
        for task in self.tasks:
            try:
                if isinstance(task, TextForInbox):
                    self._receive(task)
                else:
                    self._report(task)
            except BadWebhook as refusal:
                refusals.append(refusal)
        if refusals:
            raise refusals[0]

    def answer(self) -> HttpResponse:
        """The answer, once everything is committed."""
        nonces.mark_used(self.webhook)
        content, content_type = self.webhook.answer
        return HttpResponse(content, content_type=content_type)

    def answer_stored(self, event: ConsentEvent | None) -> HttpResponse:
        """The answer to a webhook whose text was stored with others and caused this ledger entry, if any."""
        for task in self.tasks:
            if isinstance(task, TextForInbox):
                self._note_receipt(task, event)
        return self.answer()

    def _note_receipt(self, task: TextForInbox, event: ConsentEvent | None) -> None:
        opt_out_latency.measure(event, self.arrived_at)
        mark_received(task.inbox)
        note_address(task.inbox, task.ours, self.webhook.service)

    def _receive(self, task: TextForInbox) -> None:
        """Receive the text. An inbox that has it already changes nothing."""
        try:
            if task.read:
                event = store(task.read)
            else:
                event = receive_part(task.inbox, task.text, replies=task.replies)
        except AlreadyReceived:
            return
        self._note_receipt(task, event)

    def _report(self, event: StatusEvent) -> None:
        """Apply a status report."""
        for inbox in find_signers(self.webhook, event.ours):
            with scope(inbox.team_id):
                applied = apply_status_report(inbox, event.message_id, event.report)
            if applied:
                mark_received(inbox)
                return
        if not event.may_be_foreign:
            raise BadWebhook(404, "This inbox has not sent this text.")


def verify(request: HttpRequest, read: ReadRequest) -> VerifiedWebhook:
    """Check the form and signature of a webhook, and read its texts. Raises BadWebhook."""
    request.META.setdefault(ARRIVED_AT, time.perf_counter())
    webhook = read(request)  # once: the body is gone afterwards
    nonces.refuse_used(webhook)
    return with_reconnect(lambda: _verified(webhook, request.META[ARRIVED_AT]))


def _verified(webhook: Webhook, arrived_at: float) -> VerifiedWebhook:
    verified = VerifiedWebhook(webhook, arrived_at, [], [])
    for event in webhook.events:
        try:
            verified.tasks += _texts(webhook, event) if isinstance(event, InboundEvent) else [event]
        except BadWebhook as refusal:
            verified.refusals.append(refusal)
    return verified


def _texts(webhook: Webhook, event: InboundEvent) -> Iterator[TextForInbox]:
    """The text of an event, for each inbox that claims it."""
    pacing.text_arrived()
    signers = one_of_each_team(find_signers(webhook, event.ours), event)
    for inbox in signers:
        text, replies = event.parse(inbox.team.country), inbox is signers[0]
        read = None if text.part else read_inbound(inbox, text, replies=replies)
        yield TextForInbox(inbox, text, event.ours, replies, read)


def with_reconnect[T](step: Callable[[], T]) -> T:
    """Do a step of a webhook, and again if a reused connection proves dead: a webhook that comes twice counts once.

    This saves a health check of the connection before each webhook.
    """
    reused = connection.connection is not None
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return step()
    except (OperationalError, InterfaceError):
        if not reused:
            raise
        connection.close()
        return step()
