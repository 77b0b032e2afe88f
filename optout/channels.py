"""Channels of a text: which opt-outs an opt-in lifts that came by another app than the phone's own messages.

A STOP stops all channels. SMS, MMS and RCS are one sender to the person and to the carrier (Twilio keeps one list for
them since 16 March 2026: help.twilio.com, article 223134027). A START in WhatsApp says nothing about them.
"""

from collections.abc import Sequence

from django.db.models import Q

from kernel.phone_numbers import CHANNELS
from optout.models import Action, ConsentEvent, Origin, Suppression

# Channels, of kernel.phone_numbers.CHANNELS, that are apps of their own.
APPS = frozenset({"whatsapp", "messenger"})


def lifted_in_channel(channel: str, opt_outs: Sequence[Suppression]) -> Sequence[Suppression]:
    """Those of a number's opt-outs that an opt-in by this channel lifts.

    By the phone's own messages all of them; in an app only an opt-out that the person made in that app alone.
    """
    if channel not in APPS:
        return opt_outs
    return [row for row in opt_outs if row.origin == Origin.CONTACT and _came_by(channel, row)]


def _came_by(channel: str, row: Suppression) -> bool:
    """Whether all texts that opted out of the suppression's scope since it was added came by this app."""
    texts = ConsentEvent.objects.filter(
        Q(only_in_inbox=False) | Q(inbox_id=row.inbox_id, inbox_id__isnull=False),
        team_id=row.team_id,
        number=row.number,
        id__gte=row.event_id,
        action=Action.OPTED_OUT,
        origin=Origin.CONTACT,
    )
    return set(texts.values_list("source", flat=True)) == {CHANNELS[channel]}
