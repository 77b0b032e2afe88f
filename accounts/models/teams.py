"""Teams: the tenants."""

import secrets
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.clock_settings import ClockSettings
from accounts.first_steps import FirstStepsState
from accounts.models.members import Role
from accounts.models.users import User
from accounts.single_sign_on.team_rules import SingleSignOnRules
from accounts.team_deletion import TeamDeletionState
from kernel.clock import Clock, DateOrder, HourFormat, usual_hours, usual_order
from kernel.sql import fetch
from kernel.tenancy import scope


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
