"""Parameters of a GET request in its body: some apps of the Heymarket API send them there, as JSON."""

import json
from typing import Any

from django.http import HttpRequest


def read_query_from_body(request: HttpRequest) -> None:
    """Add the fields of a JSON object to the parameters in the address, which count first. Other bodies say nothing."""
    try:
        fields = json.loads(request.body) if request.body else None
    except (ValueError, RecursionError):
        return
    if not isinstance(fields, dict):
        return
    query: Any = request.GET.copy()
    for name, value in fields.items():
        if name not in query and value not in (None, [], {}):
            query[name] = _as_text(value)
    query._mutable = False
    request.GET = query


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(_as_text(entry) for entry in value)
    return value if isinstance(value, str) else json.dumps(value)
