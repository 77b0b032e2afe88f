"""Mark of a broadcast's texts in a thread: the broadcast's name, read with the texts."""

from django.db.models import OuterRef, QuerySet, Subquery

from messaging.broadcasts.models import Broadcast
from messaging.models import Message


def with_broadcast_names(texts: QuerySet[Message], team_id: int) -> QuerySet[Message]:
    """Annotate `broadcast_name`: the name of the broadcast that a text belongs to; None for other texts."""
    rows = Broadcast.objects.filter(team_id=team_id, id=OuterRef("broadcast_id"))
    return texts.annotate(broadcast_name=Subquery(rows.values("name")[:1]))
