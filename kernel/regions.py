"""Countries and time zones that a team may choose."""

from functools import cache
from zoneinfo import available_timezones

# Local numbers are read as numbers of the team's country. More countries are added as needed.
COUNTRIES = {
    "AR": "Argentina",
    "AU": "Australia",
    "AT": "Austria",
    "BE": "Belgium",
    "BR": "Brazil",
    "BG": "Bulgaria",
    "CA": "Canada",
    "CL": "Chile",
    "CO": "Colombia",
    "HR": "Croatia",
    "CY": "Cyprus",
    "CZ": "Czechia",
    "DK": "Denmark",
    "DO": "Dominican Republic",
    "EE": "Estonia",
    "FI": "Finland",
    "FR": "France",
    "DE": "Germany",
    "GR": "Greece",
    "HK": "Hong Kong",
    "HU": "Hungary",
    "IS": "Iceland",
    "IN": "India",
    "ID": "Indonesia",
    "IE": "Ireland",
    "IL": "Israel",
    "IT": "Italy",
    "JM": "Jamaica",
    "JP": "Japan",
    "KE": "Kenya",
    "LV": "Latvia",
    "LI": "Liechtenstein",
    "LT": "Lithuania",
    "LU": "Luxembourg",
    "MY": "Malaysia",
    "MT": "Malta",
    "MX": "Mexico",
    "NL": "Netherlands",
    "NZ": "New Zealand",
    "NG": "Nigeria",
    "NO": "Norway",
    "PH": "Philippines",
    "PL": "Poland",
    "PT": "Portugal",
    "PR": "Puerto Rico",
    "RO": "Romania",
    "SG": "Singapore",
    "SK": "Slovakia",
    "SI": "Slovenia",
    "ZA": "South Africa",
    "KR": "South Korea",
    "ES": "Spain",
    "SE": "Sweden",
    "CH": "Switzerland",
    "TW": "Taiwan",
    "TH": "Thailand",
    "TR": "Türkiye",
    "AE": "United Arab Emirates",
    "GB": "United Kingdom",
    "US": "United States",
}


_NORTH_AMERICAN_ZONES = {
    "Eastern time": (
        "America/New_York",
        "America/Detroit",
        "America/Indiana/Indianapolis",
        "America/Kentucky/Louisville",
        "America/Toronto",
    ),
    "Central time": ("America/Chicago", "America/Menominee", "America/Winnipeg"),
    "Mountain time": ("America/Denver", "America/Boise", "America/Edmonton"),
    "Arizona time": ("America/Phoenix",),
    "Pacific time": ("America/Los_Angeles", "America/Vancouver"),
    "Alaska time": ("America/Anchorage", "America/Juneau"),
    "Hawaii time": ("Pacific/Honolulu",),
    "Atlantic time": ("America/Halifax", "America/Puerto_Rico"),
    "Newfoundland time": ("America/St_Johns",),
}
_ZONE_NAMES = {zone: name for name, zones in _NORTH_AMERICAN_ZONES.items() for zone in zones}

type ZoneChoice = tuple[str, str | list[tuple[str, str]]]


@cache
def time_zones() -> list[ZoneChoice]:
    """Choices for a field: the zones of North America by their names, and all others by continent and city."""
    groups: dict[str, list[tuple[str, str]]] = {
        "United States and Canada": [(zone, f"{name} ({_city(zone)})") for zone, name in _ZONE_NAMES.items()]
    }
    for zone in sorted(available_timezones() - _ZONE_NAMES.keys()):
        continent, _, place = zone.partition("/")
        if place and continent not in ("Etc", "SystemV"):
            groups.setdefault(continent, []).append((zone, place.replace("_", " ").replace("/", ", ")))
    return [*groups.items(), ("UTC", "UTC")]


def format_zone(time_zone: str) -> str:
    """Pacific time; outside North America the city: Berlin time. "UTC" stays."""
    if "/" not in time_zone:
        return time_zone
    return _ZONE_NAMES.get(time_zone) or f"{_city(time_zone)} time"


def _city(time_zone: str) -> str:
    return time_zone.rpartition("/")[2].replace("_", " ")
