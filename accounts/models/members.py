"""Members of teams, and what refers to a role."""

from django.db import models
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from accounts.models.users import User
from accounts.roles.models import TeamRole
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


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
