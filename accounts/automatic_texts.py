"""Automatic texts of an inbox as its row stores them; messaging.automatic_texts sends them."""

from django.db import models


class AutomaticTexts(models.Model):
    """The columns of an inbox with its automatic texts. An empty text is not sent."""

    away_text = models.CharField(max_length=640, blank=True, default="", db_default="")
    away_again_hours = models.PositiveSmallIntegerField(default=4, db_default=4)
    first_contact_text = models.CharField(max_length=640, blank=True, default="", db_default="")

    class Meta:
        abstract = True
