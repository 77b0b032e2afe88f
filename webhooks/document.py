"""Webhooks in the OpenAPI document: one entry for each type of event, with its sample.

The samples are those of docs/webhooks.md, which the tests compare with events that really happened. `make docs` copies
them to event_samples.json.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from webhooks.models import EventType

SAMPLES = Path(__file__).with_name("event_samples.json")

DESCRIPTIONS = {
    "type": "The type of the event.",
    "id": "The same in every attempt and for every endpoint. Process each once.",
    "timestamp": "RFC 3339, UTC: when it happened.",
    "data": "What happened.",
    "data.phone": "The number: digits without +, as in the API.",
    "data.number": "The canonical number, such as +14155550101 or US:384387.",
    "data.event_id": "The ID of the ledger entry, as in GET /v1/optouts.",
    "data.action": "What the ledger entry records.",
    "data.before": "The standing before: active, unsubscribed or blocked.",
    "data.after": "The standing after: active, unsubscribed or blocked.",
    "data.scope": "Where the standing changed.",
    "data.initiated_by": "Who caused it.",
    "data.persons_own": "Whether the person caused it, and not the team.",
    "data.words": "The person's own words, unchanged.",
    "data.inbox": "The inbox; null if it is about none.",
    "data.happened_at": "RFC 3339, UTC: when it happened, by the carrier's clock if it is known.",
    "data.recorded_at": "RFC 3339, UTC: when it was recorded.",
    "data.number_position": "The position among the entries of the number, from 1.",
    "data.position": "The same as number_position, which replaces it.",
    "data.review_id": "The ID of the review that a member decides.",
    "data.due_on": "The last day of the decision, in the team's time zone. Then it becomes an opt-out.",
    "data.feed_position": "The position in the feed of the team, from 1.",
    "data.at": "RFC 3339, UTC: when it happened.",
    "data.media": "Its attachments, each with an address that is valid for seven days, and its type.",
    "data.segments": "The number of parts in which the carrier counts the text.",
    "data.possible_opt_out": "Whether the text may be an opt-out that a member should look at.",
    "data.automatic": "Whether no member and no app wrote it.",
    "data.purpose": "text; the others are automatic texts.",
    "data.status": "The state that the event is about.",
    "data.delivered_at": "RFC 3339, UTC: when the carrier's report arrived.",
    "data.error": "Why it failed, in a sentence.",
    "data.error_code": "The carrier's error code.",
    "data.assigned": "The member who takes care of the conversation; null if nobody does.",
    "data.by": "The member or app that did it; empty if it happened by itself.",
    "data.from": "The conversation that was closed, and its inbox.",
    "data.until": "RFC 3339, UTC: when the snooze ends.",
    "data.mentioned": "The members whom the note mentions.",
    "data.left_out": "How many were left out, by reason.",
    "data.not_sent": "How many got no text because it was cancelled.",
    "data.recipients": "Everybody of the audience.",
    "data.erased": "Whether the texts of the person were erased, too.",
    "data.merged_into": "The contact into which it was merged; null if it was deleted.",
}


def webhook_document() -> dict[str, Any]:
    """The `webhooks` of an OpenAPI 3.1 document."""
    samples = {sample["type"]: sample for sample in json.loads(SAMPLES.read_text())}
    return {kind.value: {"post": _event(kind, samples[kind])} for kind in EventType if kind in samples}


def _event(kind: EventType, sample: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": f"on_{kind.value}",
        "tags": ["Webhooks"],
        "summary": kind.label,
        "description": "Signed by the Standard Webhooks scheme, and sent until it is answered with 2xx.",
        "parameters": [_header(name, words) for name, words in _HEADERS.items()],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _schema(sample), "example": sample}},
        },
        "responses": {"2XX": {"description": "Received. Anything else is a failure, and it is sent again."}},
    }


_HEADERS = {
    "webhook-id": "The `id` of the event.",
    "webhook-timestamp": "Unix seconds of this attempt.",
    "webhook-signature": "One signature for each secret in force: v1, and base64 of an HMAC-SHA256.",
}


def _header(name: str, words: str) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "required": True,
        "schema": {"type": "string"},
        "description": words,
    }


def _schema(value: Any, path: str = "") -> dict[str, Any]:
    """The schema of a sample. Fields may be added to events, so none is closed."""
    schema = _type(value, path)
    return schema | {"description": DESCRIPTIONS[path]} if path in DESCRIPTIONS else schema


def _type(value: Any, path: str) -> dict[str, Any]:
    match value:
        case dict():
            fields = {name: _schema(of, f"{path}.{name}".lstrip(".")) for name, of in value.items()}
            if path == "":
                fields["type"] |= {"enum": [value["type"]]}
            return {"type": "object", "properties": fields, "required": list(fields)}
        case list():
            return {"type": "array", "items": _schema(value[0], f"{path}[]") if value else {}}
        case None:
            return {}
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer", "format": "int64"}
        case float():
            return {"type": "number"}
    return {"type": "string", "format": "date-time"} if _is_time(value) else {"type": "string"}


def _is_time(text: str) -> bool:
    try:
        return "T" in text and bool(datetime.fromisoformat(text))
    except ValueError:
        return False
