"""Whether a team's owner is shown the first steps of a new team (messaging.first_steps)."""

from django.db import models


class FirstStepsState(models.TextChoices):
    """none (a team from before there were first steps) · shown -> dismissed"""

    NONE = "none"
    SHOWN = "shown"  # in the rail until all steps are done
    DISMISSED = "dismissed"  # in the menu until all steps are done
