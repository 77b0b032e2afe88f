"""People who sign in."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.clock_settings import ClockSettings
from accounts.theme import Theme


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(ClockSettings, AbstractBaseUser):
    """A person who signs in. May be a member of several teams."""

    email = models.EmailField()
    name = models.CharField(max_length=80, blank=True)
    is_active = models.BooleanField(default=True)
    # How this person sends texts from pages.
    undo_sends = models.BooleanField(
        default=True, db_default=True
    )  # each text waits five seconds for an undo
    enter_sends = models.BooleanField(default=True, db_default=True)  # otherwise Ctrl-Enter does
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM, db_default=Theme.SYSTEM)
    # How often all sessions were ended: a session counts only while this is as it was at the sign-in.
    ended_sessions = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email")]

    def __str__(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must match: a hash of the password, and of the count if all sessions were ended."""
        of_password = str(super()._get_session_auth_hash(secret=secret))  # type: ignore[misc]
        if not self.ended_sessions:
            return of_password
        parts = f"{of_password}{self.ended_sessions}"
        return salted_hmac("ended-sessions", parts, secret=secret, algorithm="sha256").hexdigest()

    @property
    def themes(self) -> list[Theme]:
        """All themes, for the switch on pages."""
        return list(Theme)
