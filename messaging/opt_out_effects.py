"""What an opt-out by text also does: scheduled texts are cancelled; as its team chose, conversations are closed and the
contact leaves all lists. Of an opt-out from one inbox alone, only that inbox's texts and conversation are meant.
"""

from django.db.models import QuerySet

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.lists.models import ListEntry
from kernel.loading import Loader
from messaging.models import Conversation, OptOutEffects
from messaging.scheduling.schedule import cancel_for_opt_out
from messaging.teamwork.webhook_events import record_closed_by_opt_out
from optout.models import ConsentEvent


def apply_effects(team: Team, event: ConsentEvent) -> None:
    """Do it, in the opt-out's transaction, and keep what was done. A repeated opt-out does what is left to do."""
    apply_other_effects(team, event, cancel_for_opt_out(event))


def apply_other_effects(team: Team, event: ConsentEvent, cancelled: int) -> None:
    """`apply_effects`, where so many scheduled texts were cancelled already."""
    closed = team.opt_out_closes and _close_conversations(event)
    left = _leave_lists(event) if team.opt_out_leaves_lists and not event.only_in_inbox else []
    if cancelled or closed or left:
        OptOutEffects.objects.create(
            team_id=event.team_id, event_id=event.id, closed=closed, lists_left=left, cancelled=cancelled
        )


def effects_loader(team_id: int, events: QuerySet[ConsentEvent]) -> Loader[dict[int, str]]:
    """What the opt-outs of these ledger entries of one team also did, in a sentence each, by the entry's ID."""
    (rows,) = yield [OptOutEffects.objects.filter(team_id=team_id, event_id__in=events.values("id"))]
    return {row.event_id: row.sentence for row in rows}


def _close_conversations(event: ConsentEvent) -> bool:
    conversations = Conversation.objects.filter(team_id=event.team_id, number=event.number, closed=False)
    if event.only_in_inbox:
        conversations = conversations.filter(inbox_id=event.inbox_id)
    found = list(conversations.select_for_update(no_key=True).order_by("id"))
    ids = [conversation.id for conversation in found]
    conversations.filter(id__in=ids).update(closed=True, snoozed_until=None)
    record_closed_by_opt_out(event.team_id, found, event.recorded_at)
    return bool(found)


def _leave_lists(event: ConsentEvent) -> list[str]:
    """The names of the lists that the contact left."""
    contacts = Contact.objects.filter(team_id=event.team_id, number=event.number)
    entries = ListEntry.objects.filter(team_id=event.team_id, contact_id__in=contacts.values("id"))
    names = list(
        entries.filter(list__team_id=event.team_id)
        .order_by("list__name")
        .values_list("list__name", flat=True)
    )
    if names:
        entries.delete()
    return names
