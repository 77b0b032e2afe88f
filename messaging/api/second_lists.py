"""API calls about lists below /v2, as newer apps of the Heymarket API make them."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from api.errors import ErrorCode
from api.router import ApiRequest, ApiRouter
from api.shapes import PathId
from kernel import change_tokens
from messaging.api.list_shapes import BODY, SAVED, CreateListRequest, SavedListResponse, UpdateListRequest
from messaging.api.lists import MEMBER_ERRORS, change_list, create_list_once, find_list

second_lists = ApiRouter()


class DeletedListResponse(BaseModel):
    deleted: Literal[True] = Field(description="That it is deleted.")
    id: int


@second_lists.writes(
    "POST", "/lists", answer=SavedListResponse, example=SAVED, body=BODY,
    errors=[*MEMBER_ERRORS, ErrorCode.LOCAL_ID_REUSED], summary="Create a list (v2)",
)  # fmt: skip
def create_second_list(request: ApiRequest, payload: CreateListRequest) -> Any:
    """Create a list, as POST /v1/list does."""
    return create_list_once(request, payload)


@second_lists.writes(
    "PUT", "/lists/{id}", answer=SavedListResponse, example=SAVED, body={"title": "VIP", "add_contacts": [98765]},
    errors=[ErrorCode.LIST_NOT_FOUND, *MEMBER_ERRORS], summary="Update a list (v2)",
)  # fmt: skip
def update_second_list(request: ApiRequest, id: PathId, payload: UpdateListRequest) -> SavedListResponse:
    """Change a list, as PUT /v1/list/{id} does."""
    return change_list(request, id, payload)


@second_lists.writes(
    "DELETE", "/lists/{id}", answer=DeletedListResponse, example={"deleted": True, "id": 42},
    errors=[ErrorCode.LIST_NOT_FOUND], summary="Delete a list (v2)",
)  # fmt: skip
def delete_second_list(request: ApiRequest, id: PathId) -> DeletedListResponse:
    """Delete a list. Its contacts and their standing are kept."""
    find_list(request, id).delete()
    change_tokens.renew_on_commit(request.team.id)
    return DeletedListResponse(deleted=True, id=id)
