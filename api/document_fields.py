"""Fields of the OpenAPI document: every one gets a description, an example, and a type that generators of clients read.

Pydantic writes a field that may be null as a choice of two schemas, with the description inside. Generators of clients
turn choices into classes of their own, so such a field becomes one schema with two types.
"""

import re
from collections.abc import Iterator
from typing import Any

LARGEST_INT32 = 2**31 - 1

# What a field of this name means in every call, for those that do not say it themselves.
DESCRIPTIONS = {
    "id": "Its ID.",
    "uuid": "An ID that is unique among all teams and never changes.",
    "rev": "The number of its versions, from 1.",
    "name": "Its name.",
    "title": "Its name.",
    "text": "The words of the text.",
    "content": "The words of the text.",
    "phone": "The number: E.164 digits without +, or a short code with its country.",
    "phone_number": "The number: E.164 digits, with or without +.",
    "target": "The other party's number: E.164 digits without +.",
    "first": "First name.",
    "last": "Last name.",
    "display_name": "Shown instead of first and last name, if it is not empty.",
    "email": "One email address, or empty.",
    "tags": "The tags of the contact.",
    "tag_id": "The ID of the tag.",
    "team": "The ID of the team.",
    "team_id": "The ID of the team.",
    "inbox": "The ID of the inbox.",
    "inbox_id": "The ID of the inbox.",
    "inboxID": "The ID of the inbox.",
    "inbox_name": "The name of the inbox; empty if there is none.",
    "chat_id": "The ID of the conversation.",
    "conversation_id": "The ID of the conversation.",
    "conversation": "The conversation of the text.",
    "contacts": "IDs of contacts.",
    "add_contacts": "IDs of contacts that come onto the list.",
    "remove_contacts": "IDs of contacts that leave the list.",
    "members": "The members of the team.",
    "memberships": "The members that were found.",
    "local_id": "The idempotency key with which it was sent, or null.",
    "template_id": "The ID of the template.",
    "event_id": "The ID of the ledger entry.",
    "status": "The status.",
    "category": "marketing or informational.",
    "created": "RFC 3339, UTC: when it was created.",
    "updated": "RFC 3339, UTC: when it was last changed.",
    "date": "The time of the last row of the page before; without it, the first page.",
    "ascending": "Whether the oldest change comes first.",
    "count": "How many there are.",
    "filter": "The query string of the contacts page that makes a live list.",
    "limit": "How many rows to return.",
    "since": "`next` of the page before; 0 for the first page.",
    "wait": "How many seconds to wait for a change if there is none.",
    "filters": "Which of them are listed; without it, all.",
    "blocked": "Whether texts are neither sent to the number nor received from it.",
    "unless_answered": "Whether it is sent only if the person does not write before.",
    "send_at": "RFC 3339, UTC: when it is sent; null for at once.",
    "held_until": "RFC 3339, UTC: until when sending hours hold it; null if nothing holds it.",
    "held": "Why it is held, in words; empty if nothing holds it.",
    "ended": "RFC 3339, UTC: when it ended; null until then.",
    "waiting": "How many wait to be sent.",
    "texted": "How many were sent a text.",
    "author": "Who made it.",
    "preview": "The beginning of the newest text.",
    "time_zone": "A name of the IANA time zone database.",
    "reason": "The reason that was given; empty without one.",
    "source": "Where it was said; empty if that is not known.",
    "sentence": "The same as a sentence, for people.",
    "initiated_by": "Who caused it.",
    "sending_hours": "Whether the recipient's sending hours allow marketing now.",
    "changes": "The changes, in the order of the feed.",
    "records": "The records, in the order of their IDs.",
    "all_inboxes": "Whether it applies to all inboxes.",
    "response": "What the call would answer.",
    "error": "Why it was refused; null if it was saved.",
    "error_code": "What went wrong, for apps.",
    "message": "What went wrong and what to do, for people.",
    "field": "Where in the request; null if no field is at fault.",
    "archived": "Whether it is kept, and neither offered nor sent.",
    "media_url": "An https address of a file to send.",
}  # fmt: skip
# Where the same name means something else.
DESCRIPTIONS_IN = {
    "BatchItemResponse.created": "False if the team had a contact with this number already.",
    "InitiatorResponse.id": "The ID of the member or the API key; null for the person and the carrier.",
    "ListConversationsRequest.date": "The `updated` of the last conversation of the page before.",
    "SetStatusRequest.status": "What is to hold from now on; see the description of the call.",
    "UpdateTemplateRequest.archived": "Archives the template, or brings it back.",
}


# Examples of fields that the examples of calls leave out.
EXAMPLES = {
    "assignee_id": 7, "custom": {"12": "Gold"}, "date-time": "2026-11-25T10:42:00Z", "display_name": "Jordan R.",
    "email": "jordan@example.com", "field": "consent.obtained_at", "filter": "status=active", "kind": "opt_out",
    "last": "Rivera", "left_out": {"opted_out": 58},
    "lifted_by": "The person can text START. An owner or admin can also record fresh consent.",
    "local_id": "order-1042-shipped", "media_url": "https://example.com/receipt.pdf",
    "message": "The person opted out. They can text START, or the call can record fresh consent.",
    "response": {"status": "queued"}, "sentence": "Contact opted out by texting STOP to Front Desk",
    "source": "In the shop", "text": "Yes, text me.", "url": "https://inbox.example.com/media/1-77-1795968000:f0nYc2l",
    "words": "Please stop texting me.",
}  # fmt: skip

# Names of closed sets of words. Another set is named after the first field that has it.
NAMES_OF_SETS = {
    frozenset({"active", "unsubscribed", "blocked"}): "Standing",
    frozenset({"subscribed", "unsubscribed", "active", "blocked", "unblocked"}): "RequestedStatus",
    frozenset({"marketing", "informational"}): "TextCategory",
    frozenset({"opted_out", "opted_in", "blocked", "unblocked", "held", "released"}): "ConsentAction",
    frozenset({"true", "false"}): "DryRun",
}


def finish_fields(document: dict[str, Any]) -> None:
    """Finish all fields of the document's components, in place."""
    schemas = document["components"]["schemas"]
    for name, schema in list(schemas.items()):
        for field, of_field in schema.get("properties", {}).items():
            schema["properties"][field] = _finished(schemas, name, field, of_field)
    for call in _calls(document):
        for parameter in call["parameters"]:
            simple = simple_schema(parameter["schema"])
            parameter["schema"] = _with_named_set(schemas, call["operationId"], parameter["name"], simple)
            if words := simple.pop("description", DESCRIPTIONS.get(parameter["name"])):
                parameter.setdefault("description", words)
        for content in _contents(call):
            _add_examples(schemas, content.get("schema", {}), content.get("example"))
    for schema in schemas.values():
        for name, field in schema.get("properties", {}).items():
            if "examples" not in field and (example := _other_example(schemas, name, field)) is not None:
                field["examples"] = [example]


def simple_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without a title; as one schema with two types if it is another one or null."""
    kept = {key: value for key, value in schema.items() if key not in ("title", "anyOf")}
    if kept.get("default", "") is None:
        del kept["default"]
    options = schema.get("anyOf", [])
    others = [option for option in options if option.get("type") != "null"]
    if len(others) == len(options) or len(others) != 1 or "$ref" in others[0]:
        return _with_int64({**kept, "anyOf": options} if options else kept)
    merged = {**others[0], **kept}
    merged.pop("title", None)
    return _with_int64({**merged, "type": [others[0].get("type", "string"), "null"]})


def _finished(schemas: dict[str, Any], owner: str, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    simple = simple_schema(schema)
    if isinstance(simple.get("items"), dict):
        simple["items"] = simple_schema(simple["items"])
    described = DESCRIPTIONS_IN.get(f"{owner}.{name}") or simple.get("description") or DESCRIPTIONS.get(name)
    named = _with_named_set(schemas, owner, name, simple)
    return {**named, "description": described} if described else named


def _with_named_set(schemas: dict[str, Any], owner: str, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A closed set of words becomes a component of its own, which generators of clients name after it."""
    words = schema.get("enum")
    if words is None and isinstance(schema.get("type"), list) and "const" in schema:
        words = [schema["const"]]
    if words is None or not all(isinstance(word, str) for word in words):
        return schema
    named = _name_of_set(schemas, owner, name, words)
    schemas.setdefault(named, {"type": "string", "enum": words})
    reference = {"$ref": f"#/components/schemas/{named}"}
    kept = {key: value for key, value in schema.items() if key not in ("enum", "const", "type")}
    null = isinstance(schema.get("type"), list)
    return kept | ({"anyOf": [reference, {"type": "null"}]} if null else reference)


def _name_of_set(schemas: dict[str, Any], owner: str, name: str, words: list[str]) -> str:
    if known := NAMES_OF_SETS.get(frozenset(words)):
        return known
    same = [known for known, schema in schemas.items() if schema.get("enum") == words]
    subject = re.sub("(Request|Response)$", "", owner)
    return same[0] if same else subject + "".join(part.capitalize() for part in re.split("[_-]", name))


def _with_int64(schema: dict[str, Any]) -> dict[str, Any]:
    """IDs and counts need 64 bits: generators would otherwise take 32."""
    kinds = schema.get("type")
    integer = kinds == "integer" or (isinstance(kinds, list) and "integer" in kinds)
    small = 0 <= schema.get("maximum", LARGEST_INT32 + 1) <= LARGEST_INT32
    return {**schema, "format": "int64"} if integer and not small else schema


# -- examples ----------------------------------------------------------------------------------------------------


def _calls(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _contents(call: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The bodies of a call's request and of its success."""
    for part in (call.get("requestBody", {}), call["responses"].get(200, {})):
        yield part.get("content", {}).get("application/json", {})


def _add_examples(schemas: dict[str, Any], schema: dict[str, Any], example: Any) -> None:
    """Give each field of an object the value that it has in the example, unless it has an example already."""
    schema = _resolved(schemas, schema)
    for option in schema.get("anyOf", ()):
        _add_examples(schemas, option, example)
    if "items" in schema and isinstance(example, list):
        for item in example:
            _add_examples(schemas, schema["items"], item)
    if "properties" in schema and isinstance(example, dict):
        for name, field in schema["properties"].items():
            if name in example:
                _add_example(schemas, field, example[name])


def _add_example(schemas: dict[str, Any], field: dict[str, Any], value: Any) -> None:
    if isinstance(value, dict | list) and value:
        _add_examples(schemas, field, value)
    elif "examples" not in field or field["examples"] == [None]:
        field["examples"] = [value]


def _other_example(schemas: dict[str, Any], name: str, field: dict[str, Any]) -> Any:
    """The example of a field that no example of a call has; null for objects and arrays, whose fields have theirs."""
    resolved = _resolved(schemas, field)
    if "enum" in resolved:
        return resolved["enum"][0]
    if "const" in resolved:
        return resolved["const"]
    if field.get("default") not in (None, ""):
        return field["default"]
    kinds = resolved.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "boolean" in kinds:
        return False
    if resolved.get("format") == "date-time":
        return EXAMPLES["date-time"]
    return EXAMPLES.get(name, 42 if "integer" in kinds else None)


def _resolved(schemas: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema behind a reference, and without the "or null"."""
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    if len(options) == 1:
        schema = options[0]
    if "$ref" in schema:
        return _resolved(schemas, schemas[schema["$ref"].rpartition("/")[2]])
    return schema
