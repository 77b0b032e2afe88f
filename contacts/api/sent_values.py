"""Check of the values that an API call sends for a contact."""

from typing import Any, NamedTuple

from accounts.models import Member
from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import parse_email
from contacts.api.custom_fields import read_custom
from contacts.api.shapes import ContactDetailsRequest
from contacts.custom_fields.values import FieldValue

_COLUMNS = {"first": "first_name", "last": "last_name", "display_name": "display_name", "email": "email"}
NO_ASSIGNEE = -1


class CheckedChanges(NamedTuple):
    """The sent values: of columns, and of custom fields by their keys."""

    columns: dict[str, Any]
    custom: dict[str, FieldValue | None]

    def only_missing(self, contact: Any) -> "CheckedChanges":
        """The changes that fill in empty values of the contact."""
        columns = {name: value for name, value in self.columns.items() if not getattr(contact, name)}
        custom = {key: value for key, value in self.custom.items() if key not in contact.custom}
        return CheckedChanges(columns, custom)


def check_changes(request: ApiRequest, body: ContactDetailsRequest) -> CheckedChanges:
    """The sent values. Raises ApiError."""
    if body.email is not None:
        parse_email(body.email)
    sent = {
        column: getattr(body, name) for name, column in _COLUMNS.items() if getattr(body, name) is not None
    }
    if body.assignee_id is not None:
        sent["assignee_id"] = _member_id(request, body.assignee_id)
    columns = {name: normalize_spaces(value) for name, value in sent.items()}
    return CheckedChanges(columns, read_custom(request, body.custom) if body.custom else {})


def normalize_spaces(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def _member_id(request: ApiRequest, id: int) -> int | None:
    if id == NO_ASSIGNEE:
        return None
    if id not in _member_ids(request):
        raise ApiError(ErrorCode.MEMBER_NOT_FOUND, field="assignee_id")
    return id


def _member_ids(request: ApiRequest) -> set[int]:
    """Read once for each request: a batch asks for each of its contacts."""
    if not hasattr(request, "member_ids"):
        request.member_ids = set(Member.objects.filter(team_id=request.team.id).values_list("id", flat=True))
    return request.member_ids
