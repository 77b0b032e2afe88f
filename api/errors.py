"""API errors: each code with its HTTP status and a sentence that says what to do."""

import enum
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.refusals import RefusalResponse


class ErrorCode(enum.StrEnum):
    """The value is `error_code`. Apps may rely on it and on the status, not on the sentence."""

    status: int
    meaning: str

    def __new__(cls, value: str, status: int, meaning: str) -> Self:
        code = str.__new__(cls, value)
        code._value_, code.status, code.meaning = value, status, meaning
        return code

    @classmethod
    def by_value(cls, value: str) -> Self:
        return next(code for code in cls if code.value == value)

    MISSING_API_KEY = (
        "missing_api_key",
        401,
        "Send the header Authorization: Bearer, with a key or a signed token.",
    )
    INVALID_API_KEY = (
        "invalid_api_key",
        401,
        "This key is unknown or revoked, or the token is wrong or more than five minutes old.",
    )
    DENIED = "denied", 403, "This key may not do that: it lacks the scope that the call needs."
    BAD_DATA = "bad_data", 400, "The request is not valid; `field` says where."
    BAD_CURSOR = "bad_cursor", 400, "This is no cursor of this feed, or it is behind its end."
    PAYLOAD_TOO_LARGE = "payload_too_large", 413, "The body is larger than 2 MB. Send it in several calls."
    INVALID_PHONE_NUMBER = (
        "invalid_phone_number",
        422,
        "There is no such phone number. Send E.164 digits, like 15105553344.",
    )
    INVALID_EMAIL = "invalid_email", 422, "This is not an email address."
    INVALID_CUSTOM_FIELD = (
        "invalid_custom_field",
        422,
        "The team has no such custom field, or the value is not valid for it.",
    )
    INVALID_TIME = "invalid_time", 422, "The time must be in the future, and within a year."
    NOT_FOUND = "not_found", 404, "There is no such call. All calls are listed at /v1/docs."
    METHOD_NOT_ALLOWED = (
        "method_not_allowed",
        405,
        "This URL needs another method; the header Allow names it.",
    )
    CONTACT_NOT_FOUND = "contact_not_found", 404, "Your team has no such contact."
    CHANNEL_NOT_FOUND = "channel_not_found", 404, "The contact has no such channel."
    INBOX_NOT_FOUND = (
        "inbox_not_found",
        404,
        "Your team has no such inbox. GET /v1/inboxes lists its inboxes.",
    )
    CONVERSATION_NOT_FOUND = "conversation_not_found", 404, "Your team has no such conversation."
    MEMBER_NOT_FOUND = (
        "member_not_found",
        404,
        "Your team has no such member. GET /v1/team lists its members.",
    )
    MEMBER_MAY_NOT = (
        "member_may_not",
        403,
        "The member in whose name this is done has no right to it; `message` names the right.",
    )
    TEMPLATE_NOT_FOUND = (
        "template_not_found",
        404,
        "Your team has no such shared template, or it is archived. POST /v1/templates lists them.",
    )
    SCHEDULE_NOT_FOUND = (
        "schedule_not_found",
        404,
        "Your team has no such scheduled text, or it waits no more.",
    )
    LIST_NOT_FOUND = "list_not_found", 404, "Your team has no such list. POST /v1/lists lists them."
    TAG_NOT_FOUND = "tag_not_found", 404, "Your team has no such tag."
    BROADCAST_NOT_FOUND = "broadcast_not_found", 404, "Your team has no such broadcast."
    WEBHOOK_NOT_FOUND = (
        "webhook_not_found",
        404,
        "Your team has no such webhook. GET /v1/webhooks lists them.",
    )
    NOT_POSSIBLE = "not_possible", 409, "This is not possible now; `message` says why."
    NUMBER_TAKEN = "number_taken", 409, "Another contact of your team has this number."
    UNSUBSCRIBED_NUMBER = "unsubscribed_number", 409, "This number has opted out and cannot be texted."
    BLOCKED_NUMBER = "blocked_number", 409, "This number is blocked: texts are neither sent nor received."
    HELD_FOR_REVIEW = (
        "held_for_review",
        409,
        "A text of this person may be an opt-out: nothing automatic is sent until a member has decided.",
    )
    UNCONFIRMED_NUMBER = (
        "unconfirmed_number",
        409,
        "This person was asked to confirm and has not: until then this inbox sends only replies.",
    )
    CONTACT_OPTED_OUT = (
        "contact_opted_out",
        409,
        "The person opted out. They can text START, or the call can record fresh consent.",
    )
    LOCAL_ID_REUSED = "local_id_reused", 409, "This local_id was used for another text in the last 24 hours."
    CALL_IN_PROGRESS = (
        "call_in_progress",
        409,
        "A call with this Idempotency-Key is at work. Wait for Retry-After seconds, then repeat it.",
    )
    IDEMPOTENCY_KEY_REUSED = (
        "idempotency_key_reused",
        422,
        "This Idempotency-Key was used for another request in the last 24 hours. Send each new request with a new key.",
    )
    RATE_LIMITED = "rate_limited", 429, "Too many requests with this key. Wait for Retry-After seconds."
    INTERNAL_ERROR = (
        "internal_error",
        500,
        "Something went wrong on our side and was logged. Nothing was saved.",
    )
    UNAVAILABLE = "unavailable", 503, "A part of Heymarket is restarting. Try again shortly."


class ApiError(Exception):
    """The error that a call ends in; the message says what to do, and `retry_after` is in seconds."""

    def __init__(
        self,
        code: ErrorCode,
        message: str = "",
        *,
        field: str = "",
        retry_after: int = 0,
        refusal: dict[str, Any] | None = None,
    ) -> None:
        self.code, self.message, self.field = code, message or code.meaning, field
        self.retry_after, self.refusal = retry_after, refusal  # a RefusalResponse as JSON
        super().__init__(f"{code}: {self.message}")

    def parts(self) -> dict[str, Any]:
        """The arguments, besides the code, that make this error again."""
        return {"message": self.message, "field": self.field, "refusal": self.refusal}


class ErrorResponse(BaseModel):
    """The body of every error."""

    model_config = ConfigDict(title="Error")

    error_code: str = Field(description="What went wrong, for apps.", examples=["bad_data"])
    message: str = Field(description="What went wrong and what to do, for people.")
    field: str | None = Field(None, description="Where in the request, like `consent.obtained_at`.")
    refusal: RefusalResponse | None = Field(
        None, description="With errors about consent: what forbids it, and what would lift it."
    )
    dry_run: Literal[True] | None = Field(None, description="True if this was a dry run.")
    request_id: str = Field(
        description="Also in the header X-Request-Id; names this request in our logs.",
        examples=["0f8fad5b-d9cb-469f-a165-70867728950e"],
    )


def error_example(code: ErrorCode) -> dict[str, str]:
    """An example of this error's body."""
    return {
        "error_code": code.value,
        "message": code.meaning,
        "request_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
    }
