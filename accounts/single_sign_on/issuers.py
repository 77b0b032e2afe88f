"""Issuers by provider: what an owner enters, as the issuer's address. Pure."""

import re
from urllib.parse import urlsplit

from django.db.models import TextChoices

GOOGLE = "https://accounts.google.com"
MICROSOFT = "https://login.microsoftonline.com/"
_WELL_KNOWN = "/.well-known/openid-configuration"
_TENANT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HOST = re.compile(r"[a-z0-9.-]+(:\d+)?|\[[0-9a-f:]+\](:\d+)?")


class Provider(TextChoices):
    """Providers whose issuer can be derived from what their customers know."""

    GOOGLE = "google", "Google Workspace"
    MICROSOFT = "microsoft", "Microsoft Entra ID"
    OKTA = "okta", "Okta"
    OTHER = "other", "Another issuer"


def provider_of(issuer: str) -> Provider:
    host = urlsplit(issuer).hostname or ""
    if issuer == GOOGLE:
        return Provider.GOOGLE
    if issuer.startswith(MICROSOFT):
        return Provider.MICROSOFT
    return Provider.OKTA if host.endswith((".okta.com", ".oktapreview.com")) else Provider.OTHER


def issuer_of(provider: str, entered: str, *, allow_http: bool = False) -> str:
    """The issuer's address. Raises ValueError with a sentence that says what to enter.

    Google needs nothing, Microsoft the tenant ID, Okta the domain; each also takes the whole address.
    """
    text = entered.strip().removesuffix(_WELL_KNOWN)
    match provider:
        case Provider.GOOGLE:
            return GOOGLE
        case Provider.MICROSOFT:
            return _microsoft(text)
        case Provider.OKTA:
            return _okta(text)
    return _address(text, allow_http=allow_http)


def _microsoft(text: str) -> str:
    tenant = _TENANT.search(text.lower())
    if tenant is None:
        raise ValueError(
            "Enter the Directory (tenant) ID of your organization, such as 8eaef023-2b34-4da1-9baa-8bc8c9d6a490. "
            "“common” and “organizations” would let in everybody's employees."
        )
    return f"{MICROSOFT}{tenant[0]}/v2.0"


def _okta(text: str) -> str:
    name = text if "." in text or not text else f"{text}.okta.com"
    address = _address(name if "://" in name else f"https://{name}")
    return address.replace("-admin.okta", ".okta")


def _address(text: str, *, allow_http: bool = False) -> str:
    """The address of any issuer, as it writes it itself. The slash at its end belongs to it."""
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("https", "http") and _HOST.fullmatch(parts.netloc.lower())
    except ValueError:
        valid = False
    if not valid or parts.query or parts.fragment or len(text) > 300:
        raise ValueError("Enter the issuer's whole address, such as https://login.example.com.")
    if parts.scheme != "https" and not allow_http:
        raise ValueError("The issuer's address must begin with https.")
    return text
