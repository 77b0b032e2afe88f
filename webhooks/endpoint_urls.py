"""Which addresses we post to: public ones, asked when an address is saved and again at each delivery, after DNS."""

import ipaddress
import re
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from requests_hardened.ip_filter import InvalidIPAddress, get_ip_address

type IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# What the library lets pass beyond this part of IPv6 (site-local, IPv4-compatible and others) is nobody's.
GLOBAL_IPV6 = ipaddress.ip_network("2000::/3")
# One label after the other, and the last one no number: "2130706433", "0x7f.1" and "127.1" are addresses in disguise.
HOST_NAME = re.compile(
    r"(?=.{1,253}\.?$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*(?!0x)[a-z]([a-z0-9-]{0,61}[a-z0-9])?\.?",
    re.I,
)


class UrlNotAllowed(ValueError):
    """An address that we do not post to; the message says why and what to do."""


def check_url(url: str) -> None:
    """Raise NotAllowed, with the sentence to show, for an address that is not to be saved. Asks DNS."""
    parts = _split(url)
    host = parts.hostname or ""
    _check_form(parts, host)
    try:
        ip = resolve_host(host, parts.port or 443)
    except socket.gaierror:
        raise UrlNotAllowed(f"{host} has no address on the internet. Check how it is spelled.") from None
    if parts.scheme != "https" and not ip.is_loopback:
        raise UrlNotAllowed("Use an https address: what we send names people and their numbers.")


def resolve_host(host: str, port: int) -> IpAddress:
    """The address that a host has now. Raises NotAllowed where it is not public, socket.gaierror where it has none."""
    try:
        ip, _ = get_ip_address(host, port, settings.WEBHOOKS_ALLOW_LOOPBACK)
    except InvalidIPAddress:
        ip = None
    except (UnicodeError, ValueError):
        raise UrlNotAllowed("That is no host name.") from None
    if ip is None or not is_public_ip(ip):
        raise UrlNotAllowed("This address leads into a private network, where we do not post to.")
    return ip


def is_public_ip(ip: IpAddress) -> bool:
    """Beyond what requests-hardened looks at."""
    if ip.is_loopback:
        return bool(settings.WEBHOOKS_ALLOW_LOOPBACK)
    if isinstance(ip, ipaddress.IPv6Address):
        return ip in GLOBAL_IPV6
    return not (ip.is_reserved or ip.is_unspecified)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # reading it checks it
    except ValueError:
        raise UrlNotAllowed(
            "That is no web address. It looks like https://crm.example.com/webhooks."
        ) from None
    return parts


def _check_form(parts: SplitResult, host: str) -> None:
    if parts.scheme not in ("https", "http") or (
        parts.scheme == "http" and not settings.WEBHOOKS_ALLOW_LOOPBACK
    ):
        raise UrlNotAllowed("Use an https address: what we send names people and their numbers.")
    if "@" in parts.netloc:
        raise UrlNotAllowed(
            "Leave name and password out of the address. Our signature proves who is calling."
        )
    if parts.fragment or not re.fullmatch(r"[!-\[\]-~]+", parts.geturl()):
        raise UrlNotAllowed("Write the address without spaces, backslashes, accents or a part behind #.")
    if not (_is_ip(host) or HOST_NAME.fullmatch(host)):
        raise UrlNotAllowed("That is no host name. Write a name like crm.example.com.")


def _is_ip(host: str) -> bool:
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False
