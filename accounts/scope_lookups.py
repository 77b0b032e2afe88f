"""Scope lookups (scope_lookups.sql): teams of users, invitations, domains and carrier webhooks; memberships."""

from datetime import datetime
from functools import cache, partial
from typing import Any, NamedTuple

from accounts.models import Inbox, Member, Seat, Team
from kernel.distribution.lookups import find_in_teams
from kernel.phone_numbers import dialled
from kernel.scope_lookups import ScopedId
from kernel.sql import fetch, instance_from_row
from kernel.tenancy import TenantModel, scope


class TeamChoice(NamedTuple):
    """A team that a user may enter."""

    id: int
    slug: str
    name: str
    role: str


class TwoFactorTeam(NamedTuple):
    """A team that requires a second factor, which the user does not have."""

    slug: str
    name: str
    due: datetime


class Membership(NamedTuple):
    """A user's place in a team, with the inboxes of the seats."""

    team_id: int
    member_id: int
    role: str
    seats: list[int]  # IDs of inboxes
    composed: list[str] | None  # the rights of the team's own role
    name: str  # what the team calls the person; empty: as the account


class SingleSignOnRule(NamedTuple):
    """What a team's single sign-on asks of its members; see accounts.single_sign_on.team_rules."""

    single_sign_on_required: bool = False
    issuer_asks_second_factor: bool = False


def inboxes_by_address(account_id: str, number: str | None) -> list[Inbox]:
    """The inboxes of all teams that have this carrier account and number, with their teams, proved first first.

    `number` is as carriers dial it: E.164, the digits of a short code of any country, a sender's name, or one of the
    inbox's further addresses; None for all of the account.
    At most 1,000, so that a flood of unproved claims costs a webhook little. An inbox that a call to the carrier proved
    is always among them.
    """

    def everywhere() -> list[Inbox]:
        lookup = "lookup_inboxes_by_address($1::text, $2::text)"
        return rows_with_team(Inbox, "inbox", lookup, account_id, number)

    question = ("inboxes", account_id, number)
    found = find_in_teams(question, everywhere, _team_id, partial(_inboxes_of_team, account_id, number))
    return sorted(found, key=lambda inbox: (inbox.verified_at is None, inbox.verified_at, -inbox.id))


def _inboxes_of_team(account_id: str, number: str | None, team_id: int) -> list[Inbox]:
    with scope(team_id):
        inboxes = Inbox.objects.filter(team_id=team_id, account_id=account_id, deleted_at=None)
        return [
            inbox
            for inbox in inboxes.select_related("team")
            if number is None or number in (dialled(inbox.number), inbox.number, *inbox.further_addresses)
        ]


def _team_id(row: TenantModel) -> int:
    return row.team_id


def is_claimed_elsewhere(inbox: Inbox) -> bool:
    """Whether another team has proved the credentials of the same number."""
    statement = "SELECT * FROM lookup_claimed_elsewhere($1::bigint, $2::text, $3::text)"
    ((claimed,),) = fetch(statement, inbox.team_id, inbox.account_id, inbox.number)
    return bool(claimed)


def rows_with_team[M: TenantModel](model: type[M], column: str, lookup: str, *values: Any) -> list[M]:
    """The rows that a lookup returns in `column`, each with its team loaded."""
    statement, fields, team_fields = _statement(model, column, lookup)
    instances = []
    for row in fetch(statement, *values):
        instance = instance_from_row(model, fields, row[: len(fields)])
        instance.team = instance_from_row(Team, team_fields, row[len(fields) :])
        instances.append(instance)
    return instances


@cache
def _statement(model: type[TenantModel], column: str, lookup: str) -> tuple[str, list[Any], list[Any]]:
    fields, team = list(model._meta.concrete_fields), list(Team._meta.concrete_fields)
    columns = [f"({column}).{field.column}" for field in fields] + [
        f"(team).{field.column}" for field in team
    ]
    return f"SELECT {', '.join(columns)} FROM {lookup}", fields, team


def teams_of_user(user_id: int) -> list[TeamChoice]:
    return [TeamChoice(*row) for row in fetch("SELECT * FROM lookup_teams_of_user($1::bigint)", user_id)]


def teams_for_page(user_id: int, slug: str) -> list[TeamChoice]:
    """The user's teams, for a page of the one with this slug. On a cluster a new one may lack on pages of others."""

    def in_team(team_id: int) -> list[TeamChoice]:
        with scope(team_id):
            members = Member.objects.filter(team_id=team_id, user_id=user_id, team__deleted_at=None)
            return [TeamChoice(*row) for row in members.values_list(*_CHOICE)]

    found = find_in_teams(
        ("teams", user_id),
        everywhere=lambda: teams_of_user(user_id),
        team_of=lambda team: team.id,
        in_team=in_team,
        is_enough=lambda teams: any(team.slug == slug for team in teams),
    )
    return sorted(found, key=lambda team: (team.name, team.id))


_CHOICE = ("team_id", "team__slug", "team__name", "role")


def membership(user_id: int, slug: str) -> Membership | None:
    """The user's membership of the team with this slug."""

    def everywhere() -> list[Membership]:
        rows = fetch("SELECT * FROM lookup_membership_and_role($1::bigint, $2::text)", user_id, slug)
        return [Membership(*row) for row in rows]

    def in_team(team_id: int) -> list[Membership]:
        with scope(team_id):
            members = Member.objects.filter(
                team_id=team_id, user_id=user_id, team__slug=slug, team__deleted_at=None
            )
            return [_membership(member) for member in members.select_related("custom_role")]

    found = find_in_teams(("membership", user_id, slug), everywhere, lambda found: found.team_id, in_team)
    return found[0] if found else None


def _membership(member: Member) -> Membership:
    seats = Seat.objects.filter(team_id=member.team_id, member_id=member.id).order_by("inbox_id")
    composed = member.custom_role.rights if member.custom_role else None
    inbox_ids = list(seats.values_list("inbox_id", flat=True))
    return Membership(member.team_id, member.id, member.role, inbox_ids, composed, member.name)


def missing_two_factor(user_id: int) -> list[TwoFactorTeam]:
    """The teams that require a second factor of this user, who has none; the first due first."""
    rows = fetch("SELECT * FROM lookup_missing_two_factor($1::bigint)", user_id)
    return [TwoFactorTeam(*row) for row in rows]


def single_sign_on_rules(team_id: int) -> SingleSignOnRule:
    rows = fetch("SELECT * FROM lookup_single_sign_on_rules($1::bigint)", team_id)
    return SingleSignOnRule(*rows[0]) if rows else SingleSignOnRule()


def single_sign_on_by_slug(slug: str) -> ScopedId | None:
    rows = fetch("SELECT * FROM lookup_single_sign_on($1::text)", slug)
    return ScopedId(*rows[0]) if rows else None


def single_sign_on_of_domain(domain: str) -> str | None:
    """The slug of the team that lets people of this domain in by single sign-on."""
    rows = fetch("SELECT * FROM lookup_single_sign_on_of_domain($1::text)", domain)
    return str(rows[0][0]) if rows else None


def is_domain_claimed_elsewhere(team_id: int, domain: str) -> bool:
    """Whether another team claims this domain, in force."""
    statement = "SELECT * FROM lookup_domain_claimed_elsewhere($1::bigint, $2::text)"
    ((claimed,),) = fetch(statement, team_id, domain)
    return bool(claimed)


def invitation_by_token_hash(token_hash: str) -> ScopedId | None:
    rows = fetch("SELECT * FROM lookup_invitation($1::text)", token_hash)
    return ScopedId(*rows[0]) if rows else None


def team_ids_by_slug() -> dict[str, int]:
    """All teams' IDs by their slugs."""
    return {slug: id for id, slug in fetch("SELECT * FROM lookup_teams()")}
