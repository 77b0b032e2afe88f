"""Lookups of line types: the carrier of an inbox is asked about the numbers that wait, some at a time.

A batch is taken by one worker for LEASE; a killed worker's numbers are asked about again then. No lookup delays a text:
a number about which the carrier does not tell is unknown, and gets broadcasts.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Inbox
from kernel import change_tokens
from kernel.tenancy import scope
from messaging.broadcasts.carrier_trouble import is_of_inbox
from messaging.carriers.base import SendError
from messaging.carriers.registry import adapter_for
from messaging.line_types.kinds import LineKind
from messaging.line_types.models import LineType

log = logging.getLogger(__name__)

BATCH = 20  # numbers of an inbox in each round of the sweep, which is every two seconds
LEASE = timedelta(minutes=5)
TROUBLE_WAIT = timedelta(seconds=30)  # before the inbox's other numbers, after the carrier did not answer


def look_up_batch(team_id: int, inbox_id: int) -> None:
    """Ask the carrier about the next numbers of an inbox. Outside any scope: it calls the network."""
    with scope(team_id):
        inbox = Inbox.objects.select_related("team").get(team_id=team_id, id=inbox_id)
        numbers = _take(inbox)
    for at, number in enumerate(numbers):
        kind, error = _ask(inbox, number)
        with scope(team_id):
            _waiting(inbox).filter(number=number).update(kind=kind, due_at=None, looked_up_at=timezone.now())
            change_tokens.renew_on_commit(team_id)
            if error:
                return _stop(inbox, numbers[at + 1 :], error)
    return None


def _ask(inbox: Inbox, number: str) -> tuple[LineKind, SendError | None]:
    try:
        return adapter_for(inbox).line_kind(inbox, number), None
    except SendError as error:
        log.warning("the line type of a number was not told for inbox %s: %s", inbox.id, error)
        return LineKind.UNKNOWN, error


def _waiting(inbox: Inbox) -> QuerySet[LineType]:
    return LineType.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, due_at__isnull=False)


def _take(inbox: Inbox) -> list[str]:
    """The next numbers, kept from other workers for a while. None once the inbox is closed or looks none up."""
    now = timezone.now()
    if not (inbox.is_open and inbox.line_lookups):
        _waiting(inbox).update(kind=LineKind.UNKNOWN, due_at=None, looked_up_at=now)
        return []
    due = _waiting(inbox).filter(due_at__lte=now).select_for_update(no_key=True, skip_locked=True)
    rows = list(due.order_by("due_at", "id")[:BATCH])
    _waiting(inbox).filter(id__in=[row.id for row in rows]).update(due_at=now + LEASE)
    return [row.number for row in rows]


def _stop(inbox: Inbox, left: Sequence[str], error: SendError) -> None:
    """Ask no more if the carrier refuses the inbox itself; otherwise ask about the others a little later."""
    if is_of_inbox(error):
        _waiting(inbox).update(kind=LineKind.UNKNOWN, due_at=None, looked_up_at=timezone.now())
    else:
        _waiting(inbox).filter(number__in=left).update(due_at=timezone.now() + TROUBLE_WAIT)
