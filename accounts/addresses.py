"""Ownership of email addresses: an address counts for nothing until somebody has proved that it is theirs.

An account belongs to the owner of its proved addresses. An account without any (from before sign-up proved them, or
made by a command) belongs to whoever first proves its address. Proving an address takes it away from other accounts.
"""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower

from accounts.models import User
from accounts.sessions.ending import forget_sessions
from accounts.two_factor.second_factors import remove_second_factors


def is_proved(email: str) -> bool:
    """Whether an account has proved this address."""
    return EmailAddress.objects.filter(email=email.lower(), verified=True).exists()


def has_proved(user: User, email: str) -> bool:
    """Whether this account has proved this address."""
    return EmailAddress.objects.filter(user=user, email=email.lower(), verified=True).exists()


def account_of(email: str) -> User | None:
    """The account that the owner of this address may enter by email: by a reset, or by signing up."""
    proved = EmailAddress.objects.filter(email=email.lower(), verified=True).select_related("user").first()
    return proved.user if proved else _without_proof(email).first()


def addresses_of(user: User) -> list[str]:
    """The addresses of which `account_of` gives this account."""
    proved = EmailAddress.objects.filter(user=user, verified=True)
    return list(proved.values_list("email", flat=True)) or [user.email]


@transaction.atomic
def create_account(email: str, name: str, password: str | None) -> User:
    """The account of a person who has proved an address that is not proved yet. None: without a password."""
    user = _without_proof(email).first() or User(email=email.lower())
    user.name = name
    return hand_over(user, email, password)


def account_for_member(email: str, **preferences: Any) -> User:
    """The account of a person whom a command makes a member: that of the address, or a new one without a password.

    The new one has not proved the address. It belongs to whoever proves it, by a reset of the password.
    """
    if account := account_of(email):
        return account
    release(email, keeper=User())
    return User.objects.create_user(email, None, **preferences)


@transaction.atomic
def hand_over(user: User, email: str, password: str | None) -> User:
    """Give an account to the person who proved `email`, with a new password or none, and with this address alone.

    Whoever used the account before loses all other addresses, pending links and, by the new password, all sessions.
    Second factors stay those of an owner who has proved the address, so that a mailbox alone opens no account.
    """
    if user.pk and not has_proved(user, email):  # whoever used the account before was somebody else
        remove_second_factors(user)
    user.email = email.lower()
    release(user.email, keeper=user)
    user.set_password(password)
    user.save()
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    forget_sessions(user)
    return user


def release(email: str, *, keeper: User) -> None:
    """Take an address away from all other accounts that use it without a proof."""
    EmailAddress.objects.filter(email=email.lower(), verified=False).exclude(user_id=keeper.pk).delete()
    for user in _users(email).exclude(pk=keeper.pk):
        other = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk").first()
        # RFC 2606: no mail server has a name in .invalid.
        user.email = other.email if other else f"user-{user.pk}@unproved.invalid"
        user.save(update_fields=["email"])


def _without_proof(email: str) -> QuerySet[User]:
    return _users(email).exclude(pk__in=EmailAddress.objects.filter(verified=True).values("user_id"))


def _users(email: str) -> QuerySet[User]:
    return User.objects.alias(lower_email=Lower("email")).filter(lower_email=email.lower())
