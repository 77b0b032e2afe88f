"""Endpoint URLs: only public addresses are allowed, checked when a URL is saved and after DNS at each attempt."""

import ipaddress
import re
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from requests_hardened.ip_filter import InvalidIPAddress, get_ip_address

from kernel.public_http import IpAddress, is_public_ip

# The last label must not be a number: "2130706433", "0x7f.1" and "127.1" are IP addresses.
HOST_NAME = re.compile(
    r"(?=.{1,253}\.?$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*(?!0x)[a-z]([a-z0-9-]{0,61}[a-z0-9])?\.?",
    re.I,
)


class UrlNotAllowed(ValueError):
    """A URL that is not allowed; the message says why and what to do."""


def check_url(url: str) -> None:
    """Raise UrlNotAllowed, with the sentence to show, for a URL that must not be saved. Queries DNS."""
    parts = _split(url)
    host = parts.hostname or ""
    _check_form(parts, host)
    try:
        ip = resolve_host(host, parts.port or 443)
    except socket.gaierror:
        raise UrlNotAllowed(f"{host} has no address on the internet. Check its spelling.") from None
    if parts.scheme != "https" and not ip.is_loopback:
        raise UrlNotAllowed("Use an https URL: webhooks contain personal data.")


def resolve_host(host: str, port: int) -> IpAddress:
    """The host's IP address. Raises UrlNotAllowed if it is not public, socket.gaierror if there is none."""
    try:
        ip, _ = get_ip_address(host, port, settings.WEBHOOKS_ALLOW_LOOPBACK)
    except InvalidIPAddress:
        ip = None
    except (UnicodeError, ValueError):
        raise UrlNotAllowed("This is not a host name.") from None
    if ip is None or not is_public_ip(ip, allow_loopback=settings.WEBHOOKS_ALLOW_LOOPBACK):
        raise UrlNotAllowed("This URL is in a private network; webhooks need a public address.")
    return ip


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError if it is invalid
    except ValueError:
        raise UrlNotAllowed("This is not a URL. Write it like https://crm.example.com/webhooks.") from None
    return parts


def _check_form(parts: SplitResult, host: str) -> None:
    if parts.scheme not in ("https", "http") or (
        parts.scheme == "http" and not settings.WEBHOOKS_ALLOW_LOOPBACK
    ):
        raise UrlNotAllowed("Use an https URL: webhooks contain personal data.")
    if "@" in parts.netloc:
        raise UrlNotAllowed("Leave name and password out of the URL. Check our signature instead.")
    if parts.fragment or not re.fullmatch(r"[!-\[\]-~]+", parts.geturl()):
        raise UrlNotAllowed("Write the URL without spaces, backslashes, accents or a part behind #.")
    if not (_is_ip(host) or HOST_NAME.fullmatch(host)):
        raise UrlNotAllowed("This is not a host name. Write a name like crm.example.com.")


def _is_ip(host: str) -> bool:
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False
