"""The OpenAPI document is true: its examples, its error codes and its schemas."""

from typing import Any

import jsonschema_rs
import pytest
from django.test import Client
from openapi_spec_validator import validate

from api.errors import ErrorCode
from tests.api.calls import DOCUMENT, OPERATIONS, VALID_CALLS, WITH_BODY, TeamIds, codes_of
from tests.api.conftest import ApiClient
from tests.made_docs import event_samples
from webhooks.document import SAMPLES
from webhooks.models import EventType


def schema_in(content: dict[str, Any]) -> dict[str, Any]:
    """The schema of this content, with the components that it refers to."""
    return {**content["schema"], "components": DOCUMENT["components"]}


def test_every_call_has_a_valid_request_in_these_tests() -> None:
    assert set(VALID_CALLS) == set(OPERATIONS)
    assert len(OPERATIONS) == sum(len(calls) for calls in DOCUMENT["paths"].values()), (
        "operationIds are unique"
    )


def test_the_document_is_openapi_and_its_schemas_are_valid() -> None:
    validate(DOCUMENT)
    assert DOCUMENT["openapi"] == "3.1.0" and DOCUMENT["servers"]
    for schema in DOCUMENT["components"]["schemas"].values():
        assert jsonschema_rs.meta.is_valid(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
        )


def test_every_field_has_a_description_and_an_example_and_is_no_choice() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    fields = {
        f"{owner}.{name}": field
        for owner, schema in schemas.items()
        for name, field in schema.get("properties", {}).items()
    }
    assert not [path for path, field in fields.items() if not field.get("description")]
    # Objects and arrays are shown by their own fields.
    assert not [
        path for path, field in fields.items() if not ({"examples", "items", "$ref", "anyOf"} & set(field))
    ]
    choices = [path for path, field in fields.items() if _is_choice(field)]
    assert not choices and not [name for name, schema in schemas.items() if {"oneOf", "anyOf"} & set(schema)]
    for schema in schemas.values():
        for field in schema.get("properties", {}).values():
            for example in field.get("examples", ()):
                jsonschema_rs.validate({**field, "components": DOCUMENT["components"]}, example)


def _is_choice(field: dict[str, Any]) -> bool:
    others = [option for option in field.get("anyOf", ()) if option.get("type") != "null"]
    return "oneOf" in field or len(others) > 1


def test_webhooks_are_in_the_document_with_samples_of_the_documentation() -> None:
    assert SAMPLES.read_text() == event_samples(), "run: make docs"
    assert set(DOCUMENT["webhooks"]) == set(EventType)
    for webhook in DOCUMENT["webhooks"].values():
        content = webhook["post"]["requestBody"]["content"]["application/json"]
        jsonschema_rs.validate(content["schema"], content["example"], validate_formats=True)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_examples_conform_to_their_schemas(operation: str) -> None:
    for status, answer in OPERATIONS[operation]["responses"].items():
        content = answer["content"]["application/json"]
        examples = (
            [content["example"]]
            if status == "200"
            else [example["value"] for example in content["examples"].values()]
        )
        for example in examples:
            jsonschema_rs.validate(schema_in(content), example, validate_formats=True)
    body = OPERATIONS[operation].get("requestBody")
    if body:
        content = body["content"]["application/json"]
        jsonschema_rs.validate(schema_in(content), content["example"], validate_formats=True)
    assert OPERATIONS[operation]["summary"] and "Scope: `" in OPERATIONS[operation]["description"]


def test_an_example_shows_every_field() -> None:
    for operation, call in OPERATIONS.items():
        content = call["responses"]["200"]["content"]["application/json"]
        schema = content["schema"]
        name = (schema.get("items") or schema).get("$ref", "").rpartition("/")[2]
        if name:
            example = content["example"][0] if "items" in schema else content["example"]
            assert set(example) == set(DOCUMENT["components"]["schemas"][name]["properties"]), operation


@pytest.mark.parametrize("operation", WITH_BODY)
def test_example_requests_are_valid(crm: ApiClient, operation: str) -> None:
    """They may find nothing, since their IDs are invented."""
    call = OPERATIONS[operation]
    path = call["path"].removeprefix("/v1/").replace("{id}", "98765")
    answer = crm.call(call["method"], path, call["requestBody"]["content"]["application/json"]["example"])
    assert answer.status_code in (200, 404), answer.json()
    assert str(answer.status_code) in call["responses"]


@pytest.mark.parametrize("operation", VALID_CALLS)
def test_responses_conform_to_the_document(crm: ApiClient, team_ids: TeamIds, operation: str) -> None:
    answer = crm.call(*VALID_CALLS[operation](team_ids))
    assert answer.status_code == 200, answer.json()
    documented = OPERATIONS[operation]["responses"]["200"]
    jsonschema_rs.validate(
        schema_in(documented["content"]["application/json"]), answer.json(), validate_formats=True
    )


def test_every_code_is_documented_with_its_status() -> None:
    for operation, call in OPERATIONS.items():
        for status, answer in call["responses"].items():
            if status != "200":
                for code, example in answer["content"]["application/json"]["examples"].items():
                    assert (
                        str(ErrorCode.by_value(code).status) == status
                        and example["value"]["error_code"] == code
                    ), operation
    documented = {code for call in OPERATIONS.values() for code in codes_of(call)}
    # The last two belong to no call.
    assert {code.value for code in ErrorCode} - documented <= {"not_found", "method_not_allowed"}


def test_the_document_is_served(db: None) -> None:
    answer = Client().get("/v1/openapi.json")
    assert answer["X-Request-Id"]
    assert answer.status_code == 200 and answer.json()["paths"].keys() == DOCUMENT["paths"].keys()
