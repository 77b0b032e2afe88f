"""Validation errors in the caller's words: the field as it was sent, and what to send instead."""

from typing import Any, Literal

import pytest
from pydantic import TypeAdapter, ValidationError

from api.validation_errors import OTHER, from_validation_errors
from contacts.api.shapes import ContactDetailsRequest, NewContactRequest
from messaging.api.sending_shapes import SendMessageRequest
from tests.api.calls import WORDS_OF_CODE

PHONE = {"phone": "15105553344"}
SEND = {"inbox_id": 1, "text": "x"}
# The type, what is sent, and the error's field and words.
TABLE: list[tuple[Any, Any, str, str]] = [
    (NewContactRequest, {}, "phone", "This is needed. Send it."),
    (NewContactRequest, [], "", "Send an object."),
    (NewContactRequest, "x", "", "Send an object."),
    (NewContactRequest, {**PHONE, "colour": 1}, "colour", "There is no such field. Leave it out, or correct its name."),
    (NewContactRequest, {**PHONE, "gallery": [1]}, "gallery", "This is not offered here."),
    (NewContactRequest, {**PHONE, "first": 1}, "first", "Send a string."),
    (NewContactRequest, {**PHONE, "first": "x" * 81}, "first", "Send at most 80 characters."),
    (NewContactRequest, {**PHONE, "is_opted_out": "yes"}, "is_opted_out", "Send true or false."),
    (NewContactRequest, {**PHONE, "status": "on"}, "status", "Send active, unsubscribed or blocked."),
    (NewContactRequest, {**PHONE, "custom": []}, "custom", "Send an object."),
    (NewContactRequest, {**PHONE, "tags": "vip"}, "tags", "Send an array."),
    (NewContactRequest, {**PHONE, "tags": [5]}, "tags.0", "Send an object or a string."),
    (NewContactRequest, {**PHONE, "tags": ["vip", None]}, "tags.1", "Send an object or a string."),
    (NewContactRequest, {**PHONE, "tags": [""]}, "tags.0", "Send at least 1 character."),
    (NewContactRequest, {**PHONE, "tags": ["x" * 41]}, "tags.0", "Send at most 40 characters."),
    (NewContactRequest, {**PHONE, "tags": ["x"] * 51}, "tags", "Send at most 50 values."),
    (NewContactRequest, {**PHONE, "tags": [{"tag_id": "x"}]}, "tags.0.tag_id", "Send a whole number."),
    (NewContactRequest, {**PHONE, "tags": [{"tag_id": 0}]}, "tags.0.tag_id", "Send 1 or more."),
    (NewContactRequest, {**PHONE, "tags": [{}]}, "tags.0.tag_id", "This is needed. Send it."),
    (NewContactRequest, {**PHONE, "tags": [{"tag_id": 1, "name": "x"}]}, "tags.0.name",
        "There is no such field. Leave it out, or correct its name."),
    (NewContactRequest, {**PHONE, "consent": {"category": "marketing", "method": "form", "text": "x", "source": "x",
                                              "obtained_at": "now"}}, "consent.obtained_at",
        "Send a date and time of RFC 3339, like 2026-11-25T10:42:00Z."),
    (ContactDetailsRequest, {"assignee_id": 1.5}, "assignee_id", "Send a whole number."),
    (ContactDetailsRequest, {"assignee_id": -2}, "assignee_id", "Send -1 or more."),
    (SendMessageRequest, {**SEND, "inbox_id": 2**63}, "inbox_id", "Send 9,223,372,036,854,775,807 or less."),
    (SendMessageRequest, {**SEND, "media_url": "x"}, "media_url", OTHER),
    (SendMessageRequest, {**SEND, "phone_number": "x"}, "phone_number",
        "There is no such phone number. Send E.164 digits, like 15105553344."),
    (list[Literal["a", "b"]], ["c"], "0", "Send a or b."),
    (float, "x", "", OTHER),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "sent", "field", "message"), TABLE)
def test_an_error_names_the_callers_field_and_what_to_send(
    kind: Any, sent: Any, field: str, message: str
) -> None:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(kind).validate_python(sent)
    error = from_validation_errors(raised.value.errors(include_url=False), sent, "body")
    assert (error.field, error.message) == (field or "body", message)
    assert not WORDS_OF_CODE.search(error.message)


@pytest.mark.parametrize("words", [
    "Input should be a valid string", "Input should be a valid dictionary or instance of TagIdRequest",
    "Value error, bad", "Not a valid bool", "<class 'int'>",
])  # fmt: skip
def test_words_of_the_code_would_be_found(words: str) -> None:
    assert WORDS_OF_CODE.search(words)
