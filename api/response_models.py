"""Models of responses, and their schemas: made once for each type of answer.

Ninja would make a model for each status of each call, which took a fifth of the start of every process. The errors of
all calls have one type.
"""

from copy import deepcopy
from functools import cache
from typing import Any, cast

from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

_make_model = cast(Any, Operation)._create_response_model


def share_models() -> None:
    """Let calls that are made from now on share the models of their responses."""
    cast(Any, Operation)._create_response_model = lambda operation, answer: _model_of(answer)


@cache
def _model_of(answer: Any) -> Any:
    return _make_model(None, answer)  # it depends on nothing of the call


class SharedSchemas(OpenAPISchema):
    """An OpenAPI document that describes each model once."""

    def _create_schema_from_model(self, model: Any, *args: Any, **options: Any) -> Any:
        made = self.__dict__.setdefault("_made", {})
        key = (model, args, *sorted(options.items()))
        if key not in made:
            made[key] = super()._create_schema_from_model(model, *args, **options)
        return deepcopy(made[key])  # the document's parts are completed one by one
