"""Languages in which opt-outs are read and replies are written, and those of each country. Data."""

LANGUAGES = {
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "pt": "Portuguese",
    "de": "German",
    "nl": "Dutch",
    "it": "Italian",
}

_COUNTRIES = {
    "es": "US PR MX ES AR BO CL CO CR CU DO EC GQ GT HN NI PA PE PY SV UY VE",
    "fr": "CA FR BE CH LU MC",
    "pt": "BR PT AO MZ CV",
    "de": "DE AT CH LI LU",
    "nl": "NL BE SR",
    "it": "IT CH SM VA",
}


def country_languages(country: str) -> tuple[str, ...]:
    """The languages of a country (ISO 3166) besides English, which is read everywhere."""
    return tuple(code for code, countries in _COUNTRIES.items() if country in countries.split())


def inbox_languages(chosen: list[str], country: str) -> tuple[str, ...]:
    """The languages of an inbox, English first: those that its team chose, or those of the team's country."""
    codes = {"en", *(chosen or country_languages(country))}
    return tuple(code for code in LANGUAGES if code in codes)
