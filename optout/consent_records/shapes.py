"""Request and response bodies of API calls about consent on record."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.shapes import RequestTime, ResponseTime, StrictRequest, one_of, text_up_to
from kernel.phone_numbers import digits
from optout.consent_records.models import ConsentCategory, ConsentMethod, ConsentRecord
from optout.consent_records.recording import StatedConsent
from optout.consent_records.wording import describe_record
from optout.models import Origin

CategoryWord = Literal["marketing", "informational"]
MethodWord = Literal["text", "form", "spoken", "other"]
CATEGORY = "To which texts the person agreed: marketing (which includes the other), or informational."


class ConsentRequest(StrictRequest):
    """How the person agreed to get texts. It is recorded, and lifts nothing."""

    category: Annotated[CategoryWord, Field(description=CATEGORY)]
    method: Annotated[MethodWord, Field(description="spoken: in person or by phone.")] = "other"
    text: Annotated[str, text_up_to(2000, "The words that the person said or agreed to.", shortest=1)]
    source: Annotated[str, text_up_to(200, "Where: a form, a call, a shop.", shortest=1)] | None = None
    obtained_at: Annotated[
        RequestTime | None,
        Field(description="When the person agreed. Without it, any opt-out of the person is newer."),
    ] = None

    def stated(self) -> StatedConsent:
        category, method = ConsentCategory(self.category), ConsentMethod(self.method)
        return StatedConsent(category, method, self.text, self.source or "", self.obtained_at)


class ConsentRecordResponse(BaseModel):
    """One consent record. Records are never changed."""

    id: int
    phone: str
    category: str = one_of(ConsentCategory, "To which texts; none: earlier records do not count.")
    method: str = one_of(ConsentMethod, "How; spoken: in person or by phone.")
    origin: str = one_of(Origin, "Who recorded it; contact: the person, by text.")
    recorded_by: str = Field(description="The member, import or API key; empty for a text.")
    text: str = Field(description="What the person said or agreed to.")
    source: str
    inbox_name: str = Field(description="The inbox to which the person texted.")
    obtained_at: ResponseTime | None = Field(description="When the person agreed, if it is known.")
    recorded_at: ResponseTime
    sentence: str


def record_fields(record: ConsentRecord) -> dict[str, Any]:
    """The fields of a ConsentRecordResponse."""
    return {
        "id": record.id,
        "phone": digits(record.number),
        "category": record.category,
        "method": record.method,
        "origin": record.origin,
        "recorded_by": record.actor_name,
        "text": record.words,
        "source": record.source,
        "inbox_name": record.inbox_name,
        "obtained_at": record.obtained_at,
        "recorded_at": record.recorded_at,
        "sentence": describe_record(record),
    }


RECORD = {
    "id": 812, "phone": "14155550101", "category": "marketing", "method": "form", "origin": "api",
    "recorded_by": "Website", "text": "Yes, send me offers", "source": "Sign-up form", "inbox_name": "",
    "obtained_at": "2026-11-02T09:00:00Z", "recorded_at": "2026-11-02T09:00:00.123456Z",
    "sentence": "Agreed to marketing texts on a form, recorded by Website",
}  # fmt: skip
