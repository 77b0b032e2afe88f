"""TXT records of a domain, asked of the server's own resolver."""

import dns.exception
import dns.resolver

TIMEOUT = 5.0  # seconds for one question, with its repetitions


class DnsUnavailable(Exception):
    """DNS gave no answer, so nothing is known about the records."""


def txt_records(domain: str) -> list[str]:
    """The texts of the TXT records; none if the domain does not exist. Raises DnsUnavailable."""
    try:
        answer = dns.resolver.resolve(domain, "TXT", lifetime=TIMEOUT)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError):
        raise DnsUnavailable from None
    return [b"".join(record.strings).decode("utf-8", "replace").strip() for record in answer]
