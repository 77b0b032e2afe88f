"""Removal of a team's single sign-on, with who its people are at the issuer. Claimed domains and members stay."""

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target, record_action
from accounts.models import Member, Team
from accounts.single_sign_on.models import LinkedIdentity, SingleSignOn


def remove_single_sign_on(sign_on: SingleSignOn, *, by: Member) -> None:
    team = Team.objects.get(id=sign_on.team_id)
    target = Target(TargetType.TEAM, team.name, team.id)
    record_action(team.id, by, AuditAction.SINGLE_SIGN_ON_REMOVED, target, issuer=sign_on.issuer)
    team.single_sign_on_required = team.issuer_asks_second_factor = False
    team.save(update_fields=["single_sign_on_required", "issuer_asks_second_factor"])
    LinkedIdentity.objects.filter(team_id=team.id).delete()
    sign_on.delete()
