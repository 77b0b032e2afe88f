"""Clock settings of teams and users: the time zone, 12 or 24 hours, and the order of day and month."""

from django.db import models

from kernel.clock import DateOrder, HourFormat


class ClockSettings(models.Model):
    """The columns. Empty: of a user, as the team; of a team, as is usual in its country."""

    time_zone = models.CharField(max_length=40, blank=True, default="", db_default="")
    hour_format = models.CharField(max_length=2, choices=HourFormat, blank=True, default="", db_default="")
    date_order = models.CharField(max_length=5, choices=DateOrder, blank=True, default="", db_default="")

    class Meta:
        abstract = True
