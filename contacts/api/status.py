"""The calls about the status of a contact, or of a number that is nobody's contact."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from accounts import live
from accounts.api.calls import Call
from accounts.api.errors import Code, Fault
from accounts.api.models import Scope
from accounts.api.shapes import Asked, Id, Moment, Phone, either, up_to
from accounts.numbers import digits
from accounts.statements import ask
from contacts.api import calls
from contacts.api.holding import held_number, number_of
from contacts.api.saving import actor
from contacts.api.shapes import ByPhoneOrId
from optout import consent
from optout.api import known_number
from optout.asked import LacksScope, Status, set_status
from optout.consent import CannotLift, FreshConsent

StatusWord = Literal["subscribed", "unsubscribed", "active", "blocked", "unblocked"]


class ConsentRecord(Asked):
    """Consent that the person gave after having opted out."""

    text: Annotated[str, up_to(2000, "What the person said or ticked.", shortest=1)]
    obtained_at: Annotated[Moment, Field(description="When: later than the newest opt-out.")]
    source: Annotated[str, up_to(200, "Where: a form, a call, a shop.", shortest=1)]


class SetStatus(Asked):
    model_config = ConfigDict(json_schema_extra=either("phone", "string", "id", "integer"))

    phone: Phone | None = None
    id: Id | None = None
    status: StatusWord
    consent: Annotated[ConsentRecord | None, Field(description="Needs the scope consent.")] = None


class StatusTold(BaseModel):
    id: int | None = Field(description="Of the contact with this number; null where it is nobody's.")
    phone: str
    unsubscribed: bool = Field(description="Opted out in all inboxes.")
    blocked: bool
    unsubscribed_contact: bool = Field(
        description="By the person: by text, at the carrier, or before a move."
    )
    unsubscribed_admin: bool = Field(description="Recorded by the team: a member, an import or the API.")
    unsubscribed_inboxes: list[int] = Field(
        description="Inboxes in which alone the carrier refuses this number."
    )


ABOUT = [Code.CONTACT_NOT_FOUND, Code.INVALID_PHONE_NUMBER]


@calls.reads(
    "POST", "/contact/status", answer=StatusTold, body={"phone": "15105553344"},
    example={
        "id": 98765, "phone": "15105553344", "unsubscribed": True, "blocked": False, "unsubscribed_contact": True,
        "unsubscribed_admin": False, "unsubscribed_inboxes": [],
    },
    faults=ABOUT, summary="Whether a number may be texted",
)  # fmt: skip
def get_status(request: Call, asked: ByPhoneOrId) -> StatusTold:
    """The status of a number, or of a contact's number. GET /v1/contact/{phone}/why says more."""
    address = number_of(request, asked.id) if asked.phone is None else known_number(request, asked.phone)
    contact = ask(
        "SELECT id FROM contacts_contact WHERE team_id = $1 AND number = $2", request.team.id, address
    )
    everywhere = consent.everywhere(request.team.id, address)
    here = everywhere.in_inbox(None)
    return StatusTold(
        id=contact[0][0] if contact else None,
        phone=digits(address),
        unsubscribed=bool(here.opt_outs),
        blocked=here.blocked,
        unsubscribed_contact=bool(here.persons_own),
        unsubscribed_admin=len(here.opt_outs) > len(here.persons_own),
        unsubscribed_inboxes=sorted({row.inbox_id for row in everywhere.opt_outs if row.inbox_id}),
    )


@calls.writes(
    "POST", "/contact/set_status", answer=Literal["success"], example="success",
    body={"phone": "15105553344", "status": "unsubscribed"}, faults=[*ABOUT, Code.CONTACT_OPTED_OUT],
    summary="Block, unblock, subscribe or unsubscribe",
)  # fmt: skip
def set_contact_status(request: Call, asked: SetStatus) -> Any:
    """Change the status of a number, or of a contact's number; what is so already stays as it is.

    `subscribed` lifts what the team recorded. Where the person opted out, it is refused with `contact_opted_out`,
    unless the call carries `consent` and the key has that scope: the record goes into the ledger. `active` is
    `unblocked` and `subscribed`, or neither. Nobody is texted.
    """
    if asked.consent and asked.status not in (Status.SUBSCRIBED, Status.ACTIVE):
        raise Fault(Code.BAD_DATA, "Consent is recorded with subscribed or active alone.", field="consent")
    address = held_number(request, asked.id) if asked.phone is None else known_number(request, asked.phone)
    try:
        set_status(
            request.team.id, address, Status(asked.status), actor(request),
            record=_record(asked.consent), may_lift_persons=Scope.CONSENT in request.key.scopes,
        )  # fmt: skip
    except CannotLift as why:
        raise Fault(
            Code.CONTACT_OPTED_OUT, str(why), field="consent" if asked.consent else "status"
        ) from None
    except LacksScope:
        raise Fault(Code.DENIED, "To record consent, the key needs the scope “consent”.") from None
    live.changed(request.team.id)
    return "success"


def _record(given: ConsentRecord | None) -> FreshConsent | None:
    return FreshConsent(given.text, given.source, given.obtained_at) if given else None
