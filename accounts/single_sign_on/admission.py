"""Admission of a person whom the team's issuer vouches for: a known member, a linked user, or a new member."""

from django.utils import timezone

from accounts.addresses import account_of, create_account, is_proved
from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target, record_action
from accounts.memberships import add_member
from accounts.models import Member, User
from accounts.roles.choices import RoleChoice
from accounts.single_sign_on.models import ClaimedDomain, LinkedIdentity, SingleSignOn
from accounts.single_sign_on.people import VouchedPerson
from accounts.single_sign_on.removed_members import is_removed
from accounts.single_sign_on.trouble import SingleSignOnTrouble


def admit(sign_on: SingleSignOn, person: VouchedPerson) -> Member:
    """The member whom this person is, or becomes. In the scope of the team, with its lock.

    Only addresses of the team's claimed domains count: an issuer can name any address. Raises SingleSignOnTrouble.
    """
    domain = ClaimedDomain.objects.filter(team_id=sign_on.team_id, domain=person.domain).first()
    if domain is None or domain.verified_at is None:
        raise SingleSignOnTrouble(
            f"{person.email} is not an address of a domain that the team has claimed. An owner claims "
            f"{person.domain or 'it'} under Settings > Sign-in, or invites you with another address."
        )
    identity = _identity(sign_on, person)
    user = identity.user if identity else account_of(person.email)
    member = Member.objects.filter(team_id=sign_on.team_id, user=user).first() if user else None
    if identity is None or member is None:
        _require_claim(domain)
        _require_same_person(sign_on, user, person, identity)
        member = _join(sign_on, user, person, identity) if member is None else _prove(member, person)
    if not member.user.is_active:
        raise SingleSignOnTrouble("Your account is turned off. Ask whoever runs Heymarket.")
    _link(sign_on, member, person, identity)
    return member


def _identity(sign_on: SingleSignOn, person: VouchedPerson) -> LinkedIdentity | None:
    found = LinkedIdentity.objects.select_related("user")
    return found.filter(team_id=sign_on.team_id, issuer=person.issuer, subject=person.subject).first()


def _require_claim(domain: ClaimedDomain) -> None:
    if not domain.is_in_force:
        raise SingleSignOnTrouble(
            f"The DNS record of {domain} is gone, so nobody new comes in by single sign-on. An owner restores it "
            "(Settings > Sign-in), or invites you."
        )


def _require_same_person(
    sign_on: SingleSignOn, user: User | None, person: VouchedPerson, identity: LinkedIdentity | None
) -> None:
    """Who was removed stays out, and who got the address of a colleague does not get the colleague's account."""
    if is_removed(sign_on.team_id, user, person.email):
        raise SingleSignOnTrouble(
            "You were removed from this team. An owner or admin lets you in again under Settings > Members."
        )
    others = LinkedIdentity.objects.filter(team_id=sign_on.team_id, issuer=person.issuer)
    if user and identity is None and others.filter(user_id=user.pk).exists():
        raise SingleSignOnTrouble(
            f"{person.email} belongs to somebody whom the issuer knows under another ID. If you are the same person, "
            "an owner unlinks your membership under Settings > Members."
        )


def _join(
    sign_on: SingleSignOn, user: User | None, person: VouchedPerson, identity: LinkedIdentity | None
) -> Member:
    """Make a member of the person, with the account of the address or a new one."""
    if not sign_on.creates_members:
        raise SingleSignOnTrouble("You are not a member of this team. Ask an owner or admin to invite you.")
    if user is None or (identity is None and not is_proved(person.email)):
        user = create_account(person.email, person.name, None)
    inboxes = sign_on.team.inboxes.present().filter(id__in=sign_on.inbox_ids)
    role = RoleChoice(sign_on.role, sign_on.custom_role)
    return add_member(sign_on.team, user, role, inboxes, way="single sign-on")


def _prove(member: Member, person: VouchedPerson) -> Member:
    """A member whose address nobody has proved yet: the account is this person's, and nobody else's, from now on."""
    if not is_proved(person.email):
        member.user = create_account(person.email, member.user.name or person.name, None)
    return member


def _link(
    sign_on: SingleSignOn, member: Member, person: VouchedPerson, identity: LinkedIdentity | None
) -> None:
    if identity:
        identity.email, identity.last_used_at = person.email, timezone.now()
        identity.save(update_fields=["email", "last_used_at"])
        return
    LinkedIdentity.objects.create(
        team_id=sign_on.team_id, user_id=member.user_id,
        issuer=person.issuer, subject=person.subject, email=person.email,
    )  # fmt: skip
    target = Target(TargetType.MEMBER, str(member), member.id)
    record_action(sign_on.team_id, member, AuditAction.IDENTITY_LINKED, target)
