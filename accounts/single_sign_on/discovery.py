"""What an issuer says about itself at /.well-known/openid-configuration (OpenID Connect Discovery 1.0)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from accounts.single_sign_on.issuer_http import IssuerHttp, issuer_http
from accounts.single_sign_on.trouble import SingleSignOnTrouble

# How a client proves itself at the token endpoint. The first is preferred: an ID with a colon breaks the second.
_CLIENT_AUTH = ("client_secret_post", "client_secret_basic")
_DEFAULT_CLIENT_AUTH = ["client_secret_basic"]  # of an issuer that names none (Discovery, 3)


@dataclass(frozen=True)
class IssuerConfiguration:
    """The addresses of an issuer."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str  # empty: none
    client_auth: str

    @classmethod
    def read(cls, document: Mapping[str, Any], issuer: str) -> Self:
        """Parse the document of this issuer. Raises SingleSignOnTrouble."""
        return cls(
            issuer=_same_issuer(document.get("issuer"), issuer),
            authorization_endpoint=_endpoint(document, "authorization_endpoint"),
            token_endpoint=_endpoint(document, "token_endpoint"),
            jwks_uri=_endpoint(document, "jwks_uri"),
            userinfo_endpoint=_endpoint(document, "userinfo_endpoint")
            if document.get("userinfo_endpoint")
            else "",
            client_auth=_client_auth(document.get("token_endpoint_auth_methods_supported")),
        )

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def discover(issuer: str) -> IssuerConfiguration:
    """Read what an issuer says about itself, and its keys. Raises SingleSignOnTrouble; not for a transaction."""
    with issuer_http() as http:
        address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        document = http.get_object(address, "its OpenID configuration")
        found = IssuerConfiguration.read(document, issuer)
        keys_of(http, found)
    return found


def keys_of(http: IssuerHttp, configuration: IssuerConfiguration) -> KeySet:
    """The keys with which the issuer signs now. Raises SingleSignOnTrouble."""
    document = http.get_object(configuration.jwks_uri, "the issuer's keys")
    try:
        return KeySet.import_key_set(document)  # type: ignore[arg-type]
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        raise SingleSignOnTrouble("The issuer's keys cannot be read.") from None


def _same_issuer(named: Any, issuer: str) -> str:
    """The name that the issuer gives itself. It must be the one that was entered, but for a slash at the end."""
    if not isinstance(named, str) or named.rstrip("/") != issuer.rstrip("/"):
        raise SingleSignOnTrouble(
            f"The issuer there calls itself {str(named)[:300]!r}. Enter that address instead."
        )
    return named


def _endpoint(document: Mapping[str, Any], name: str) -> str:
    url = document.get(name)
    if not isinstance(url, str) or not url:
        raise SingleSignOnTrouble(
            f"The issuer's configuration has no {name}. Is it an issuer of OpenID Connect?"
        )
    if not _is_address(url):
        raise SingleSignOnTrouble(f"The issuer's {name} is not an address that begins with https.")
    return url


def _is_address(url: str) -> bool:
    schemes = ("https", "http") if settings.SINGLE_SIGN_ON_ALLOW_LOOPBACK else ("https",)
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.netloc) and parts.scheme in schemes and url.isprintable()


def _client_auth(methods: Any) -> str:
    offered = methods if isinstance(methods, list) else _DEFAULT_CLIENT_AUTH
    found = next((method for method in _CLIENT_AUTH if method in offered), None)
    if found is None:
        raise SingleSignOnTrouble(
            "The issuer takes no client secret. Choose an application of the kind “Web”."
        )
    return found
