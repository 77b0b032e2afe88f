"""API call that sends a text, once for each local_id."""

from typing import Any

from django.conf import settings

from accounts.access import Right
from accounts.models import Inbox, Member
from api.errors import ApiError, ErrorCode
from api.models import KeyScope
from api.router import ApiRequest
from api.shapes import parse_number
from kernel.tenancy import scope
from kernel.visible_text import has_visible_characters
from messaging import idempotency
from messaging.api.calls import calls
from messaging.api.list_sending import send_to_list
from messaging.api.lookups import (
    check_recipient_of,
    find_broadcaster,
    find_conversation,
    find_inbox,
    find_member,
    refusal_error,
    require_filled,
)
from messaging.api.sending_shapes import SendMessageRequest, SendMessageResponse
from messaging.carriers.registry import adapter_for
from messaging.compose import compose_text
from messaging.forms import MAX_TEXT_LENGTH
from messaging.media.models import Attachment, AttachmentState
from messaging.media.uploads import NO_ATTACHMENTS
from messaging.models import Message, MessageStatus
from messaging.teamwork.notes import write_note
from messaging.text_templates.templates import copy_picture, fill_text, find_template, record_use
from optout.consent_types import Refusal

SEND_EXAMPLE = {
    "id": 5150,
    "date": "2026-11-25T10:42:00.123456Z",
    "chat_id": 9920,
    "status": "queued",
    "local_id": "order-1042-shipped",
    "held_until": None,
    "held": "",
}
SEND_ERRORS = [
    ErrorCode.INBOX_NOT_FOUND, ErrorCode.MEMBER_NOT_FOUND, ErrorCode.MEMBER_MAY_NOT, ErrorCode.CONVERSATION_NOT_FOUND,
    ErrorCode.INVALID_PHONE_NUMBER, ErrorCode.UNSUBSCRIBED_NUMBER, ErrorCode.BLOCKED_NUMBER,
    ErrorCode.HELD_FOR_REVIEW, ErrorCode.UNCONFIRMED_NUMBER, ErrorCode.LOCAL_ID_REUSED,
    ErrorCode.TEMPLATE_NOT_FOUND, ErrorCode.LIST_NOT_FOUND,
]  # fmt: skip


def prepare_sending(request: ApiRequest, payload: SendMessageRequest) -> list[Attachment]:
    """Check the request, and copy the template's picture, if it has one, outside any transaction."""
    _check_target(payload)
    _check_content(payload)
    _check_address(payload.media_url)
    if payload.template_id is None or request.dry_run:
        return []
    with scope(request.team.id):
        template = find_template(request.team.id, None, payload.template_id)
    return copy_picture(template) if template else []


@calls.writes(
    "POST", "/message/send", scope=KeyScope.SEND, answer=SendMessageResponse,
    example=SEND_EXAMPLE,
    body={
        "inbox_id": 42, "phone_number": "15105553344", "text": "Your order has shipped.",
        "local_id": "order-1042-shipped",
    },
    errors=SEND_ERRORS, prepare=prepare_sending, summary="Send a text",
)  # fmt: skip
def send_message(request: ApiRequest, payload: SendMessageRequest) -> Any:
    """Queue a text to a number or into a conversation.

    A number that has opted out, is blocked or is held for review is refused, and the conversation shows the refused
    text. Consent is checked again when a queued text is sent, so a STOP in between still stops it. A text with
    media_url waits until the file is fetched, and fails if it cannot be sent. A text with a field, like
    {{ first_name }}, is refused: the fields of a template are filled. It is refused if a field of it is empty for this
    person and has no fallback. A marketing text stays queued until the recipient's sending hours allow
    it, and laws limit how many a person gets in 24 hours; a reply within 24 hours of the person's text goes at once.
    With list_id a broadcast is created, and its ID returned: who may not be texted is left out, and fields are filled
    for each person.
    """
    return send_once(request, payload, request.prepared)


def send_once(
    request: ApiRequest, payload: SendMessageRequest, picture: list[Attachment]
) -> SendMessageResponse | ApiError:
    if payload.local_id is None:
        return _send(request, payload, picture)
    fields = payload.model_dump(exclude_defaults=True)
    if payload.phone_number is not None:  # a repeat may spell the number differently
        fields["phone_number"] = parse_number(
            payload.phone_number, request.team, field="phone_number", short_codes=False
        )
    return idempotency.run_once(
        request.team.id,
        payload.local_id,
        fields,
        lambda: _send(request, payload, picture),
        SendMessageResponse,
    )


def _check_target(payload: SendMessageRequest) -> None:
    targets = payload.phone_number, payload.chat_id, payload.list_id
    sent = sum(target is not None for target in targets)
    if sent == 0:
        raise ApiError(ErrorCode.BAD_DATA, "Send phone_number, chat_id or list_id.")
    if sent > 1:
        field = "chat_id" if payload.list_id is None else "list_id"
        raise ApiError(ErrorCode.BAD_DATA, "Send only one of phone_number, chat_id and list_id.", field=field)
    if payload.list_id is not None and (payload.private or payload.media_url):
        raise ApiError(ErrorCode.BAD_DATA, "A list gets a text or a template.", field="list_id")
    if payload.list_id is not None and payload.local_id is None:
        raise ApiError(
            ErrorCode.BAD_DATA, "Send local_id, so that a list gets a text once.", field="local_id"
        )


def _check_content(payload: SendMessageRequest) -> None:
    if payload.template_id is not None and payload.text is not None:
        raise ApiError(ErrorCode.BAD_DATA, "Send text or template_id, not both.", field="template_id")
    if payload.private and payload.marketing:
        raise ApiError(
            ErrorCode.BAD_DATA, "A private note is never sent: leave marketing out.", field="marketing"
        )
    if payload.private and (payload.template_id is not None or payload.media_url):
        raise ApiError(ErrorCode.BAD_DATA, "A private note has only text.", field="private")
    if payload.text and not payload.private and payload.list_id is None:
        require_filled(payload.text, "text", "Or send template_id, whose fields are filled.")
    has_content = payload.media_url or payload.template_id is not None
    if not has_content and not has_visible_characters(payload.text or ""):
        raise ApiError(ErrorCode.BAD_DATA, "Write something.", field="text")


def _check_address(media_url: str | None) -> None:
    if media_url and not media_url.startswith("https://") and not settings.WEBHOOKS_ALLOW_LOOPBACK:
        raise ApiError(ErrorCode.BAD_DATA, "Send an https address.", field="media_url")


def _attachments(inbox: Inbox, media_url: str | None, picture: list[Attachment]) -> list[Attachment]:
    """The picture, and what a worker will fetch first. Raises ApiError if the inbox can only send words."""
    if not media_url and not picture:
        return []
    if adapter_for(inbox).media_limits(inbox) is None:
        field = "media_url" if media_url else "template_id"
        raise ApiError(ErrorCode.BAD_DATA, NO_ATTACHMENTS, field=field)
    waiting = Attachment(team_id=inbox.team_id, state=AttachmentState.WAITING, source_url=media_url or "")
    return [*picture, waiting] if media_url else picture


def _send(
    request: ApiRequest, payload: SendMessageRequest, picture: list[Attachment]
) -> SendMessageResponse | ApiError:
    inbox = find_inbox(request, payload.inbox_id)
    if not inbox.is_open:
        return ApiError(ErrorCode.INBOX_NOT_FOUND, "This inbox is closed.", field="inbox_id")
    author = _find_author(request, payload, inbox)
    if payload.private:
        return _write_note(request, payload, inbox, author)
    author_name = f"{author or 'API'} ({request.key})"[:80]
    if payload.list_id is not None:
        content = (
            find_template(request.team.id, None, payload.template_id) if payload.template_id else payload.text
        )
        if content is None:
            raise ApiError(ErrorCode.TEMPLATE_NOT_FOUND, field="template_id")
        made = send_to_list(
            request, payload.list_id, inbox, author, content, picture,
            marketing=payload.marketing, author_name=author_name,
        )  # fmt: skip
        return SendMessageResponse(
            id=made.id, date=made.created_at, chat_id=None, status=made.status, local_id=payload.local_id
        )
    if payload.chat_id is not None:
        number = find_conversation(request, inbox, payload.chat_id, None).number
    else:
        number = parse_number(
            payload.phone_number or "", request.team, field="phone_number", short_codes=False
        )
    check_recipient_of(inbox, number, field="phone_number" if payload.chat_id is None else "chat_id")
    body, attachments = (
        _body(request, payload, inbox, number, author),
        _attachments(inbox, payload.media_url, picture),
    )
    message = compose_text(
        inbox, number, body, author=author, author_name=author_name, attachments=attachments,
        within_hours=payload.marketing, marketing=payload.marketing, local_id=payload.local_id or "",
    )  # fmt: skip
    if message.status == MessageStatus.REFUSED:
        return refusal_error(request, Refusal(message.reason), inbox, number, message.id)
    return _response(message, payload.local_id)


def _find_author(request: ApiRequest, payload: SendMessageRequest, inbox: Inbox) -> Member | None:
    """The member in whose name it is sent or noted. Raises ApiError if the member may not."""
    if not payload.creator_id:
        return None
    if payload.list_id is not None:
        return find_broadcaster(request, payload.creator_id, inbox, field="creator_id")
    right = Right.ORGANIZE if payload.private else Right.SEND_TEXTS
    return find_member(request, payload.creator_id, field="creator_id", sees=inbox, right=right)


def _body(
    request: ApiRequest, payload: SendMessageRequest, inbox: Inbox, number: str, author: Member | None
) -> str:
    """The text, or the template's with its fields filled. Raises ApiError if that is not possible."""
    if payload.template_id is None:
        return payload.text or ""
    template = find_template(request.team.id, None, payload.template_id)
    if template is None:
        raise ApiError(ErrorCode.TEMPLATE_NOT_FOUND, field="template_id")
    filled = fill_text(template.body, inbox, number, author)
    problems = list(filled.problems)
    if len(filled.text) > MAX_TEXT_LENGTH:
        problems.append(f"With its fields filled, the text is longer than {MAX_TEXT_LENGTH} characters.")
    if problems:
        raise ApiError(ErrorCode.BAD_DATA, " ".join(problems), field="template_id")
    record_use(template)
    return filled.text


def _write_note(
    request: ApiRequest, payload: SendMessageRequest, inbox: Inbox, author: Member | None
) -> SendMessageResponse:
    found = find_conversation(request, inbox, payload.chat_id, payload.phone_number)
    name = f"{author or 'API'} ({request.key})"[:80]
    note = write_note(found, payload.text or "", author, author_name=name)
    return SendMessageResponse(
        id=note.id, date=note.at, chat_id=found.id, status="private", local_id=payload.local_id
    )


def _response(message: Message, local_id: str | None) -> SendMessageResponse:
    return SendMessageResponse(
        id=message.id,
        date=message.at,
        chat_id=message.conversation_id,
        status=message.status,
        local_id=local_id,
        held_until=message.held_until,
        held=message.held,
    )
