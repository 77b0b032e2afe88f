"""API call that lists custom fields, and their values in requests and responses."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import one_of
from contacts.api.calls import calls
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import BadValue, FieldKind, FieldValue, read_json_values


class CustomFieldResponse(BaseModel):
    id: int = Field(description="As a string, the field's key in `custom`.")
    key: str = Field(description="May replace the ID in `custom` of a request.")
    name: str
    type: str = one_of(FieldKind, "What its values are.")
    options: list[str] = Field(description="The options of a choice.")


@calls.reads(
    "POST", "/contact-fields", answer=list[CustomFieldResponse], summary="List custom fields",
    example=[{
        "id": 12, "key": "loyalty_level", "name": "Loyalty level", "type": "choice", "options": ["Silver", "Gold"],
    }],
)  # fmt: skip
def list_contact_fields(request: ApiRequest) -> list[CustomFieldResponse]:
    """List the team's custom fields in their order. People define them in Contacts > Custom fields."""
    return [
        CustomFieldResponse(
            id=field.id, key=field.key, name=field.name, type=field.kind, options=field.options
        )
        for field in team_fields(request)
    ]


def team_fields(request: ApiRequest) -> list[CustomField]:
    """Read once for each request: a batch and a page ask for each of their contacts."""
    if not hasattr(request, "custom_fields"):
        request.custom_fields = list(CustomField.objects.of(request.team.id))
    return request.custom_fields


def read_custom(request: ApiRequest, values: dict[str, Any]) -> dict[str, FieldValue | None]:
    """The values by the fields' keys; None removes a value. Raises ApiError(INVALID_CUSTOM_FIELD)."""
    fields = team_fields(request)
    keys = {field.key: field.key for field in fields} | {str(field.id): field.key for field in fields}
    try:
        return read_json_values(fields, {keys.get(name, name): value for name, value in values.items()})
    except BadValue as error:
        raise ApiError(ErrorCode.INVALID_CUSTOM_FIELD, str(error), field=f"custom.{error.key}") from None


def custom_values(fields: list[CustomField], contact: Contact) -> Mapping[str, FieldValue]:
    """A contact's values in these fields, by the fields' IDs."""
    return {str(field.id): contact.custom[field.key] for field in fields if field.key in contact.custom}
