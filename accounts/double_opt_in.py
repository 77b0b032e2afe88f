"""Double opt-in of an inbox as its row stores it; optout.double_opt_in asks for it."""

from django.db import models


class DoubleOptInSettings(models.Model):
    """The columns of an inbox with its double opt-in. An empty prompt means the default text."""

    double_opt_in = models.BooleanField(default=False, db_default=False)
    double_opt_in_marketing = models.BooleanField(default=False, db_default=False)  # what the prompt asks for
    prompt_reply = models.CharField(max_length=320, blank=True, default="", db_default="")

    class Meta:
        abstract = True
