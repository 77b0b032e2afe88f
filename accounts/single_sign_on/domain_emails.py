"""The email to a team's owners that the DNS record of a claimed domain is gone."""

from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.urls import reverse

from accounts.models import Member, Role
from accounts.single_sign_on.models import ClaimedDomain
from kernel.mail import PRODUCT, compose_email, send_email


@dataclass(frozen=True)
class LostDomainEmail:
    """The email, with what it says. Send it outside of scopes."""

    domain: ClaimedDomain
    lapses_on: str
    addresses: tuple[str, ...]

    @classmethod
    def of(cls, domain: ClaimedDomain) -> Self:
        """To the owners, in the scope of the team."""
        owners = (
            Member.objects.filter(team_id=domain.team_id, role=Role.OWNER)
            .select_related("user")
            .order_by("id")
        )
        clock = domain.team.clock
        day = clock.weekday(clock.local(domain.lapses_at).date()) if domain.lapses_at else ""
        return cls(domain, day, tuple(owner.user.email for owner in owners))

    def send(self) -> None:
        team = self.domain.team
        link = settings.PUBLIC_URL + reverse("single_sign_on", args=[team.slug])
        context = {"domain": self.domain, "team": team, "day": self.lapses_on, "link": link}
        subject = f"The DNS record of {self.domain} is gone"
        for address in self.addresses:
            email = compose_email(
                subject, "accounts/single_sign_on/lost_domain_email.txt", context, [address], PRODUCT
            )
            send_email(email.send, f"lost domain of team {team.id}")
