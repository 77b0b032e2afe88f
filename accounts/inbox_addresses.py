"""Further addresses of an inbox: RCS agents, WhatsApp senders and Messaging Services whose texts are its texts."""

import re

from django.db import models

from kernel.phone_numbers import channel_of, dialled, from_carrier, is_agent

_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")  # twilio.com/docs/messaging/api/service-resource
MOST = 20  # addresses of an inbox


class FurtherAddresses(models.Model):
    """The columns of an inbox with its further addresses at the carrier."""

    # As canonical_address writes them.
    further_addresses = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    # The newest address of its account that no inbox has, and whose texts this inbox received.
    unlisted_address = models.CharField(max_length=80, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    number: str

    def address_in(self, channel: str) -> str:
        """The inbox's sender in a channel, as its carrier writes it; without a channel, its number."""
        if not channel or is_agent(self.number):
            return dialled(self.number)
        listed = (address for address in self.further_addresses if address.startswith(f"{channel}:"))
        return next(listed, f"{channel}:{dialled(self.number)}")


def canonical_address(raw: str) -> str:
    """An RCS agent ("rcs:our_agent"), a WhatsApp sender ("whatsapp:+1…") or a Messaging Service ("MG…").

    Empty for anything else. Pure.
    """
    text = raw.strip()
    if _SERVICE.fullmatch(text):
        return text
    if is_agent(text.lower()):
        return text.lower()[:80]
    number = from_carrier(text, "US") if channel_of(text) == "whatsapp" else ""
    return f"whatsapp:{number}" if number.startswith("+") else ""
