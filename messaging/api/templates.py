"""API calls about templates: list, get, create, update, delete. Programs see those that are shared with the team."""

import uuid
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StrictBool

from api.errors import ApiError, ErrorCode
from api.paging import CursorTime, PageRequest, fetch_page
from api.router import ApiRequest
from api.shapes import PathId, ResponseTime, StrictRequest, text_up_to
from api.unchanged import AS_RETURNED
from kernel import change_tokens
from kernel.visible_text import has_visible_characters
from messaging import idempotency
from messaging.api.calls import calls
from messaging.api.lookups import require_known_fields
from messaging.media.links import FOR_SYSTEMS, read_token, shared_address
from messaging.text_templates import templates
from messaging.text_templates.models import MAX_BODY, TextTemplate

_LOCAL_ID = "Your idempotency key: a repeat within 24 hours returns the same response and creates nothing."
_TITLE = "The name under which members find it."
_ARCHIVED = "An archived template is kept, and neither offered nor sent."
_TEXT = "The text, with fields such as {{ first_name | there }}."


class TemplatePictureResponse(BaseModel):
    url: str = Field(description="An address of the picture, for seven days; it needs no key.")


class TemplateContentRequest(StrictRequest):
    text: Annotated[str, text_up_to(MAX_BODY, _TEXT, shortest=1)]


class UpdateTemplateContentRequest(TemplateContentRequest):
    gallery: Annotated[
        list[TemplatePictureResponse] | None,
        Field(max_length=10, description=f"{AS_RETURNED} Pictures are changed on the page."),
    ] = None


class CreateTemplateRequest(StrictRequest):
    title: Annotated[str, text_up_to(80, _TITLE, shortest=1)]
    content: TemplateContentRequest
    local_id: Annotated[str, text_up_to(64, _LOCAL_ID, shortest=1)] | None = None
    archived: Annotated[StrictBool, Field(description=_ARCHIVED)] = False


class UpdateTemplateRequest(StrictRequest):
    title: Annotated[str, text_up_to(80, _TITLE, shortest=1)] | None = None
    content: UpdateTemplateContentRequest | None = None
    archived: Annotated[StrictBool, Field(description=_ARCHIVED)] | None = None


class SavedTemplateResponse(BaseModel):
    id: int = Field(description="The template_id of other calls.")
    rev: int = Field(description="The number of its versions, from 1.")
    uuid: str = Field(description="An ID that is unique among all teams and never changes.")


class TemplateContentResponse(BaseModel):
    text: str
    gallery: list[TemplatePictureResponse] = Field(description="Its picture, if it has one.")


class TemplateResponse(BaseModel):
    id: int = Field(description="The template_id of other calls.")
    uuid: str
    name: str = Field(description="The `title` of the calls that create and update it.")
    content: TemplateContentResponse
    team_id: int
    local_id: str = Field(description="The `local_id` of the call that created it; empty without one.")
    archived: bool = Field(description=_ARCHIVED)
    rev: int = Field(description="The number of its versions, from 1.")
    shared: bool = Field(description="Always true: personal templates are their members' own.")
    uses: int = Field(description="How many texts were sent with it.")
    created: ResponseTime
    updated: CursorTime


EXAMPLE = {
    "id": 101, "uuid": "5f1c0f9a-0d1e-5c64-9d3c-0c7fd1a7c2c1", "name": "Welcome",
    "content": {"text": "Hello {{ first_name | there }}, welcome!", "gallery": []}, "team_id": 7,
    "local_id": "", "archived": False, "rev": 1, "shared": True, "uses": 12,
    "created": "2026-11-02T09:00:00Z", "updated": "2026-11-25T10:42:00.123456Z",
}  # fmt: skip
SAVED = {"id": EXAMPLE["id"], "rev": 1, "uuid": EXAMPLE["uuid"]}
BODY = {"title": EXAMPLE["name"], "content": {"text": "Hello {{ first_name | there }}, welcome!"}}


@calls.reads(
    "POST", "/templates", answer=list[TemplateResponse], example=[EXAMPLE],
    body={"date": "2026-11-25T10:42:00Z"}, summary="List templates",
)  # fmt: skip
def list_templates(request: ApiRequest, payload: PageRequest) -> list[TemplateResponse]:
    """Templates, archived ones too, last changed first. Send `updated` of the last as `date` for the next."""
    rows = TextTemplate.objects.shared(request.team.id).select_related("picture")
    return [_response(template, updated) for template, updated in payload.read(rows, "updated_at")]


@calls.reads(
    "GET", "/template/{id}", answer=TemplateResponse, example=EXAMPLE, errors=[ErrorCode.TEMPLATE_NOT_FOUND],
    summary="Get a template",
)  # fmt: skip
def get_template(request: ApiRequest, id: PathId) -> TemplateResponse:
    """One template, by its ID."""
    rows = TextTemplate.objects.shared(request.team.id).filter(id=id).select_related("picture")
    found = fetch_page(rows, "updated_at", None)
    if not found:
        raise ApiError(ErrorCode.TEMPLATE_NOT_FOUND, field="id")
    return _response(*found[0])


@calls.writes(
    "POST", "/template", answer=SavedTemplateResponse, example=SAVED, body=BODY,
    errors=[ErrorCode.LOCAL_ID_REUSED], summary="Create a template",
)  # fmt: skip
def create_template(request: ApiRequest, payload: CreateTemplateRequest) -> Any:
    """Create a template that is shared with the team."""
    _check(request, payload.title, payload.content)
    if payload.local_id is None:
        return _create(request, payload)
    fields = {"template": payload.model_dump()}
    return idempotency.run_once(
        request.team.id, payload.local_id, fields, lambda: _create(request, payload), SavedTemplateResponse
    )


def _create(request: ApiRequest, payload: CreateTemplateRequest) -> SavedTemplateResponse | ApiError:
    try:
        made = templates.make_template(
            request.team.id,
            title=payload.title.strip(),
            body=payload.content.text,
            owner=None,
            archived=payload.archived,
            local_id=payload.local_id or "",
        )
    except templates.TooManyTemplates as error:
        return ApiError(ErrorCode.BAD_DATA, str(error))
    change_tokens.renew_on_commit(request.team.id)
    return _saved(made)


@calls.writes(
    "PUT", "/template/{id}", answer=SavedTemplateResponse, example=SAVED, body=BODY,
    errors=[ErrorCode.TEMPLATE_NOT_FOUND, ErrorCode.NOT_POSSIBLE], summary="Update a template",
)  # fmt: skip
def update_template(request: ApiRequest, id: PathId, payload: UpdateTemplateRequest) -> SavedTemplateResponse:
    """Change its title, its text, or whether it is archived; what is not sent stays."""
    found = find_shared(request, id)
    _check(request, payload.title, payload.content)
    _require_same_pictures(found, payload.content)
    changes = {
        "title": payload.title and payload.title.strip(),
        "body": payload.content and payload.content.text,
        "archived": payload.archived,
    }
    templates.change_template(found, **{name: value for name, value in changes.items() if value is not None})
    change_tokens.renew_on_commit(request.team.id)
    return _saved(found)


@calls.writes(
    "DELETE", "/template/{id}", answer=Literal["ok"], example="ok", errors=[ErrorCode.TEMPLATE_NOT_FOUND],
    summary="Delete a template",
)  # fmt: skip
def delete_template(request: ApiRequest, id: PathId) -> str:
    """Delete a template. Texts that were sent with it stay."""
    templates.delete_template(find_shared(request, id))
    change_tokens.renew_on_commit(request.team.id)
    return "ok"


def find_shared(request: ApiRequest, id: int) -> TextTemplate:
    found: TextTemplate | None = TextTemplate.objects.shared(request.team.id).filter(id=id).first()
    if found is None:
        raise ApiError(ErrorCode.TEMPLATE_NOT_FOUND, field="id")
    return found


def _require_same_pictures(template: TextTemplate, content: UpdateTemplateContentRequest | None) -> None:
    """Addresses are signed anew each time: what they name must be the same."""
    if content is None or not content.gallery:
        return
    shared = [read_token(picture.url.rstrip("/").rpartition("/")[2]) for picture in content.gallery]
    if [found and (found.team_id, found.attachment_id) for found in shared] != [
        (template.team_id, template.picture_id)
    ]:
        message = "This call cannot change pictures: leave gallery out, or send it as GET returned it."
        raise ApiError(ErrorCode.NOT_POSSIBLE, message, field="content.gallery")


def _check(request: ApiRequest, title: str | None, content: TemplateContentRequest | None) -> None:
    if title is not None and not has_visible_characters(title):
        raise ApiError(ErrorCode.BAD_DATA, "Give it a title.", field="title")
    if content is None:
        return
    if not has_visible_characters(content.text):
        raise ApiError(ErrorCode.BAD_DATA, "Write something.", field="content.text")
    require_known_fields(request, content.text, "content.text")


def _saved(template: TextTemplate) -> SavedTemplateResponse:
    return SavedTemplateResponse(id=template.id, rev=template.rev, uuid=_uuid_of(template))


def _uuid_of(template: TextTemplate) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"heymarket:template:{template.team_id}:{template.id}"))


def _response(template: TextTemplate, updated: str) -> TemplateResponse:
    pictures = [template.picture_id] if template.picture_id else []
    return TemplateResponse(
        id=template.id,
        uuid=_uuid_of(template),
        name=template.title,
        content=TemplateContentResponse(
            text=template.body,
            gallery=[
                TemplatePictureResponse(url=shared_address(template.team_id, id, FOR_SYSTEMS))
                for id in pictures
            ],
        ),
        team_id=template.team_id,
        local_id=template.local_id,
        archived=template.archived,
        rev=template.rev,
        shared=template.is_shared,
        uses=template.uses,
        created=template.created_at,
        updated=updated,
    )
