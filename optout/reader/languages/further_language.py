"""What counts as a request to stop in a language without a grammar."""

from typing import NamedTuple


class FurtherLanguage(NamedTuple):
    """The words of a language whose words stand apart.

    As the whole text, `keywords` opt out, because they mean nothing else, and `alone` hold. Anywhere in a short text
    `asks` opt out, unless it is a question; in any other they hold. So do `holds`, and `stops` (to stop, to remove, not
    to send) beside one of `texts` (texts, my number, a list).
    """

    keywords: str
    alone: str
    asks: str
    holds: str
    stops: str
    texts: str
