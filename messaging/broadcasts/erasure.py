"""Erasure of a broadcast's recipients: their numbers are removed, and what became of them stays for the figures."""

from collections.abc import Sequence

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import Broadcast, BroadcastRecipient, RecipientState

ERASED = "erased "  # begins what stands in place of a number, which stays unique in its broadcast


def erase_recipients(team_id: int, numbers: Sequence[str]) -> None:
    """In the scope of the team, under the locks of the numbers. Who has no text yet gets none."""
    broadcasts = Broadcast.objects.filter(team_id=team_id).values("id")
    rows = BroadcastRecipient.objects.filter(team_id=team_id, broadcast_id__in=broadcasts, number__in=numbers)
    unsent = Q(state__in=[RecipientState.WAITING, RecipientState.HELD])
    rows.update(
        number=Concat(Value(ERASED), Cast("id", CharField())),
        contact_id=None,
        reason=Case(When(unsent, then=Value(LeftOut.GONE)), default=F("reason")),
        at=Case(When(unsent, then=Coalesce("at", Value(timezone.now()))), default=F("at")),
        state=Case(When(unsent, then=Value(RecipientState.LEFT_OUT)), default=F("state")),
    )
