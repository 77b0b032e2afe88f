"""Teams, their users and members, their inboxes, and invitations."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.text import slugify

from accounts.automatic_texts import AutomaticTexts
from accounts.broadcast_rate import BroadcastRate
from accounts.clock_settings import ClockSettings
from accounts.double_opt_in import DoubleOptInSettings
from accounts.first_steps import FirstStepsState
from accounts.inbox_addresses import FurtherAddresses
from accounts.inbox_hours import InboxHours
from accounts.number_types import NumberTypeSettings
from accounts.roles.models import TeamRole
from accounts.single_sign_on.team_rules import SingleSignOnRules
from accounts.team_deletion import TeamDeletionState
from accounts.theme import Theme
from kernel.clock import Clock, DateOrder, HourFormat, usual_hours, usual_order
from kernel.encryption import EncryptedField, Undecipherable
from kernel.phone_numbers import display
from kernel.sql import fetch
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference, scope


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


class TeamManager(models.Manager["Team"]):
    def create_with_owner(
        self,
        name: str,
        owner: User,
        *,
        country: str = "US",
        time_zone: str = "America/New_York",
        **settings: str,
    ) -> "Team":
        """Create a team and its first owner. The ID is drawn first: the rows are inserted in the team's own scope."""
        base = slugify(name)[:40] or "team"
        for slug in (base, *(f"{base}-{secrets.token_hex(2)}" for _ in range(5))):
            try:
                with transaction.atomic():
                    return self._insert(
                        owner, slug=slug, name=name, country=country, time_zone=time_zone, **settings
                    )
            except IntegrityError:
                continue
        raise RuntimeError(f"no free slug for a team named {name!r}")

    def _insert(self, owner: User, **settings: str) -> "Team":
        ((team_id,),) = fetch("SELECT nextval('accounts_team_id_seq')")
        with scope(team_id):
            team = self.model(id=team_id, **settings)
            team.save(force_insert=True)
            team.members.create(user=owner, role=Role.OWNER)
        return team


class Team(ClockSettings, TeamDeletionState, SingleSignOnRules, models.Model):
    """The tenant: one business."""

    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=60, unique=True, db_index=False)
    country = models.CharField(
        max_length=2, default="US", help_text="ISO 3166 code; how local numbers are read"
    )
    time_zone = models.CharField(max_length=40, default="America/New_York")
    # The team's own keywords by outcome, such as {"stop": ["PARADA"]}; see optout.reader_settings.
    extra_keywords = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # What an opt-out by text also does; see messaging.opt_out_effects.
    opt_out_closes = models.BooleanField(default=False, db_default=False)
    opt_out_leaves_lists = models.BooleanField(default=False, db_default=False)
    # Since when an opt-out by text is from the inbox that receives it alone; null: from all. See optout.opt_out_scope.
    each_inbox_since = models.DateTimeField(null=True, blank=True)
    # Whether marketing broadcasts go only to numbers with consent to marketing on record; see optout.consent_records.
    marketing_needs_consent = models.BooleanField(default=False, db_default=False)
    # Whether a conversation of nobody goes to the member who answers it; see messaging.teamwork.first_replies.
    assign_on_reply = models.BooleanField(default=False, db_default=False)
    # The business minutes within which people are answered. Null: no goal; see messaging.hours.waiting.
    waiting_goal = models.PositiveSmallIntegerField(null=True, blank=True)
    # How many texts of broadcasts one person gets in seven days at most.
    broadcasts_per_week = models.PositiveSmallIntegerField(default=7, db_default=7)
    # What the team adds to the sending hours of the law; see messaging.sending_hours.team_hours.
    sending_hours = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # Whether members and programs may text short codes, and make contacts of them; see kernel.recipient_numbers.
    allows_short_codes = models.BooleanField(default=False, db_default=False)
    first_steps = models.CharField(
        max_length=10,
        choices=FirstStepsState,
        default=FirstStepsState.NONE,
        db_default=FirstStepsState.NONE,
    )
    # Where the daily root of the ledger is sent once the address is confirmed, and the day of the newest that was sent;
    # see optout.roots.
    root_email = models.EmailField(blank=True, default="", db_default="")
    root_email_confirmed = models.EmailField(blank=True, default="", db_default="")
    root_emailed_on = models.DateField(null=True)
    # Since when members need a second factor, and the days that they have to set it up. Null: not required.
    two_factor_since = models.DateTimeField(null=True)
    two_factor_grace_days = models.PositiveSmallIntegerField(default=7, db_default=7)
    created_at = models.DateTimeField(default=timezone.now)

    objects = TeamManager()

    def __str__(self) -> str:
        return self.name

    @cached_property
    def clock(self) -> Clock:
        """How its times are written and read. The team of a request has the clock of its member."""
        return self.clock_of(self)

    def clock_of(self, chosen: ClockSettings) -> Clock:
        """The clock of a user, who may have chosen another than the team's."""
        return Clock(
            ZoneInfo(chosen.time_zone or self.time_zone),
            HourFormat(chosen.hour_format or self.hour_format or usual_hours(self.country)),
            DateOrder(chosen.date_order or self.date_order or usual_order(self.country)),
        )


class Role(models.TextChoices):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class RoleHolder(models.Model):
    """What refers to a role: one that every team has, or the team's own, beside which `role` is "member"."""

    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    custom_role = TenantKey(TeamRole, null=True, blank=True, related_name="%(class)ss")

    class Meta:
        abstract = True

    @property
    def own_role(self) -> TeamRole | None:
        """The team's own role. Beside another role than "member" it counts for nothing."""
        return self.custom_role if self.role == Role.MEMBER else None

    @property
    def role_name(self) -> str:
        return str(self.own_role or self.get_role_display())


def shown_name(member: str = "") -> Coalesce:
    """What `str()` of a member is, in a query; `member` is the path to it, such as "member__"."""
    nothing = models.Value("")
    names = (NullIf(f"{member}{name}", nothing) for name in ("name", "user__name"))
    return Coalesce(*names, f"{member}user__email", output_field=models.CharField())


class MemberQuerySet(models.QuerySet["Member"]):
    def by_name(self) -> "MemberQuerySet":
        return self.order_by(shown_name(), "id")


class Member(RoleHolder, TenantModel):
    """A user's membership of a team."""

    # What the team calls the person. Empty: the name of the account, which other teams see too.
    name = models.CharField(max_length=80, blank=True, default="", db_default="")
    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False, related_name="memberships")
    created_at = models.DateTimeField(default=timezone.now)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            TenantIsolation(name="accounts_member_isolation"),
            TenantReference(field="custom_role", name="accounts_member_role"),
            models.UniqueConstraint(fields=["team", "user"], name="accounts_member_once"),
        ]
        indexes = [models.Index(fields=["user"], name="accounts_member_user")]

    def __str__(self) -> str:
        return self.name or str(self.user)


class Carrier(models.TextChoices):
    TWILIO = "twilio", "Twilio"
    TELNYX = "telnyx", "Telnyx"
    BANDWIDTH = "bandwidth", "Bandwidth"
    VONAGE = "vonage", "Vonage"
    PLIVO = "plivo", "Plivo"
    SINCH = "sinch", "Sinch"
    SIMULATOR = "simulator", "Simulator"


class KeywordResponder(models.TextChoices):
    """The side that replies to STOP, START and HELP."""

    WE = "we", "Heymarket replies"
    CARRIER = "carrier", "The carrier replies to its own keywords"


class OptOutReading(models.TextChoices):
    """What an inbox does with opt-outs in a person's own words. Keywords opt out in each case."""

    ACT = "act", "Opt out or hold for review"
    HOLD = "hold", "Hold for review only"
    KEYWORDS = "keywords", "Act on keywords only"


class InboxQuerySet(models.QuerySet["Inbox"]):
    def present(self) -> "InboxQuerySet":
        """Those that are not deleted."""
        return self.filter(deleted_at=None)

    def open(self) -> "InboxQuerySet":
        """Those that send texts."""
        return self.present().filter(closed_at=None)


class Inbox(
    NumberTypeSettings,
    FurtherAddresses,
    InboxHours,
    AutomaticTexts,
    BroadcastRate,
    DoubleOptInSettings,
    TenantModel,
):
    """One sending number of a team, with its carrier credentials, settings and members."""

    team = models.ForeignKey(Team, on_delete=models.DO_NOTHING, db_index=False, related_name="inboxes")
    name = models.CharField(max_length=60)
    number = models.CharField(max_length=64)
    carrier = models.CharField(max_length=12, choices=Carrier, default=Carrier.TWILIO)
    account_id = models.CharField(max_length=64)
    # Newest first: the first signs our calls; any may sign the carrier's.
    auth_tokens = EncryptedField(default=list)
    # Further credentials by their names in accounts.carrier_setup, each newest first. Null: none.
    credentials = EncryptedField(null=True)
    keyword_responder = models.CharField(max_length=8, choices=KeywordResponder, default=KeywordResponder.WE)
    opt_out_reading = models.CharField(
        max_length=8, choices=OptOutReading, default=OptOutReading.ACT, db_default=OptOutReading.ACT
    )
    # Languages whose keywords count here: codes such as "es". Empty: those of the team's country (optout.languages).
    languages = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    stop_reply = models.CharField(max_length=320, blank=True)
    start_reply = models.CharField(max_length=320, blank=True)
    help_reply = models.CharField(max_length=320, blank=True)
    # For the settings page; written at most once a minute.
    last_webhook_at = models.DateTimeField(null=True, blank=True)
    last_signature_failure_at = models.DateTimeField(null=True, blank=True)
    fetched_until = models.DateTimeField(null=True, blank=True)
    # When a webhook signed with its token, or a call to the carrier, first proved its credentials. Until then it claims
    # no text of its number.
    verified_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)  # it receives, and sends nothing
    deleted_at = models.DateTimeField(null=True, blank=True)  # kept for its history, without credentials
    # Texts of the carrier's list of which something could not be stored, newest first: see messaging.missed_texts.
    left_out = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    created_at = models.DateTimeField(default=timezone.now)
    members: models.ManyToManyField = models.ManyToManyField(Member, through="Seat", related_name="inboxes")

    objects = InboxQuerySet.as_manager()

    class Meta:
        constraints = [
            TenantIsolation(name="accounts_inbox_isolation"),
            models.UniqueConstraint(fields=["team", "number"], name="accounts_inbox_number"),
        ]
        indexes = [models.Index(fields=["account_id", "number"], name="accounts_inbox_address")]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_number(self) -> str:
        return display(self.number)

    @property
    def is_open(self) -> bool:
        """Whether it sends texts."""
        return self.closed_at is None and self.deleted_at is None

    def add_token(self, token: str) -> None:
        """Use `token` from now on; carrier webhooks that are signed with the token before it are still accepted."""
        self.auth_tokens = _rotated(token, self.readable_tokens)

    def add_credentials(self, values: Mapping[str, str]) -> None:
        """Use these further credentials from now on; webhooks that are signed with those before are still accepted."""
        saved = self._readable_credentials
        added = {name: _rotated(value, saved.get(name, [])) for name, value in values.items() if value}
        self.credentials = {**saved, **added} or None

    def drop_left_out(self, *, newest: str) -> None:
        """Remove the entry with this ID and all older ones from `left_out`."""
        ids = [entry.get("id") for entry in self.left_out]
        self.left_out = self.left_out[: ids.index(newest)] if newest in ids else self.left_out
        self.save(update_fields=["left_out"])

    def drop_old_tokens(self) -> None:
        self.auth_tokens = self.readable_tokens[:1]
        self.credentials = {name: values[:1] for name, values in self._readable_credentials.items()} or None

    @property
    def readable_tokens(self) -> list[str]:
        """The auth tokens, newest first. None if their encryption key is lost, as Settings > Inboxes shows."""
        try:
            return list(self.auth_tokens)
        except Undecipherable:
            return []

    def readable_credentials(self, name: str) -> list[str]:
        """The values of a further credential, newest first. None if their encryption key is lost."""
        return self._readable_credentials.get(name, [])

    def credential(self, name: str) -> str:
        """The newest value of a further credential; empty if there is none."""
        return next(iter(self.readable_credentials(name)), "")

    @property
    def _readable_credentials(self) -> dict[str, list[str]]:
        try:
            return dict(self.credentials or {})
        except Undecipherable:
            return {}


def _rotated(new: str, saved: list[str]) -> list[str]:
    """The new value with the one before it."""
    return [new, *(old for old in saved if old != new)][:2]


class Seat(RoleHolder, TenantModel):
    """A member's place in an inbox. Owners and admins see every inbox without a seat."""

    # Empty: as in the team.
    role = models.CharField(max_length=10, choices=Role, blank=True, default="", db_default="")
    inbox = TenantKey(Inbox, related_name="seats")
    member = TenantKey(Member, related_name="seats")

    class Meta:
        constraints = [
            TenantIsolation(name="accounts_seat_isolation"),
            TenantReference(field="inbox", on_delete="CASCADE", name="accounts_seat_inbox"),
            TenantReference(field="member", on_delete="CASCADE", name="accounts_seat_member"),
            TenantReference(field="custom_role", name="accounts_seat_role"),
            models.UniqueConstraint(fields=["team", "inbox", "member"], name="accounts_seat_once"),
        ]
        indexes = [models.Index(fields=["team", "member"], name="accounts_seat_member_idx")]

    def __str__(self) -> str:
        return f"{self.member} in {self.inbox}"


class Invitation(RoleHolder, TenantModel):
    """An offer to join a team, sent by email. Only the email has the token; the row has its hash."""

    LIFETIME = timedelta(days=14)

    email = models.EmailField()
    token_hash = models.CharField(max_length=64)
    invited_by = models.CharField(max_length=80)
    inbox_ids = models.JSONField(default=list)  # seats for the new member; an inbox may be deleted by then
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            TenantIsolation(name="accounts_invitation_isolation"),
            TenantReference(field="custom_role", name="accounts_invitation_role"),
            models.UniqueConstraint("team", Lower("email"), name="accounts_invitation_once"),
        ]
        indexes = [models.Index(fields=["token_hash"], name="accounts_invitation_token")]

    def __str__(self) -> str:
        return self.email

    @property
    def expired(self) -> bool:
        return self.created_at + self.LIFETIME < timezone.now()

    def renew(self) -> str:
        """Start the lifetime again with a new token, which is returned and not stored."""
        self.created_at = timezone.now()
        return self.replace_token()

    def replace_token(self) -> str:
        token = secrets.token_urlsafe(32)
        self.token_hash = hash_token(token)
        return token


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# Models in modules of their own, which Django finds through this one.
import accounts.audit.models  # noqa: E402
import accounts.sign_in_limits  # noqa: E402
import accounts.single_sign_on.models  # noqa: E402, F401
