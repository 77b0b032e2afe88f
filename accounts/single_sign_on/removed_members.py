"""Members who were removed: single sign-on does not make them members again, an owner does."""

from collections.abc import Iterable

from django.db.models import Exists, QuerySet

from accounts.addresses import account_of, addresses_of
from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target, record_action
from accounts.models import Member, Team, User
from accounts.single_sign_on.models import LinkedIdentity, RemovedMember, SingleSignOn


def note_removal(member: Member) -> None:
    rows = (
        RemovedMember(team_id=member.team_id, email=email.lower(), name=str(member))
        for email in _addresses(member.team_id, member.user)
    )
    RemovedMember.objects.bulk_create(rows, ignore_conflicts=True)


def is_removed(team_id: int, user: User | None, email: str) -> bool:
    """Whether somebody with one of these addresses was removed from the team."""
    addresses = {email.lower(), *(_addresses(team_id, user) if user else ())}
    return RemovedMember.objects.filter(team_id=team_id, email__in=addresses).exists()


def forget_removal(team_id: int, user: User) -> None:
    """The person is a member again, by an invitation."""
    RemovedMember.objects.filter(team_id=team_id, email__in=_addresses(team_id, user)).delete()


def let_in_again(removed: RemovedMember, *, by: Member) -> None:
    """Let the person become a member again by single sign-on, even if the issuer knows the person by a new ID."""
    record_action(by.team_id, by, AuditAction.REMOVED_MEMBER_ALLOWED, Target(TargetType.MEMBER, removed.name))
    if user := account_of(removed.email):
        forget_removal(by.team_id, user)
        LinkedIdentity.objects.filter(team_id=by.team_id, user_id=user.pk).delete()
    else:
        removed.delete()


def removed_members(team: Team) -> QuerySet[RemovedMember]:
    """Whom the page of members lists: nobody in a team without single sign-on."""
    has_sign_on = Exists(SingleSignOn.objects.filter(team_id=team.id))
    return RemovedMember.objects.filter(has_sign_on, team_id=team.id).order_by("-removed_at", "id")


def is_linked(member: Member) -> bool:
    return LinkedIdentity.objects.filter(team_id=member.team_id, user_id=member.user_id).exists()


def unlink(member: Member, *, by: Member) -> None:
    """Forget who the member is at the issuer: the next sign-in with the address links it anew."""
    target = Target(TargetType.MEMBER, str(member), member.id)
    if LinkedIdentity.objects.filter(team_id=member.team_id, user_id=member.user_id).delete()[0]:
        record_action(by.team_id, by, AuditAction.IDENTITY_UNLINKED, target)


def _addresses(team_id: int, user: User) -> Iterable[str]:
    """The account's addresses, and those that the issuer named last, which the person cannot change."""
    identities = LinkedIdentity.objects.filter(team_id=team_id, user_id=user.pk)
    named = identities.values_list("email", flat=True)
    return {address.lower() for address in (*addresses_of(user), user.email, *named)}
