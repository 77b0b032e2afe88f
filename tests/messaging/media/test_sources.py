"""Sources of attachments: the inbox's credentials go to the carrier's own addresses alone."""

import pytest

from messaging.carriers.registry import adapter_for
from tests.cast import Cast


@pytest.mark.parametrize(
    ("url", "with_credentials"),
    [
        ("https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1", True),
        ("https://api.dublin.ie1.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1", True),
        ("https://api.twilio.com.evil.example/Media/ME1", False),
        ("https://evil.example/api.twilio.com", False),
        ("https://api.twilio.com@evil.example/Media/ME1", False),
        ("https://evil.example#.api.twilio.com", False),
        ("https://evil.twilio.com/Media/ME1", False),
        ("https://api.twilio.com:8443/Media/ME1", False),
        ("http://api.twilio.com/Media/ME1", False),
        ("https://mms.twiliocdn.com/ME1", False),
    ],
)
def test_who_gets_the_credentials(cast: Cast, url: str, with_credentials: bool) -> None:
    source = adapter_for(cast.front_desk).media_source(cast.front_desk, url)
    expected = (cast.front_desk.account_id, "front-desk-token") if with_credentials else None
    assert (source.url, source.credentials) == (url, expected)
