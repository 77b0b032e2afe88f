"""API calls about tags: list, create, get, delete. Contacts get tags by their IDs or names."""

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.errors import ApiError, ErrorCode
from api.paging import CursorTime, PageRequest, cursor_time
from api.router import ApiRequest
from api.shapes import PathId, ResponseTime, StrictRequest, text_up_to
from contacts.api.calls import calls
from contacts.lists.labels import get_or_create_tags
from contacts.lists.models import Tag
from kernel import change_tokens
from kernel.visible_text import has_visible_characters


class CreateTagRequest(StrictRequest):
    tag: Annotated[str, text_up_to(40, "Its name, unique in the team.", shortest=1)]


class TagDetailsResponse(BaseModel):
    id: int = Field(description="The `tag_id` of other calls.")
    tag: str = Field(description="Its name, which other calls accept in place of the ID.")
    team_id: int
    created: ResponseTime
    updated: Annotated[
        CursorTime, Field(description="When it was created; send it unchanged as `date` for the next page.")
    ]


class SavedTagResponse(BaseModel):
    id: int = Field(description="The `tag_id` of other calls.")
    uuid: str = Field(description="An ID that is unique among all teams and never changes.")
    created: bool = Field(description="False if the team had a tag with this name already.")


EXAMPLE = {
    "id": 55, "tag": "VIP", "team_id": 1, "created": "2026-11-02T09:00:00.000000Z",
    "updated": "2026-11-02T09:00:00.000000Z",
}  # fmt: skip
SAVED = {"id": 55, "uuid": "65f1b3a2-50dc-5f53-9c5b-0e1f6b1f4d0a", "created": True}


@calls.reads(
    "POST", "/tags", answer=list[TagDetailsResponse], example=[EXAMPLE], body={"limit": 100}, summary="List tags"
)  # fmt: skip
def list_tags(request: ApiRequest, body: PageRequest) -> list[TagDetailsResponse]:
    """The tags of contacts, the newest first. Send `updated` of the last as `date` to get the next page."""
    rows = Tag.objects.filter(team_id=request.team.id)
    return [_response(tag, updated) for tag, updated in body.read(rows, "created_at")]


@calls.reads(
    "GET", "/tag/{id}", answer=TagDetailsResponse, example=EXAMPLE, errors=[ErrorCode.TAG_NOT_FOUND],
    summary="Get a tag",
)  # fmt: skip
def get_tag(request: ApiRequest, id: PathId) -> TagDetailsResponse:
    """One tag, by its ID."""
    found = _find(request, id)
    return _response(found, cursor_time(found.created_at))


@calls.writes(
    "POST", "/tag", answer=SavedTagResponse, example=SAVED, body={"tag": "VIP"}, summary="Create a tag"
)  # fmt: skip
def create_tag(request: ApiRequest, body: CreateTagRequest) -> SavedTagResponse:
    """Create a tag, or return the team's tag of this name, whatever its case."""
    name = " ".join(body.tag.split())
    if not has_visible_characters(name):
        raise ApiError(ErrorCode.BAD_DATA, "Give it a name.", field="tag")
    known = Tag.objects.filter(team_id=request.team.id, name__iexact=name).exists()
    (tag,) = get_or_create_tags(request.team.id, [name])
    change_tokens.renew_on_commit(request.team.id)
    return SavedTagResponse(id=tag.id, uuid=_uuid_of(tag), created=not known)


@calls.writes(
    "DELETE", "/tag/{id}", answer=Literal["ok"], example="ok", errors=[ErrorCode.TAG_NOT_FOUND], summary="Delete a tag"
)  # fmt: skip
def delete_tag(request: ApiRequest, id: PathId) -> str:
    """Delete a tag. The contacts that have it are kept."""
    _find(request, id).delete()
    change_tokens.renew_on_commit(request.team.id)
    return "ok"


def _find(request: ApiRequest, id: int) -> Tag:
    found: Tag | None = Tag.objects.filter(team_id=request.team.id, id=id).first()
    if found is None:
        raise ApiError(ErrorCode.TAG_NOT_FOUND, field="id")
    return found


def _uuid_of(tag: Tag) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"heymarket:tag:{tag.team_id}:{tag.id}"))


def _response(tag: Tag, updated: str) -> TagDetailsResponse:
    return TagDetailsResponse(
        id=tag.id, tag=tag.name, team_id=tag.team_id, created=tag.created_at, updated=updated
    )
