"""What Twilio says about a number: its type, its Messaging Service, and the campaign and brand of that.

twilio.com/docs/phone-numbers/api/incomingphonenumber-resource, twilio.com/docs/sms/api/short-code-resource,
twilio.com/docs/messaging/api/usapptoperson-resource, twilio.com/docs/messaging/api/brand-registration-resource.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from accounts.number_types import NumberType
from messaging.carriers.base import Rejected
from messaging.carriers.number_facts import NumberFacts, RegistrationFacts
from messaging.carriers.twilio.addresses import no_such_number, service_with
from messaging.numbers.models import RegistrationState

_CAMPAIGN_STATES = {
    "PENDING": RegistrationState.PENDING,
    "IN_PROGRESS": RegistrationState.PENDING,
    "VERIFIED": RegistrationState.APPROVED,
    "FAILED": RegistrationState.REJECTED,
    "SUSPENDED": RegistrationState.SUSPENDED,
}
_BRAND_STATES = {
    "PENDING": RegistrationState.PENDING,
    "IN_REVIEW": RegistrationState.PENDING,
    "APPROVED": RegistrationState.APPROVED,
    "FAILED": RegistrationState.REJECTED,
    "SUSPENDED": RegistrationState.SUSPENDED,
    "DELETION_PENDING": RegistrationState.NONE,
}


def read_number_facts(client: Any, number: str) -> NumberFacts:
    """The facts about a number, as dialled. Raises Rejected for one of another account, and the library's errors."""
    if not number.startswith("+"):
        if not client.short_codes.list(short_code=number, limit=1):
            raise Rejected(no_such_number(number))
        return NumberFacts(NumberType.SHORT_CODE)
    numbers = client.incoming_phone_numbers
    found = next(_exactly(number, numbers.list(phone_number=number, limit=20)), None)
    if found is None:
        raise Rejected(no_such_number(number))
    service = service_with(client, found.sid)
    sid = service.sid if service else ""
    if any(_exactly(number, numbers.toll_free.list(phone_number=number, limit=20))):
        return NumberFacts(NumberType.TOLL_FREE, None, sid)
    is_american = number.startswith("+1")
    return NumberFacts(NumberType.LONG_CODE, _registration(client, sid) if is_american else None, sid)


def _exactly(number: str, rows: Iterable[Any]) -> Iterator[Any]:
    """The API also lists numbers that contain the given one."""
    return (row for row in rows if row.phone_number == number)


def _registration(client: Any, service: str) -> RegistrationFacts:
    campaigns = client.messaging.v1.services(service).us_app_to_person.list(limit=1) if service else []
    if not campaigns:
        return RegistrationFacts()
    campaign = campaigns[0]
    brand = client.messaging.v1.brand_registrations(campaign.brand_registration_sid).fetch()
    unknown = RegistrationState.UNKNOWN
    return RegistrationFacts(
        brand=str(brand.tcr_id or brand.sid)[:80],
        brand_state=_BRAND_STATES.get(str(brand.status), unknown),
        campaign=str(campaign.campaign_id or campaign.sid)[:80],
        campaign_state=_CAMPAIGN_STATES.get(str(campaign.campaign_status), unknown),
        problem=" ".join(_sentences([*(brand.errors or []), *(campaign.errors or [])]))[:2000],
    )


def _sentences(errors: Iterable[Any]) -> Iterable[str]:
    """Each error as a sentence, with the fields of the form that it is about."""
    for error in errors:
        words = str(error.get("description") or error.get("error_message") or "Not accepted").rstrip(".")
        fields = ", ".join(str(name).lower().replace("_", " ") for name in error.get("fields") or [])
        code = error.get("error_code") or error.get("code")
        yield f"{words}{f': {fields}' if fields else ''}{f' (code {code})' if code else ''}."
