"""Where Twilio posts the texts of a number: at the number, or at the Messaging Service that has it.

twilio.com/docs/phone-numbers/api/incomingphonenumber-resource, twilio.com/docs/messaging/api/service-resource.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twilio.base.exceptions import TwilioRestException, TwilioServiceException

from messaging.carriers.base import GoesElsewhere, Rejected

# What a new number has.
_UNSET = ("", "https://demo.twilio.com/welcome/sms/reply", "https://demo.twilio.com/welcome/sms/reply/")
MOST_SERVICES = 20  # that are searched for the number: one call each


@dataclass(frozen=True)
class _Setting:
    """The address that texts of a number go to, and the call that changes it."""

    address: str
    change: Callable[[str], object]


def direct_texts(client: Any, number: str, url: str, replacing: str) -> None:
    """Have the texts to `number` (as dialled) posted to `url`, also as the fallback.

    Raises GoesElsewhere if they go to another address than `replacing`, Rejected for a number of another account, and
    the library's errors.
    """
    setting = _setting_of(client, number)
    if setting.address not in (*_UNSET, url, replacing):
        raise GoesElsewhere(setting.address)
    setting.change(url)


def _setting_of(client: Any, number: str) -> _Setting:
    listed = client.incoming_phone_numbers.list(phone_number=number, limit=20)
    found = next((row for row in listed if row.phone_number == number), None)
    if found is None:
        raise Rejected(no_such_number(number))
    service = service_with(client, found.sid)
    if service is None or service.use_inbound_webhook_on_number:
        return _of_number(found)
    return _of_service(service)


def no_such_number(number: str) -> str:
    return f"This Twilio account has no number {number}. Compare it with Active numbers in the Console."


def service_with(client: Any, number_sid: str) -> Any:
    """The Messaging Service that has the number, or None."""
    for service in client.messaging.v1.services.list(limit=MOST_SERVICES):
        try:
            client.messaging.v1.services(service.sid).phone_numbers(number_sid).fetch()
        except (TwilioRestException, TwilioServiceException) as error:
            if error.status != 404:
                raise
        else:
            return service
    return None


def _of_number(number: Any) -> _Setting:
    """A TwiML application takes precedence over the number's own address, so it is removed."""

    def change(url: str) -> object:
        return number.update(
            sms_url=url,
            sms_method="POST",
            sms_fallback_url=url,
            sms_fallback_method="POST",
            sms_application_sid="",
        )

    application = number.sms_application_sid
    return _Setting(f"TwiML app {application}" if application else number.sms_url or "", change)


def _of_service(service: Any) -> _Setting:
    def change(url: str) -> object:
        return service.update(
            inbound_request_url=url, inbound_method="POST", fallback_url=url, fallback_method="POST"
        )

    return _Setting(service.inbound_request_url or "", change)
