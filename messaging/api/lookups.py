"""Lookups of the objects that calls name. Objects of other teams are the same ApiError as objects that do not exist."""

from django.utils import timezone

from accounts.access import Right, may, visible_inboxes
from accounts.models import Inbox, Member
from api.errors import ApiError, ErrorCode
from api.refusals import RefusalResponse
from api.router import ApiRequest
from api.shapes import check_recipient, parse_number
from kernel.unfilled_fields import unfilled_fault
from messaging.broadcasts.senders import closed_to
from messaging.models import Conversation
from messaging.text_templates.fields import find_mistakes
from messaging.text_templates.values import known_fields
from optout.consent_types import Refusal
from optout.refusal_causes import refusal_causes

REFUSAL_CODES = {
    Refusal.BLOCKED: ErrorCode.BLOCKED_NUMBER,
    Refusal.OPTED_OUT: ErrorCode.UNSUBSCRIBED_NUMBER,
    Refusal.HELD: ErrorCode.HELD_FOR_REVIEW,
    Refusal.UNCONFIRMED: ErrorCode.UNCONFIRMED_NUMBER,
    Refusal.NEVER_TEXTED: ErrorCode.INVALID_PHONE_NUMBER,
    Refusal.NO_NUMBER: ErrorCode.INVALID_PHONE_NUMBER,
    Refusal.OWN_NUMBER: ErrorCode.INVALID_PHONE_NUMBER,
    Refusal.SHORT_CODE: ErrorCode.INVALID_PHONE_NUMBER,
    Refusal.UNFILLED: ErrorCode.BAD_DATA,
}


def find_inbox(request: ApiRequest, id: int, *, field: str = "inbox_id") -> Inbox:
    found = Inbox.objects.filter(team_id=request.team.id, id=id).first()
    if found is None:
        raise ApiError(ErrorCode.INBOX_NOT_FOUND, field=field)
    found.team = request.team
    return found


def check_recipient_of(inbox: Inbox, number: str, *, field: str) -> None:
    """Raises ApiError(INVALID_PHONE_NUMBER) for a number to which the inbox cannot text, whatever its standing."""
    check_recipient(number, inbox.team, field=field)
    if number == inbox.number:
        raise ApiError(ErrorCode.INVALID_PHONE_NUMBER, str(Refusal.OWN_NUMBER.label), field=field)


def find_member(
    request: ApiRequest, id: int, *, field: str, sees: Inbox | None = None, right: Right | None = None
) -> Member:
    """A member of the team, who sees the inbox `sees` and has `right`, in this inbox or in the team, if they are given.

    What a program does in a member's name is what that member may do.
    """
    members = Member.objects.filter(team_id=request.team.id, id=id)
    found = members.select_related("user", "custom_role").first()
    if found is None:
        raise ApiError(ErrorCode.MEMBER_NOT_FOUND, field=field)
    found.team = request.team
    if sees and not visible_inboxes(found).filter(id=sees.id).exists():
        raise ApiError(
            ErrorCode.MEMBER_NOT_FOUND, f"{found} is not a member of the inbox {sees}.", field=field
        )
    if right:
        require_right(found, right, sees, field=field)
    return found


def require_right(member: Member, right: Right, inbox: Inbox | None, *, field: str) -> None:
    """Raises ApiError unless the member whom `field` names has the right, in the inbox or in the team."""
    if not may(member, right, inbox):
        place = f" in {inbox}" if inbox else ""
        raise ApiError(ErrorCode.MEMBER_MAY_NOT, f"{member} may not {right.sentence}{place}.", field=field)


def find_broadcaster(request: ApiRequest, id: int, inbox: Inbox | None, *, field: str) -> Member:
    """The member in whose name a broadcast is sent: from this inbox, or from the one last used with each person."""
    found = find_member(request, id, field=field, sees=inbox, right=Right.SEND_TEXTS if inbox else None)
    for closed in closed_to(found) if inbox is None else ():
        require_right(found, Right.SEND_TEXTS, closed, field=field)
    return found


def find_conversation(
    request: ApiRequest, inbox: Inbox, chat_id: int | None, target: str | None, *, field: str = "chat_id"
) -> Conversation:
    """A conversation of the inbox, by its ID or, without an ID, by the other party's number."""
    rows = Conversation.objects.filter(team_id=request.team.id, inbox_id=inbox.id).exclude(number="")
    if chat_id is None:
        rows = rows.filter(number=parse_number(target or "", request.team, field="target"))
    else:
        rows = rows.filter(id=chat_id)
    found: Conversation | None = rows.first()
    if found is None:
        raise ApiError(ErrorCode.CONVERSATION_NOT_FOUND, field="target" if chat_id is None else field)
    found.inbox = inbox
    return found


def find_or_create_conversation(inbox: Inbox, number: str) -> Conversation:
    """The inbox's conversation with a number: a closed and empty one if there was none."""
    found, _ = Conversation.objects.get_or_create(
        team_id=inbox.team_id,
        inbox=inbox,
        number=number,
        defaults={"closed": True, "last_message_at": timezone.now()},
    )
    found.inbox = inbox
    conversation: Conversation = found
    return conversation


def require_filled(text: str, field: str, hint: str = "") -> None:
    """Raises ApiError for a text that has a field, which would be sent as it stands."""
    if fault := unfilled_fault(text):
        raise ApiError(ErrorCode.BAD_DATA, f"{fault} {hint}".strip(), field=field)


def require_known_fields(request: ApiRequest, text: str, field: str) -> None:
    """Raises ApiError for a text whose fields are to be filled, if the team has no such field."""
    if mistakes := find_mistakes(text, known_fields(request.team.id)):
        raise ApiError(ErrorCode.BAD_DATA, " ".join(mistakes), field=field)


def refusal_error(
    request: ApiRequest, refusal: Refusal, inbox: Inbox, number: str, message_id: int | None = None
) -> ApiError:
    """The error of a text that consent forbids, with who forbade it and what would lift it."""
    causes = refusal_causes(request, number, inbox.id, refusal)
    lifted_by = causes[0].lifted_by if causes else ""
    return ApiError(
        REFUSAL_CODES[refusal],
        f"{refusal.label} {lifted_by}".strip(),
        field="phone_number",
        refusal=RefusalResponse(message_id=message_id, causes=causes).model_dump(mode="json"),
    )
