"""Fixtures of single sign-on: a local issuer, DNS as a table, and Northside with an issuer and a claimed domain."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.single_sign_on import domains
from accounts.single_sign_on.dns_records import DnsUnavailable
from tests.accounts.single_sign_on.fake_issuer import FakeIssuer, issuing


@pytest.fixture
def issuer(settings: Any) -> Iterator[FakeIssuer]:
    settings.SINGLE_SIGN_ON_ALLOW_LOOPBACK = True
    settings.PUBLIC_URL = "http://testserver"
    with issuing() as listening:
        yield listening


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str] | None]:
    """TXT records by domain. None: DNS does not answer."""
    records: dict[str, list[str] | None] = {}

    def answer(domain: str) -> list[str]:
        found = records.get(domain, [])
        if found is None:
            raise DnsUnavailable
        return found

    monkeypatch.setattr(domains, "txt_records", answer)
    return records
