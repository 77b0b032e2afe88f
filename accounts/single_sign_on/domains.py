"""Claims of domains by DNS records: added, checked now or by the hour, lost, removed. A domain is one team's."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.audit.actions import ActorKind, AuditAction, TargetType
from accounts.audit.recording import AuditActor, Target, record_action
from accounts.models import Member, Team
from accounts.scope_lookups import is_domain_claimed_elsewhere
from accounts.single_sign_on.dns_records import DnsUnavailable, txt_records
from accounts.single_sign_on.domain_emails import LostDomainEmail
from accounts.single_sign_on.domain_names import domain_name
from accounts.single_sign_on.locks import lock_key
from accounts.single_sign_on.models import ClaimedDomain
from kernel.tenancy import scope

MOST = 20  # of one team
_CHECKED_EVERY = timedelta(days=1)  # a claim in force
_LOOKED_FOR = timedelta(days=3)  # so long a new record is looked for by itself
_SYSTEM = AuditActor(ActorKind.SYSTEM, str(ActorKind.SYSTEM.label))


@dataclass(frozen=True)
class DomainFinding:
    """What a check found, in a sentence."""

    sentence: str
    good: bool = False
    email: LostDomainEmail | None = None  # to be sent after the transaction


def claim(team: Team, entered: str, *, by: Member) -> ClaimedDomain:
    """Begin a claim; the record proves it. Raises ValueError with a sentence."""
    domain = domain_name(entered)
    if team.claimeddomains.filter(domain=domain).exists():
        raise ValueError(f"{domain} is in the list already.")
    if team.claimeddomains.count() >= MOST:
        raise ValueError(f"A team claims at most {MOST} domains. Remove one that you do not need.")
    claimed = ClaimedDomain.objects.create(team=team, domain=domain, challenge=secrets.token_hex(16))
    record_action(team.id, by, AuditAction.DOMAIN_ADDED, _target(claimed))
    return claimed


def remove(domain: ClaimedDomain, *, by: Member) -> None:
    record_action(by.team_id, by, AuditAction.DOMAIN_REMOVED, _target(domain))
    domain.delete()


def check(team_id: int, id: int, by: Member | AuditActor = _SYSTEM) -> DomainFinding:
    """Look for the record of a domain and settle its claim. Raises DoesNotExist. Not for a transaction: asks DNS."""
    with scope(team_id):
        domain = ClaimedDomain.objects.get(team_id=team_id, id=id)
    try:
        records = txt_records(domain.domain)
    except DnsUnavailable:
        return DomainFinding(
            f"DNS gave no answer about {domain}. Nothing was changed; try again in a few minutes."
        )
    with scope(team_id, lock=lock_key("domain", domain.domain)):
        found = _settle(ClaimedDomain.objects.select_related("team").get(team_id=team_id, id=id), records, by)
    if found.email:
        found.email.send()
    return found


def check_due_domains(team_id: int) -> None:
    """Check those of a team whose time has come: new ones and lost ones each hour, the others each day."""
    now = timezone.now()
    new = Q(verified_at=None, created_at__gt=now - _LOOKED_FOR)
    due = (
        new
        | Q(missing_since__isnull=False)
        | Q(verified_at__isnull=False, checked_at__lt=now - _CHECKED_EVERY)
    )
    with scope(team_id):
        ids = list(
            ClaimedDomain.objects.filter(due, team_id=team_id).order_by("id").values_list("id", flat=True)
        )
    for id in ids:
        check(team_id, id)


def _settle(domain: ClaimedDomain, records: list[str], by: Member | AuditActor) -> DomainFinding:
    domain.checked_at = timezone.now()
    settle = _settle_found if domain.record in records else _settle_missing
    finding = settle(domain, domain.checked_at, by)
    domain.save(update_fields=["checked_at", "verified_at", "missing_since"])
    return finding


def _settle_found(domain: ClaimedDomain, now: datetime, by: Member | AuditActor) -> DomainFinding:
    if is_domain_claimed_elsewhere(domain.team_id, domain.domain):
        return DomainFinding(
            f"The record of {domain} is there, but another team claims the domain. Its owner removes it there first."
        )
    if not domain.is_in_force:
        domain.verified_at = now
        record_action(domain.team_id, by, AuditAction.DOMAIN_CLAIMED, _target(domain))
    domain.missing_since = None
    return DomainFinding(f"{domain} is your team's: the record is there.", good=True)


def _settle_missing(domain: ClaimedDomain, now: datetime, by: Member | AuditActor) -> DomainFinding:
    if domain.verified_at is None:
        return DomainFinding(
            f"DNS does not have the record of {domain} yet. A new record can take an hour to be seen everywhere."
        )
    email = None
    if domain.missing_since is None:
        domain.missing_since = now
        record_action(domain.team_id, by, AuditAction.DOMAIN_LOST, _target(domain))
        email = LostDomainEmail.of(domain)
    return DomainFinding(f"The record of {domain} is gone from DNS. Add it again.", email=email)


def _target(domain: ClaimedDomain) -> Target:
    return Target(TargetType.DOMAIN, domain.domain, domain.id)
