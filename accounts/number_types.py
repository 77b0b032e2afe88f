"""Type of an inbox's number: guessed from the number, said by the carrier, or chosen by an admin.

The type decides who answers STOP (optout.keyword_decision), how fast broadcasts are sent (messaging.broadcasts.rates)
and what the inbox's page explains (messaging.numbers).
"""

from django.db import models

from kernel.phone_numbers import is_agent, is_number, is_short_code, is_toll_free


class NumberType(models.TextChoices):
    """The types of senders that carriers treat differently."""

    LONG_CODE = "long_code", "Long code"  # for business texts to the United States: 10DLC
    TOLL_FREE = "toll_free", "Toll-free number"
    SHORT_CODE = "short_code", "Short code"
    ALPHANUMERIC = "alphanumeric", "Alphanumeric sender"
    RCS_AGENT = "rcs_agent", "RCS agent"

    @property
    def noun(self) -> str:
        """The type inside a sentence, such as "a long code", "an RCS agent"."""
        label = str(self.label)
        start = label if label[1].isupper() else label[0].lower() + label[1:]
        return f"{'an' if self in (self.ALPHANUMERIC, self.RCS_AGENT) else 'a'} {start}"


class NumberTypeSource(models.TextChoices):
    """Who says what type a number is."""

    NUMBER = "number", "guessed from the number"
    CARRIER = "carrier", "said by the carrier"
    ADMIN = "admin", "chosen by an admin"


class NumberTypeSettings(models.Model):
    """The columns of an inbox with the type of its number. An empty type is guessed."""

    stated_number_type = models.CharField(
        max_length=12, choices=NumberType, blank=True, default="", db_default=""
    )
    number_type_source = models.CharField(
        max_length=7,
        choices=NumberTypeSource,
        default=NumberTypeSource.NUMBER,
        db_default=NumberTypeSource.NUMBER,
    )

    class Meta:
        abstract = True

    number: str

    @property
    def number_type(self) -> NumberType:
        return NumberType(self.stated_number_type or guess_number_type(self.number))

    @property
    def receives(self) -> bool:
        """Whether people can text it: nobody can reply to a sender's name."""
        return self.number_type != NumberType.ALPHANUMERIC

    def state_number_type(self, found: str, source: NumberTypeSource) -> None:
        """Keep what the carrier or an admin says; an empty `found` returns to the guess."""
        self.stated_number_type = found
        self.number_type_source = source if found else NumberTypeSource.NUMBER


def guess_number_type(number: str) -> NumberType:
    """The type that a canonical address shows. Pure."""
    if is_agent(number):
        return NumberType.RCS_AGENT
    if is_short_code(number):
        return NumberType.SHORT_CODE
    if is_toll_free(number):
        return NumberType.TOLL_FREE
    return NumberType.LONG_CODE if is_number(number) else NumberType.ALPHANUMERIC
