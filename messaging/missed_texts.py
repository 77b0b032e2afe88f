"""Missed texts: inbound texts that the carrier took while our webhook was unreachable are fetched from its list."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Inbox
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.carriers.registry import adapter_for
from messaging.inbound import AlreadyReceived, receive
from messaging.models import Message
from optout.keywords import KeywordIntent, read_intent

# A fetch begins this long before the previous fetch: carriers may list a text some time after taking it.
OVERLAP = timedelta(minutes=10)


def fetch_missed(team_id: int, inbox_id: int) -> int:
    """Receive the texts of an inbox that its webhooks did not bring, in the order they were sent. Returns how many.

    Raises SendError if the carrier's list cannot be read. Outside any scope: it calls the network.
    """
    started = timezone.now()
    with scope(team_id):
        inbox = Inbox.objects.select_related("team").get(team_id=team_id, id=inbox_id)
    since = (inbox.fetched_until or inbox.created_at) - OVERLAP
    texts = list(adapter_for(inbox).recent(inbox, since))
    with scope(team_id):
        known = set(
            Message.objects.filter(
                team_id=team_id, inbox_id=inbox_id, carrier_id__in=[text.carrier_id for text in texts]
            ).values_list("carrier_id", flat=True)
        )
    # Carriers' times have whole seconds: of two texts of one second the STOP comes last, so that it counts.
    missed = sorted(
        (text for text in texts if text.carrier_id not in known),
        key=lambda text: (text.sent_at or started, read_intent(text.body) is KeywordIntent.STOP),
    )
    received = sum(_receive_late(inbox, text) for text in missed)
    with scope(team_id):
        Inbox.objects.filter(team_id=team_id, id=inbox_id).update(fetched_until=started)
    return received


def _receive_late(inbox: Inbox, text: InboundText) -> bool:
    try:
        receive(inbox, text)
    except AlreadyReceived:  # its webhook came meanwhile
        return False
    return True
