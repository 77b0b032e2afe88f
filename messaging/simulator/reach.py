"""Numbers that the simulator reaches.

An opt-out or opt-in by text counts for its number in the whole team, whichever carrier brought it. So an installation
with real customers has simulated phones only at numbers that belong to nobody.
"""

import re
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from kernel.phone_numbers import InvalidNumber, canonical

SAMPLE_NUMBER = "+12125550142"
# 555-0100 to 555-0199 are set aside for fiction in every area code but the toll-free ones (ATIS-0300115).
_INVENTED = re.compile(r"\+1(?!8(?:00|33|44|55|66|77|88))[2-9]\d\d55501\d\d")
UNREACHABLE = "The simulator reaches invented numbers only, such as (212) 555-0142."


def read_number(typed: str, country: str) -> str:
    """The canonical number of a simulated phone. Raises InvalidNumber."""
    number = canonical(typed, country, short_codes=True)
    if not reaches(number):
        raise InvalidNumber(UNREACHABLE)
    return number


def reachable[Q: QuerySet[Any]](contacts: Q) -> Q:
    """The contacts that the simulator's page suggests."""
    return contacts if settings.DEVELOPMENT else contacts.filter(number=SAMPLE_NUMBER)


def reaches(number: str) -> bool:
    """Whether a simulated phone may have this canonical number. In development any number may be one."""
    return settings.DEVELOPMENT or bool(_INVENTED.fullmatch(number))
