"""Claims of a webhook: the inboxes that have its account and number, and those of them whose credentials signed it.

Several teams may claim one number. Every claim whose token verifies the signature receives the text, the one that was
proved first replies, and the others learn nothing.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.utils import timezone

from accounts.inbox_addresses import canonical_address
from accounts.models import Inbox
from accounts.scope_lookups import inboxes_by_address
from kernel import phone_numbers
from kernel.tenancy import scope
from messaging.arrival import received_texts
from messaging.carriers.webhooks import BadWebhook, InboundEvent, Webhook
from messaging.models import Conversation

# Settings shows roughly when the last webhook came; writing each time would make the inbox's row a bottleneck.
MARK_INTERVAL = timedelta(minutes=1)
# Seconds for which a process caches the inboxes of an address, with their tokens, to save a query for each text.
# Changes in Settings take that much longer to apply. Standings are never cached.
CACHE_SECONDS = 1.0


def find_signers(webhook: Webhook, address: str) -> list[Inbox]:
    """The inboxes whose credentials signed this webhook, the one that was proved first at the beginning.

    `address` is our side of the text: a number, or a further address of an inbox, as may be the Messaging Service that
    the webhook names. An agent, a WhatsApp sender or a service that no inbox has means the inboxes of the account.
    Raises BadWebhook: 404 if no inbox has the address, 403 if none made the signature.
    """
    candidates = _candidates(webhook, address)
    signers = [inbox for inbox in candidates if webhook.is_signed_by(inbox)]
    if not signers:
        for inbox in _informed(candidates):
            _mark(inbox, "last_signature_failure_at")
        raise BadWebhook(403, "The signature is missing or wrong.")
    return signers


def one_of_each_team(signers: list[Inbox], event: InboundEvent) -> list[Inbox]:
    """One inbox of each team, for a text: the one that has its number. Of others the one that has the text already,
    else the one whose conversation with the person is the newest, else the oldest. Raises BadWebhook.
    """
    teams: dict[int, list[Inbox]] = {}
    for inbox in signers:
        teams.setdefault(inbox.team_id, []).append(inbox)
    return [
        inboxes[0] if has_number(inboxes[0], event.ours) else _receiver(inboxes, event)
        for inboxes in teams.values()
    ]


def has_number(inbox: Inbox, address: str) -> bool:
    """Whether an address, as a carrier writes it, is the inbox's number; otherwise it is one of the further ones."""
    return phone_numbers.from_carrier(address, inbox.team.country) == inbox.number


def mark_received(inbox: Inbox) -> None:
    """Note that a webhook arrived. The first also proves the inbox's credentials."""
    _mark(inbox, "last_webhook_at")
    if inbox.verified_at is None:
        _update(inbox, verified_at=timezone.now())


def note_address(inbox: Inbox, address: str, service: str) -> None:
    """Note our side of a text that this inbox received although no inbox has its address; the page offers to add it."""
    if has_number(inbox, address):
        return
    found = canonical_address(address) or service
    if found != inbox.unlisted_address and not {found, service} & set(inbox.further_addresses):
        _update(inbox, unlisted_address=found)


def _receiver(inboxes: list[Inbox], event: InboundEvent) -> Inbox:
    """The inbox that receives a text to a further address. Meanwhile the address may have come to another inbox."""
    team_id, text = inboxes[0].team_id, event.parse(inboxes[0].team.country)
    by_id = {inbox.id: inbox for inbox in inboxes}
    with scope(team_id):
        if stored := received_texts(team_id, [text.carrier_id]).select_related("inbox__team").first():
            return stored.inbox
        used = Conversation.objects.filter(team_id=team_id, inbox_id__in=by_id, number=text.sender)
        id = used.order_by("-last_message_at").values_list("inbox_id", flat=True).first()
    return by_id[id or min(by_id)]


def _informed(candidates: list[Inbox]) -> list[Inbox]:
    """The inboxes whose page shows a wrong signature: an unproved claim does not learn of texts to a proved one."""
    return [inbox for inbox in candidates if inbox.verified_at] or candidates


def _candidates(webhook: Webhook, address: str) -> list[Inbox]:
    addresses = tuple(_our_addresses(address, webhook.service))
    if CACHE_SECONDS:
        found = _find_cached(int(time.monotonic() / CACHE_SECONDS), webhook.account, addresses)
    else:
        found = _find(webhook.account, addresses)
    if candidates := [inbox for inbox in found if inbox.carrier in webhook.carriers]:
        return candidates
    raise BadWebhook(404, "No inbox has this account and number.")


def _our_addresses(address: str, service: str) -> Iterator[str | None]:
    """What an inbox may be found by, in this order; None for any inbox of the account, as for an empty address."""
    if not address:
        yield None
        return
    number = phone_numbers.from_carrier(address, "US")
    if phone_numbers.is_number(number):
        yield phone_numbers.dialled(number)
    if listed := canonical_address(address):
        yield listed
    if service:
        yield service
    if service or phone_numbers.channel_of(address):
        yield None


@lru_cache(maxsize=1024)
def _find_cached(moment: int, account: str, addresses: tuple[str | None, ...]) -> list[Inbox]:
    return _find(account, addresses)


def _find(account: str, addresses: tuple[str | None, ...]) -> list[Inbox]:
    for address in addresses:
        if candidates := inboxes_by_address(account, address):
            return candidates
    raise BadWebhook(404, "No inbox has this account and number.")


def _mark(inbox: Inbox, field: str) -> None:
    last = getattr(inbox, field)
    if last is None or last < timezone.now() - MARK_INTERVAL:
        _update(inbox, **{field: timezone.now()})


def _update(inbox: Inbox, **columns: Any) -> None:
    with scope(inbox.team_id):
        Inbox.objects.filter(team_id=inbox.team_id, id=inbox.id).update(**columns)
    for name, value in columns.items():
        setattr(inbox, name, value)  # the cached inbox, so that the next webhook does not write again
