"""Emails to all owners of a team that is to be deleted: when it was asked for, a day before, and when it is kept."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from accounts.models import Member, Role, Team
from kernel.mail import compose_email, send_email


@dataclass(frozen=True)
class DeletionEmails:
    """The emails, with what they say. Send them outside of scopes."""

    team: Team
    day: str
    addresses: tuple[str, ...]

    @classmethod
    def of(cls, team: Team) -> "DeletionEmails":
        """To the owners, in the scope of the team."""
        owners = Member.objects.filter(team_id=team.id, role=Role.OWNER).select_related("user").order_by("id")
        day = day_of_deletion(team)
        return cls(team, day, tuple(owner.user.email for owner in owners))

    def send_asked(self) -> None:
        self._send(f"{self.team.name} will be deleted on {self.day}", "portability/deletion_asked_email.txt")

    def send_warning(self) -> None:
        self._send(f"Tomorrow {self.team.name} will be deleted", "portability/deletion_warning_email.txt")

    def send_cancelled(self) -> None:
        self._send(f"{self.team.name} will not be deleted", "portability/deletion_cancelled_email.txt")

    def _send(self, subject: str, template: str) -> None:
        link = settings.PUBLIC_URL + reverse("team_deletion", args=[self.team.slug])
        context = {"team": self.team, "day": self.day, "link": link}
        for address in self.addresses:
            email = compose_email(subject, template, context, [address], self.team.name)
            send_email(email.send, f"deletion of team {self.team.id}")


def day_of_deletion(team: Team) -> str:
    """Saturday, December 13, in the team's clock; empty without a deletion."""
    due_at = team.deletion_due_at
    return team.clock.weekday(team.clock.local(due_at).date()) if due_at else ""
