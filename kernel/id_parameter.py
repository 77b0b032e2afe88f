"""ID parameter: a row's ID in an address or a form."""

import re

_ID = re.compile(r"[0-9]{1,18}", re.ASCII)  # fits into PostgreSQL's bigint


def read_id(text: str | None) -> int | None:
    """The ID that the text is. None for anything else, so that a bad address finds nothing."""
    return int(text) if text and _ID.fullmatch(text) else None
