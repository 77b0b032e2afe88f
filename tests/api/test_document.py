"""What the OpenAPI document says is true: its examples, its codes, and the page that shows it."""

from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

from api.errors import ErrorCode
from tests.api.calls import DOCUMENT, OPERATIONS, VALID_CALLS, WITH_BODY, TeamIds, codes_of
from tests.api.conftest import ApiClient


def schema_in(place: dict[str, Any]) -> dict[str, Any]:
    """The schema at this place of the document, with what it refers to."""
    return {**place["schema"], "components": DOCUMENT["components"]}


def test_every_call_has_a_good_request_here() -> None:
    assert set(VALID_CALLS) == set(OPERATIONS)
    assert len(OPERATIONS) == sum(len(calls) for calls in DOCUMENT["paths"].values()), (
        "operationIds are unique"
    )


def test_the_document_is_openapi_and_its_schemas_are_schemas() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    for schema in DOCUMENT["components"]["schemas"].values():
        assert jsonschema_rs.meta.is_valid(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
        )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_examples_fit_their_schemas(operation: str) -> None:
    for status, answer in OPERATIONS[operation]["responses"].items():
        content = answer["content"]["application/json"]
        shown = (
            [content["example"]]
            if status == "200"
            else [one["value"] for one in content["examples"].values()]
        )
        for example in shown:
            jsonschema_rs.validate(schema_in(content), example, validate_formats=True)
    body = OPERATIONS[operation].get("requestBody")
    if body:
        content = body["content"]["application/json"]
        jsonschema_rs.validate(schema_in(content), content["example"], validate_formats=True)
    assert OPERATIONS[operation]["summary"] and "Scope: `" in OPERATIONS[operation]["description"]


def test_every_field_says_its_unit_or_its_name_does() -> None:
    """An answer holds exactly what its schema names, so an example shows every field."""
    for operation, call in OPERATIONS.items():
        content = call["responses"]["200"]["content"]["application/json"]
        schema = content["schema"]
        named = (schema.get("items") or schema).get("$ref", "").rpartition("/")[2]
        if named:
            one = content["example"][0] if "items" in schema else content["example"]
            assert set(one) == set(DOCUMENT["components"]["schemas"][named]["properties"]), operation


@pytest.mark.parametrize("operation", WITH_BODY)
def test_example_requests_have_the_form_that_their_calls_take(crm: ApiClient, operation: str) -> None:
    """What they are about may not be there, since the ids are made up."""
    call = OPERATIONS[operation]
    path = call["path"].removeprefix("/v1/").replace("{id}", "98765")
    answer = crm.call(call["method"], path, call["requestBody"]["content"]["application/json"]["example"])
    assert answer.status_code in (200, 404), answer.json()
    assert str(answer.status_code) in call["responses"]


@pytest.mark.parametrize("operation", VALID_CALLS)
def test_good_requests_get_what_the_document_says(crm: ApiClient, world: TeamIds, operation: str) -> None:
    answer = crm.call(*VALID_CALLS[operation](world))
    assert answer.status_code == 200, answer.json()
    answers = OPERATIONS[operation]["responses"]["200"]
    jsonschema_rs.validate(
        schema_in(answers["content"]["application/json"]), answer.json(), validate_formats=True
    )


def test_every_code_has_its_one_status_and_stands_where_it_can_be_answered() -> None:
    for operation, call in OPERATIONS.items():
        for status, answer in call["responses"].items():
            if status != "200":
                for code, shown in answer["content"]["application/json"]["examples"].items():
                    assert (
                        str(ErrorCode.by_value(code).status) == status
                        and shown["value"]["error_code"] == code
                    ), operation
    anywhere = {code for call in OPERATIONS.values() for code in codes_of(call)}
    everywhere = {code.value for code in ErrorCode}
    # Of no call: there is none at that address.
    assert everywhere - anywhere <= {"not_found", "method_not_allowed"}


def test_the_document_is_served(db: None) -> None:
    answer = Client().get("/v1/openapi.json")
    assert answer["X-Request-Id"]
    assert answer.status_code == 200 and answer.json()["paths"].keys() == DOCUMENT["paths"].keys()
