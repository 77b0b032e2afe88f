"""Postman collection (format 2.1) of all calls, made from the OpenAPI document."""

import json
from typing import Any
from urllib.parse import urlsplit

from api.call_examples import example_of

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def collection(document: dict[str, Any]) -> dict[str, Any]:
    """The collection: a folder for each subject. Its variables are the site's address and the key."""
    folders: dict[str, list[Any]] = {tag["name"]: [] for tag in document["tags"]}
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            folders[call["tags"][0]].append(_item(method, path, call))
    return {
        "info": {"name": document["info"]["title"], "description": document["info"]["description"], "schema": SCHEMA},
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{key}}", "type": "string"}]},
        "variable": [{"key": "site", "value": document["servers"][0]["url"]}, {"key": "key", "value": ""}],
        "item": [{"name": subject, "item": items} for subject, items in folders.items() if items],
    }  # fmt: skip


def _item(method: str, path: str, call: dict[str, Any]) -> dict[str, Any]:
    content = call.get("requestBody", {}).get("content", {}).get("application/json", {})
    example = example_of(method, path, call)
    request: dict[str, Any] = {
        "method": example.method,
        "description": call["description"],
        "header": [],
        "url": _address(example.address),
    }
    if "example" in content:
        request["header"] = [{"key": "Content-Type", "value": "application/json"}]
        request["body"] = {"mode": "raw", "raw": json.dumps(content["example"], indent=2, ensure_ascii=False)}
    return {"name": call["summary"], "request": request}


def _address(address: str) -> dict[str, Any]:
    parts = urlsplit(address)
    query = [pair.partition("=") for pair in parts.query.split("&") if pair]
    return {
        "raw": "{{site}}" + address,
        "host": ["{{site}}"],
        "path": parts.path.strip("/").split("/"),
        "query": [{"key": name, "value": value} for name, _, value in query],
    }
