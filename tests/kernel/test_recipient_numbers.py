"""Recipients: which numbers are never texted, and which only where the team allows short codes."""

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType

from kernel.recipient_numbers import is_never_texted, is_premium, is_textable, recipient_fault

EMERGENCY, SERVICE = "is an emergency number", "is a service of the phone network"
PREMIUM, SHORT, NAME = "is a premium-rate number", "does not text short codes", "is a sender name"
FINE = ""

# A canonical address, and the fault if short codes are not allowed, and if they are.
TABLE: list[tuple[str, str, str]] = [
    *((number, EMERGENCY, EMERGENCY) for number in (
        "US:911", "US:112", "CA:911", "GB:999", "GB:112", "DE:110", "DE:112", "AU:000", "AU:106", "JP:119", "FR:15",
        "FR:17", "BR:190", "IN:108", "ZZ:911", "ZZ:112", "MX:911",
    )),
    *((number, SERVICE, SERVICE) for number in ("US:211", "US:311", "US:411", "US:511", "US:611", "US:711", "US:811",
                                                "US:988", "CA:811", "US:123", "JM:211")),
    *((number, PREMIUM, PREMIUM) for number in (
        "+19005550123", "+19009990123", "+14159765550", "+12129761616", "+14169760123", "+18769760123",
        "+449098790000", "+33899123456", "+611900654321", "+39899123456", "+34803123456",
        "+529001234567",
    )),
    *((number, SHORT, FINE) for number in ("US:7726", "US:12345", "US:384387", "GB:60777", "DE:72252", "CA:123456")),
    *((number, NAME, NAME) for number in ("ACME", "rcs:our_agent", "unknown")),
    *((number, FINE, FINE) for number in (
        "+14155550101", "+19762345678", "+19015550123", "+14155559760", "+18005550123", "+18885550123", "+442079460958",
        "+447700900123", "+4915123456789", "+33612345678", "+61412345678", "+5215512345678", "+15005550006",
    )),
]  # fmt: skip


@pytest.mark.parametrize(("number", "fault", "fault_if_allowed"), TABLE)
def test_recipient_fault(number: str, fault: str, fault_if_allowed: str) -> None:
    for short_codes, expected in ((False, fault), (True, fault_if_allowed)):
        found = recipient_fault(number, short_codes=short_codes)
        assert expected in found if expected else found == ""
    assert is_never_texted(number) is (fault in (EMERGENCY, SERVICE, PREMIUM))
    assert is_textable(number) is (fault_if_allowed == FINE)


def test_premium_rates_are_those_of_libphonenumber_and_pay_per_call() -> None:
    kinds = PhoneNumberType.values()
    compared = 0
    for region in phonenumbers.SUPPORTED_REGIONS:
        for kind in kinds:
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None:
                continue
            number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
            expected = phonenumbers.number_type(phonenumbers.parse(number)) == PhoneNumberType.PREMIUM_RATE
            assert is_premium(number) is expected, (region, number)
            compared += 1
    assert compared > 1000
