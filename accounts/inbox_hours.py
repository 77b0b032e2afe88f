"""Business hours of an inbox as its row stores them; messaging.hours reads them."""

from django.db import models


class InboxHours(models.Model):
    """The columns of an inbox that say when it is open."""

    # {"week": [[[540, 720], [780, 1050]], …], "holidays": {"2026-12-25": "Christmas Day"}}: the spans of seven days,
    # Monday first, in minutes from midnight. Without hours it is open at all times.
    business_hours = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    time_zone = models.CharField(
        max_length=40, blank=True, default="", db_default=""
    )  # empty: that of the team
    # The business minutes within which people are answered. Null: the team's goal.
    waiting_goal = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        abstract = True
