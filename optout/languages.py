"""Languages in which opt-outs are read and replies are written, and those of an inbox."""

from functools import lru_cache

from optout.reader.keyword_packs import country_languages

LANGUAGES = {
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "pt": "Portuguese",
    "de": "German",
    "nl": "Dutch",
    "it": "Italian",
}


def inbox_languages(chosen: list[str], country: str) -> tuple[str, ...]:
    """The languages of an inbox, English first: those that its team chose, or those of the team's country."""
    return _in_order(tuple(chosen), country)


@lru_cache(maxsize=256)
def _in_order(chosen: tuple[str, ...], country: str) -> tuple[str, ...]:
    codes = {"en", *(chosen or country_languages(country))}
    return tuple(code for code in LANGUAGES if code in codes)
