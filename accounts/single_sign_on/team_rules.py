"""Columns of a team that say what single sign-on counts for. They are read with the team, on every page."""

from django.db import models


class SingleSignOnRules(models.Model):
    # Whether only the team's issuer lets members in. Who decides how members sign in keeps another way.
    single_sign_on_required = models.BooleanField(default=False, db_default=False)
    # Whether the issuer asks for a second factor, so that Heymarket asks for none.
    issuer_asks_second_factor = models.BooleanField(default=False, db_default=False)

    class Meta:
        abstract = True
