"""Request and response bodies of the API call that sends a text."""

from typing import Annotated

from pydantic import BaseModel, Field, StrictBool

from api.shapes import Id, Phone, ResponseTime, StrictRequest, one_of, text_up_to
from messaging.forms import MAX_TEXT_LENGTH

_LOCAL_ID = "Your idempotency key for this text: a repeat within 24 hours returns the same response and sends nothing."
_MEDIA_URL = (
    "An https address of a picture, PDF, contact card, recording or video to send: it is fetched first."
)
_PRIVATE = "A private note for the team instead of a text: it is never sent. The conversation must exist."
_MARKETING = (
    "Whether the text is marketing. It then waits for the recipient's sending hours, unless it is a reply."
)
_CREATOR = (
    "The member shown as author, who may send texts from this inbox, or write notes there; see GET /v1/team."
)
_LIST = "A list, whose contacts get the text as a broadcast, each once. Needs local_id."
_TEMPLATE = "A shared template instead of text. Its fields are filled for this person."


class SendMessageRequest(StrictRequest):
    """A text to phone_number, chat_id or list_id: send one of the three, and text, template_id or media_url."""

    inbox_id: Annotated[Id, Field(description="The inbox to send from.")]
    creator_id: Annotated[Id | None, Field(description=_CREATOR)] = None
    phone_number: Phone | None = None
    chat_id: Annotated[
        Id | None, Field(description="A conversation of the inbox, instead of phone_number.")
    ] = None
    list_id: Annotated[Id | None, Field(description=_LIST)] = None
    text: Annotated[str, text_up_to(MAX_TEXT_LENGTH, "The text to send.", shortest=1)] | None = None
    media_url: (
        Annotated[str, Field(max_length=2000, pattern=r"^https?://[!-~]+$", description=_MEDIA_URL)] | None
    ) = None
    template_id: Annotated[Id | None, Field(description=_TEMPLATE)] = None
    private: Annotated[StrictBool, Field(description=_PRIVATE)] = False
    marketing: Annotated[StrictBool, Field(description=_MARKETING)] = False
    local_id: Annotated[str, text_up_to(64, _LOCAL_ID, shortest=1)] | None = None


class SendMessageResponse(BaseModel):
    """A queued text, whose status GET /v1/messages and webhooks report; a private note; or a broadcast to a list."""

    id: int
    date: ResponseTime
    chat_id: int | None = Field(description="Null for a broadcast.")
    status: str = one_of(
        ("queued", "private", "scheduled"), "queued; private for a note; scheduled for a broadcast."
    )
    local_id: str | None
    held_until: Annotated[
        ResponseTime | None, Field(description="Until when sending hours hold the text.")
    ] = None
    held: Annotated[str, Field(description="Why, in words: held 9 h: Texas, Sunday before 12 PM.")] = ""
