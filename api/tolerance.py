"""Fields that a call does not have: refused by strict keys, ignored and named for compatible keys.

Apps that were written for the Heymarket API send fields that this product does not have. A compatible key may send
them, unless they would change what is sent, to whom, or a consent status: such a field is honoured or refused, never
ignored.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pydantic.fields import FieldInfo

MOST_NAMED = 20  # fields in the header
LONGEST_NAME = 60  # characters of a name in it

# Fields of the Heymarket API that no call has here. Without a value they count as absent for all keys.
NOT_OFFERED = frozenset({
    "add_emails", "archived", "assigned", "avatar", "color", "contact_channels", "email_suppressions", "emails",
    "external_id", "external_ref", "filter", "gallery", "media_url", "note", "order", "parent_id", "private",
    "remove_emails", "survey_id", "targets", "template_id",
})  # fmt: skip
# Words of names that say what is sent, to whom, or whether a person may be texted.
_NEVER_IGNORED = re.compile(
    r"attachment|audience|bcc|block|broadcast|cc$|consent|dnc|dnd|exclu|file|gallery|media|mms|mute|opt_?(in|out)"
    r"|opted|picture|photo|image|private|recipient|schedul|send|subscri|suppress|survey|target|template|unless"
    r"|unsub|delay|^(add|remove)_|^(members?|emails)$|^(at|body|content|lists?|message|numbers?|phones?|status|text|to|when)(_|\d|$)"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def may_be_ignored(name: str) -> bool:
    """Whether a field of this name changes neither what is sent, nor to whom, nor a consent status."""
    words = _HUMP.sub("_", name).replace("-", "_").lower()
    return not _NEVER_IGNORED.search(words)


def is_compatible(request: Any) -> bool:
    """Whether the request is read in compatible mode; false before its key is known."""
    return getattr(request, "compatible", False)


def read_fields(data: Mapping[str, Any], known: Mapping[str, FieldInfo], request: Any) -> dict[str, Any]:
    """The fields without those that count as absent. For a compatible key, without those that may be ignored too."""
    compatible = is_compatible(request)
    kept = {}
    for name, value in data.items():
        if name in known:
            if not (compatible and _is_left_out(name, value) and not known[name].is_required()):
                kept[name] = value
        elif is_empty(value) and (compatible or name in NOT_OFFERED):
            continue
        elif compatible and may_be_ignored(name):
            ignore(request, name)
        else:
            kept[name] = value  # and is refused as an unknown field
    return kept


def ignore(request: Any, name: str) -> None:
    """Name this field in the response's header."""
    named = getattr(request, "ignored_fields", [])
    if name not in named:
        request.ignored_fields = [*named, name]


def ignored_header(request: Any) -> str:
    """The value of X-Heymarket-Ignored; empty if nothing was ignored."""
    names = getattr(request, "ignored_fields", [])
    return ", ".join(quote(name[:LONGEST_NAME], safe="[]. ") for name in names[:MOST_NAMED])


def is_empty(value: Any) -> bool:
    """Whether a value says nothing: null, false, or an empty text, array or object."""
    return value is None or value is False or value in ("", [], {})


def _is_left_out(name: str, value: Any) -> bool:
    """Whether a form that has all fields sends this one without saying anything: no ID, number or time is so."""
    return ((name == "id" or name.endswith("_id")) and value in _NO_ID) or (
        value == "" and name in _NEVER_EMPTY
    )


_NO_ID = (0, "0", "")
# A text may be left out where a template or a file is sent; without these the call refuses it.
_NEVER_EMPTY = frozenset({
    "phone", "phone_number", "target", "add_phone", "remove_phone", "date", "created_at", "text", "media_url",
})  # fmt: skip
