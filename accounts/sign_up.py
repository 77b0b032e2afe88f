"""Sign-up: a form asks for a link by email, and the page of the link creates the account and its team.

Nothing is stored in between, so nobody can hold an account in the name of an address that is not theirs.
"""

from dataclasses import astuple, dataclass
from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.addresses import create_account, is_proved
from accounts.models import Team, User
from accounts.new_teams import create_team

LIFETIME = timedelta(days=3)
_SALT = "sign-up"


class InvalidLink(Exception):
    """The link of a sign-up does not work; the message says why and what to do."""


@dataclass(frozen=True)
class SignUp:
    """What the person entered."""

    name: str
    business: str
    email: str


def send_link(sign_up: SignUp) -> None:
    """Send one email: a link, or the information that the address has an account. The sender cannot tell which."""
    if is_proved(sign_up.email):
        link, template = reverse("account_login"), "account/email/account_already_exists"
    else:
        link, template = reverse("sign_up", args=[_token(sign_up)]), "account/email/sign_up"
    context = {"link": settings.PUBLIC_URL + link, "business": sign_up.business}
    get_adapter().send_mail(template, sign_up.email, context)


def read_link(token: str) -> SignUp:
    """The sign-up of a link. Raises InvalidLink."""
    try:
        found = SignUp(*signing.loads(token, salt=_SALT, max_age=LIFETIME))
    except signing.BadSignature:
        raise InvalidLink(
            f"This link is incomplete or older than {LIFETIME.days} days. Sign up again."
        ) from None
    _require_unproved(found)
    return found


def complete(link: SignUp, password: str, settings_of_team: dict[str, str]) -> tuple[User, Team]:
    """Create the account and its team, both or neither. Raises InvalidLink when the link is used twice at once."""
    try:
        with transaction.atomic():
            _require_unproved(link)
            user = create_account(link.email, link.name, password)
            return user, create_team(link.business, user, **settings_of_team)
    except IntegrityError:
        raise InvalidLink("This link was used a moment ago. Sign in.") from None


def _require_unproved(link: SignUp) -> None:
    if is_proved(link.email):
        raise InvalidLink("This link was used already. Sign in with your address and password.")


def _token(sign_up: SignUp) -> str:
    return signing.dumps(astuple(sign_up), salt=_SALT, compress=True)
