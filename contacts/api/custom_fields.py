"""The fields that a team has added to its contacts, and their values as programs send and get them: by their ids."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from contacts.api.calls import calls
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import BadValue, FieldValue, read_json_values


class CustomFieldResponse(BaseModel):
    id: int = Field(description="As a text it names the field in `custom`.")
    key: str = Field(description="So does this, in what you send.")
    name: str
    type: str = Field(description="text, number, date, yes_no or choice.")
    options: list[str] = Field(description="What a choice can be.")


@calls.reads(
    "POST", "/contact-fields", answer=list[CustomFieldResponse], summary="The custom fields of contacts",
    example=[{
        "id": 12, "key": "loyalty_level", "name": "Loyalty level", "type": "choice", "options": ["Silver", "Gold"],
    }],
)  # fmt: skip
def list_fields(request: ApiRequest) -> list[CustomFieldResponse]:
    """The fields that the team has added to its contacts, in their order. People define them in Contacts > Fields."""
    return [
        CustomFieldResponse(
            id=field.id, key=field.key, name=field.name, type=field.kind, options=field.options
        )
        for field in team_fields(request)
    ]


def team_fields(request: ApiRequest) -> list[CustomField]:
    return list(CustomField.objects.of(request.team.id))


def read_custom(request: ApiRequest, given: dict[str, Any]) -> dict[str, FieldValue | None]:
    """Values by their fields' keys; None takes one away. Raises Fault(INVALID_CUSTOM_FIELD)."""
    fields = team_fields(request)
    keys = {field.key: field.key for field in fields} | {str(field.id): field.key for field in fields}
    try:
        return read_json_values(fields, {keys.get(name, name): value for name, value in given.items()})
    except BadValue as why:
        raise ApiError(ErrorCode.INVALID_CUSTOM_FIELD, str(why), field=f"custom.{why.key}") from None


def custom_values(fields: list[CustomField], contact: Contact) -> Mapping[str, FieldValue]:
    """What a contact has in these fields, by their ids."""
    return {str(field.id): contact.custom[field.key] for field in fields if field.key in contact.custom}
