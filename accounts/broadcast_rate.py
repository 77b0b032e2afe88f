"""How an inbox sends broadcasts, as its row stores it; messaging.broadcasts.rates has the default rates."""

from django.db import models


class BroadcastRate(models.Model):
    """The columns of an inbox with its rate, and whether line types are looked up before a broadcast."""

    broadcast_rate = models.PositiveIntegerField(null=True, blank=True)  # texts per minute; null: the default
    line_lookups = models.BooleanField(default=False, db_default=False)  # the carrier charges for each

    class Meta:
        abstract = True
