"""Inboxes: sending numbers, and the seats of members in them."""

from collections.abc import Mapping

from django.db import models
from django.utils import timezone

from accounts.automatic_texts import AutomaticTexts
from accounts.broadcast_rate import BroadcastRate
from accounts.double_opt_in import DoubleOptInSettings
from accounts.inbox_addresses import FurtherAddresses
from accounts.inbox_hours import InboxHours
from accounts.models.members import Member, Role, RoleHolder
from accounts.models.teams import Team
from accounts.number_types import NumberTypeSettings
from kernel.encryption import EncryptedField, Undecipherable
from kernel.phone_numbers import display
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


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
