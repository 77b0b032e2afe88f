"""The theme of pages, as a user chooses it."""

from django.db.models import TextChoices


class Theme(TextChoices):
    """The colours of pages: those that the system asks for, or always the same."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
