"""Canadian numbers and short codes: by area code and country."""

import pytest

from kernel.phone_numbers import is_canadian, is_short_code


@pytest.mark.parametrize(
    ("number", "canadian", "short_code"),
    [
        ("+14165550123", True, False),  # Toronto
        ("+15145550123", True, False),  # Montreal
        ("+15105550100", False, False),
        ("+18765550123", False, False),  # Jamaica has +1, too
        ("+18005550123", False, False),  # toll-free numbers belong to no country
        ("+442079460000", False, False),
        ("CA:723456", True, True),
        ("US:72345", False, True),
        ("ACME", False, False),
        ("unknown", False, False),
        ("", False, False),
        ("+1", False, False),
    ],
)
def test_country_and_kind_of_a_number(number: str, canadian: bool, short_code: bool) -> None:
    assert (is_canadian(number), is_short_code(number)) == (canadian, short_code)
