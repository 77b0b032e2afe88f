"""The API's reference: what is read from a document, and the page, which is complete and needs no script."""

import re
from typing import Any

import pytest
from django.test import Client

from api.errors import ErrorCode
from api.reference import Reference, render_markdown
from heymarket.api import api
from tests.api.calls import OPERATIONS

CALL: dict[str, Any] = {
    "operationId": "open_door",
    "summary": "Open a door",
    "description": "Opens **one** door.\n\nScope: `doors`.",
    "tags": ["Doors"],
    "x-scope": "doors",
    "parameters": [
        {
            "in": "path",
            "name": "id",
            "required": True,
            "schema": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
        },
        {"in": "query", "name": "how", "required": False, "schema": {"enum": ["slowly", "at once"]}},
    ],
    "responses": {"200": {"content": {"application/json": {"schema": {"const": "open"}, "example": "open"}}}},
}
SCHEMAS: dict[str, Any] = {
    "Key": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}},
    "Door": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 80, "description": "Its `name`."},
            "keys": {"type": "array", "items": {"$ref": "#/components/schemas/Key"}, "maxItems": 9},
            "main": {"anyOf": [{"$ref": "#/components/schemas/Key"}, {"type": "null"}]},
            "at": {"type": ["string", "null"], "format": "date-time"},
        },
    },
}


def reference(**changes: Any) -> Reference:
    return Reference(
        {
            "info": {"title": "Doors", "description": "All doors."},
            "tags": [{"name": "Doors"}],
            "components": {"schemas": SCHEMAS},
            "paths": {"/v1/door/{id}": {"post": {**CALL, **changes}}},
        }
    )


def test_a_call_is_read_with_its_parameters() -> None:
    ((subject, (call,)),) = reference().sections
    assert (subject, call.method, call.path, call.scope) == ("Doors", "POST", "/v1/door/{id}", "doors")
    assert call.html == "<p>Opens <strong>one</strong> door.</p>\n"
    assert [(field.name, field.type, field.required) for field in call.parameters] == [
        ("id", "integer, from 1, in the path", True),
        ("how", "one of slowly, at once", False),
    ]
    assert call.request == call.response == []
    assert call.example.curl == 'curl -X POST "$SITE/v1/door/$ID" \\\n  -H "Authorization: Bearer $KEY"'
    assert call.answer == '"open"'


def test_the_fields_of_objects_are_listed_with_their_paths() -> None:
    body = {"schema": {"$ref": "#/components/schemas/Door"}, "example": {"name": "Pat's"}}
    ((_, (call,)),) = reference(requestBody={"content": {"application/json": body}}).sections
    assert [(field.name, field.type, field.required) for field in call.request] == [
        ("name", "string, at most 80 characters", True),
        ("keys", "array of object, at most 9 items", False),
        ("keys[].id", "integer", True),
        ("main", "object or null", False),
        ("main.id", "integer", True),
        ("at", "string: date-time or null", False),
    ]
    assert call.request[0].html == "<p>Its <code>name</code>.</p>\n"
    assert call.example.curl.endswith("""-d '{\n  "name": "Pat'"'"'s"\n}'""")


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "<b onclick=x>"])
def test_markdown_brings_no_script(text: str) -> None:
    html = render_markdown(text)
    assert "<script" not in html and "<b" not in html and 'href="javascript' not in html


def test_an_array_as_body_lists_the_fields_of_its_items() -> None:
    body = {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Key"}}}
    ((_, (call,)),) = reference(requestBody={"content": {"application/json": body}}).sections
    assert [field.name for field in call.request] == ["[].id"]


def test_the_page_shows_every_call_and_every_error(client: Client) -> None:
    page = client.get("/v1/docs").content.decode()
    calls = {
        operation["operationId"]
        for path in api.get_openapi_schema()["paths"].values()
        for operation in path.values()
    }
    assert set(re.findall(r'<section class="card reference-call" id="(\w+)"', page)) == calls
    assert len(calls) == len(OPERATIONS)
    shown = set(re.findall(r"<dt><code>(\w+)</code> <span", page))
    answered = {error.code for error in Reference(api.get_openapi_schema()).errors}
    assert shown == answered <= {code.value for code in ErrorCode}
    assert "<script" not in page
