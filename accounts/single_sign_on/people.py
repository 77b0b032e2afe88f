"""People whom an issuer vouches for: who they are by its claims, and whether their address counts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.single_sign_on.domain_names import domain_of
from accounts.single_sign_on.issuers import Provider, provider_of
from accounts.single_sign_on.trouble import SingleSignOnTrouble

_NOT_VERIFIED = (
    "Your company's sign-in does not say that it has verified {email}. Ask whoever manages it to verify it."
)


@dataclass(frozen=True)
class VouchedPerson:
    """A person whom an issuer vouches for, with an address that it has verified."""

    issuer: str
    subject: str  # the issuer's own ID of the person, which outlasts changes of the address
    email: str
    name: str

    @property
    def domain(self) -> str:
        return domain_of(self.email)


def person_of(claims: Mapping[str, Any]) -> VouchedPerson:
    """Read the claims of a valid token. Raises SingleSignOnTrouble."""
    issuer, subject = str(claims["iss"]), str(claims["sub"])
    if not 0 < len(subject) <= 255 or not subject.isprintable():
        raise SingleSignOnTrouble("The issuer's answer does not say who you are (sub).")
    email = _email(claims, provider_of(issuer))
    return VouchedPerson(issuer, subject, email, _name(claims, email))


def _email(claims: Mapping[str, Any], provider: Provider) -> str:
    email = str(
        claims.get("email") or (claims.get("preferred_username", "") if _is_microsoft(provider) else "")
    )
    try:
        validate_email(email if email.isprintable() else "")  # lone surrogates are letters to the validator
    except ValidationError:
        raise SingleSignOnTrouble(
            "The issuer's answer has no email address. Let the application have the scope “email”, and make sure "
            "that your account there has an address."
        ) from None
    if len(email) > 254 or not _is_verified(claims, provider):
        raise SingleSignOnTrouble(_NOT_VERIFIED.format(email=email[:254]))
    return email.lower()


def _is_verified(claims: Mapping[str, Any], provider: Provider) -> bool:
    """Whether the issuer stands for the address.

    Microsoft says nothing about that. Its addresses count because the team has claimed their domain. Google verifies
    any address once; `hd` says that it is of an organization's account, which ends when the person leaves
    (developers.google.com/identity/openid-connect/openid-connect, "hd").
    """
    said = claims.get("email_verified")
    if _is_microsoft(provider):
        return said in (None, True, "true") and claims.get("xms_edov") not in (False, 0, "0", "false")
    return said in (True, "true") and (provider != Provider.GOOGLE or bool(claims.get("hd")))


def _is_microsoft(provider: Provider) -> bool:
    return provider == Provider.MICROSOFT


def _name(claims: Mapping[str, Any], email: str) -> str:
    """The name on pages: printable, and of the length of other names."""
    name = "".join(letter for letter in str(claims.get("name") or "") if letter.isprintable())
    return " ".join(name.split())[:80] or email.partition("@")[0][:80]
