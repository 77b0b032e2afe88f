"""Scope lookups (scope_lookups.sql): teams of users, invitations, domains and carrier webhooks; memberships."""

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from accounts.models import Inbox, Team
from kernel.scope_lookups import ScopedId
from kernel.sql import fetch, instance_from_row
from kernel.tenancy import TenantModel


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
    return rows_with_team(Inbox, "inbox", "lookup_inboxes_by_address($1::text, $2::text)", account_id, number)


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


def membership(user_id: int, slug: str) -> Membership | None:
    """The user's membership of the team with this slug."""
    rows = fetch("SELECT * FROM lookup_membership_and_role($1::bigint, $2::text)", user_id, slug)
    return Membership(*rows[0]) if rows else None


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
