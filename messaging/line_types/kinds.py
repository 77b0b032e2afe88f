"""Kinds of lines, as far as broadcasts care: a landline gets no texts."""

from django.db.models import TextChoices


class LineKind(TextChoices):
    """What a carrier's lookup said about a number.

    waiting -> landline | other | unknown

    A number may be asked about again: the former answer counts until there is another one.
    """

    WAITING = "waiting"  # for its first lookup
    LANDLINE = "landline"
    OTHER = "other"  # mobile, VoIP and all else that may get texts
    UNKNOWN = "unknown"  # the carrier did not tell, or could not be reached
