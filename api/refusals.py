"""What an error about consent says: the text that was refused, who opted out, and what would lift it."""

import enum
from datetime import datetime

from pydantic import BaseModel, Field


class LiftCode(enum.StrEnum):
    """What would let the number be texted again. The rules are those of optout.lifting_rules."""

    PERSON_TEXTS_START = "person_texts_start"
    FRESH_CONSENT = "fresh_consent"
    SET_SUBSCRIBED = "set_status_subscribed"
    SET_UNBLOCKED = "set_status_unblocked"
    MEMBER_DECIDES = "member_decides"
    PERSON_CONFIRMS = "person_confirms"


class RefusalCause(BaseModel):
    """One cause why the number may not be texted."""

    kind: str = Field(description="opt_out, block, held_for_review or unconfirmed.", examples=["opt_out"])
    persons_own: bool = Field(description="Whether the person opted out, and not the team.", examples=[True])
    inbox_id: int | None = Field(
        description="The only inbox to which it applies; null: all inboxes.", examples=[42]
    )
    event_id: int | None = Field(
        description="The ledger entry. Null for a key without the scope read.", examples=[4711]
    )
    happened_at: datetime | None = Field(
        description="When. Null for a key without the scope read.", examples=["2026-11-25T10:42:00Z"]
    )
    sentence: str = Field(
        description="Who, how and where. Empty for a key without the scope read.",
        examples=["Contact opted out by texting STOP to Front Desk."],
    )
    lift: list[LiftCode] = Field(
        description="What would lift it; any of these.", examples=[["person_texts_start", "fresh_consent"]]
    )
    lifted_by: str = Field(description="The same in words.", examples=["The person can text START."])


class RefusalResponse(BaseModel):
    message_id: int | None = Field(
        description="The refused text, which its conversation shows; null for none.", examples=[5151]
    )
    causes: list[RefusalCause] = Field(description="All causes, the strongest first.")
