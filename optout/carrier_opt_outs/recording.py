"""Recording of carrier opt-outs: refusals, keywords that the carrier acts on, and opt-ins that it does not get.

Every function but `record_from_ledger` needs the number's lock.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from accounts.models import Inbox
from kernel.sql import fetch
from optout.carrier_keywords import is_opt_in_at_carrier, is_opt_out_at_carrier, refuses_after_opt_out
from optout.carrier_opt_outs.models import CarrierOptOut
from optout.models import Action, ConsentEvent, Origin, Suppression

# Not under the numbers' locks: a row that is written meanwhile is newer and stays.
_FROM_LEDGER = """
    WITH recorded AS (
        INSERT INTO optout_carrieroptout (team_id, inbox_id, number, since, last_at, refusals, message_id)
        SELECT $1, e.inbox_id, e.number, min(e.recorded_at), max(e.recorded_at), count(*), max(e.message_id)
        FROM optout_consentevent e JOIN accounts_inbox inbox ON inbox.team_id = $1 AND inbox.id = e.inbox_id
        WHERE e.team_id = $1 AND e.origin = 'carrier' AND e.action = 'opted_out' AND e.source = '' AND NOT EXISTS (
            SELECT FROM optout_consentevent later WHERE later.team_id = $1 AND later.number = e.number
            AND later.position > e.position AND later.action = 'opted_in' AND later.origin = 'contact'
            AND later.inbox_id = e.inbox_id)
        GROUP BY e.inbox_id, e.number ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*) FROM recorded
"""


def record_from_ledger(team_id: int) -> int:
    """Record the refusals that the ledger has, in the scope of the team. Returns how many were new."""
    ((count,),) = fetch(_FROM_LEDGER, team_id)
    return int(count)


def record_refusal(inbox: Inbox, number: str, message_id: int, now: datetime) -> None:
    """Record that the carrier refused a text of this inbox, whatever the standing says."""
    rows = CarrierOptOut.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, number=number)
    rows.exclude(ended_at=None).update(since=now, ended_at=None, refusals=0)
    if not rows.update(last_at=now, message_id=message_id, refusals=F("refusals") + 1):
        CarrierOptOut.objects.create(
            team_id=inbox.team_id, inbox=inbox, number=number,
            since=now, last_at=now, message_id=message_id, refusals=1,
        )  # fmt: skip


def record_opt_in(event: ConsentEvent, lifted: Iterable[Suppression]) -> None:
    """Record what an opt-in means for the carriers' lists.

    A carrier lifts its opt-out when the person texts START to that inbox. The carriers of the other inboxes to which
    the person had texted STOP get nothing, and are expected to refuse texts.
    """
    here = _inbox_back_on(event)
    if here:
        rows = CarrierOptOut.objects.filter(team_id=event.team_id, number=event.number, inbox_id=here)
        rows.filter(ended_at=None).update(ended_at=event.recorded_at)
    if first := min((row.event_id for row in lifted), default=0):
        _expect_refusals(event, [inbox for inbox in _stopped_inboxes(event, first) if inbox.id != here])


def _inbox_back_on(event: ConsentEvent) -> int | None:
    """The inbox whose carrier takes texts again: the person texted it a word that its carrier knows."""
    # Another app has a list of its own.
    if event.origin != Origin.CONTACT or event.source or event.inbox_id is None:
        return None
    inbox = Inbox.objects.filter(team_id=event.team_id, id=event.inbox_id).first()
    return inbox.id if inbox and is_opt_in_at_carrier(inbox, event.words) else None


def _stopped_inboxes(event: ConsentEvent, first: int) -> list[Inbox]:
    """The inboxes whose carrier acted on a STOP of the person, from the entry with this ID on."""
    stops = ConsentEvent.objects.filter(
        team_id=event.team_id, number=event.number, id__gte=first, source="",
        action=Action.OPTED_OUT, origin=Origin.CONTACT,
    ).exclude(inbox_id=None)  # fmt: skip
    words = set(stops.values_list("inbox_id", "words"))
    inboxes = Inbox.objects.filter(team_id=event.team_id).in_bulk({inbox_id for inbox_id, _ in words})
    acted = {id for id, said in words if is_opt_out_at_carrier(inboxes[id], said)}
    return [inbox for id, inbox in inboxes.items() if id in acted and refuses_after_opt_out(inbox)]


def _expect_refusals(event: ConsentEvent, inboxes: Iterable[Inbox]) -> None:
    CarrierOptOut.objects.bulk_create(
        [
            CarrierOptOut(
                team_id=event.team_id, inbox=inbox, number=event.number,
                since=event.recorded_at, last_at=event.recorded_at,
            )
            for inbox in inboxes
        ],
        update_conflicts=True,
        unique_fields=["team", "inbox", "number"],
        update_fields=["since", "last_at", "refusals", "message_id", "ended_at"],
    )  # fmt: skip
