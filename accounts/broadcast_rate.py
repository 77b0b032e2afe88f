"""Rate of an inbox's broadcasts as its row stores it; messaging.broadcasts.rates has the defaults."""

from django.db import models


class BroadcastRate(models.Model):
    """The column of an inbox with its rate. Null: the default of its kind of number."""

    broadcast_rate = models.PositiveIntegerField(null=True, blank=True)  # texts per minute

    class Meta:
        abstract = True
