"""Models of responses are made once for each type of answer, which every start of a process waits for."""

from typing import Any

from ninja.openapi.schema import OpenAPISchema

from api.errors import ErrorResponse
from api.response_models import SharedSchemas
from heymarket.api import api


def operations() -> list[Any]:
    return [
        operation
        for router in api._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
    ]


def test_the_errors_of_all_calls_share_a_model() -> None:
    models = [model for call in operations() for model in call.response_models.values()]
    errors = [model for model in models if model.model_fields["response"].annotation is ErrorResponse]
    assert len(errors) > 500 and len(set(errors)) == 1
    assert len(set(models)) <= len(operations()) + 1


def test_shared_schemas_are_those_of_ninja() -> None:
    assert SharedSchemas(api, "/") == OpenAPISchema(api, "/")
