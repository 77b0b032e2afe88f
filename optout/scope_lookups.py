"""Scope lookups of consent: due holds, daily roots, suppressed numbers by last digits, and linked teams."""

from datetime import date, datetime
from typing import NamedTuple

from kernel.scope_lookups import ScopedId
from kernel.sql import fetch


def holds_due(limit: int) -> list[ScopedId]:
    """Undecided holds whose due day has passed, the longest due first."""
    return [ScopedId(*row) for row in fetch("SELECT * FROM lookup_holds_due($1::integer)", limit)]


def teams_to_remind(due_by: date) -> list[int]:
    """The teams with undecided holds that are due by this day, of which nobody was reminded."""
    return [team_id for (team_id,) in fetch("SELECT * FROM lookup_teams_to_remind($1::date)", due_by)]


def teams_without_root() -> list[int]:
    """Teams that have no root of today yet, or have not been sent it."""
    return [team_id for (team_id,) in fetch("SELECT lookup_teams_without_root()")]


def suppressed_ending(digits: str, max_rows: int) -> list[str]:
    """The suppressed numbers that end in these digits, in no order; none for fewer than four digits."""
    if len(digits) < 4:
        return []
    statement = "SELECT number FROM lookup_suppressed_ending($1::text, $2::integer)"
    return [number for (number,) in fetch(statement, digits, max_rows)]


class LinkRequestRow(NamedTuple):
    """An open request for a link, with the name of the team that asks."""

    team_id: int
    id: int
    team: str
    asked_by: str
    created_at: datetime


def link_requests(email: str) -> list[LinkRequestRow]:
    """The open requests that were sent to this address, which the caller has proved to be the user's."""
    return [LinkRequestRow(*row) for row in fetch("SELECT * FROM lookup_link_requests($1::text)", email)]


def decline_link(asking: int, request: int, email: str) -> bool:
    ((found,),) = fetch(
        "SELECT lookup_declined_link($1::bigint, $2::bigint, $3::text)", asking, request, email
    )
    return bool(found)


def link_teams(asking: int, request: int, email: str, by: str) -> bool:
    """Link the team in scope with the team that asks, if this address was asked. Returns whether it was."""
    statement = "SELECT lookup_linked_by_request($1::bigint, $2::bigint, $3::text, $4::text)"
    ((found,),) = fetch(statement, asking, request, email, by)
    return bool(found)


def unlink_teams(other_id: int) -> bool:
    """End the link of the team in scope with another, for both. Returns whether there was one."""
    ((found,),) = fetch("SELECT lookup_unlinked($1::bigint)", other_id)
    return bool(found)


def linked_retractions(number: str) -> dict[int, datetime]:
    """When a linked team took back the opt-out that it shared last, by the ledger entry of the team in scope."""
    return dict(fetch("SELECT * FROM lookup_linked_retractions($1::text)", number))


def list_for_links() -> None:
    """List for copying the own opt-outs of the team in scope from before its links, once for each link."""
    fetch("SELECT lookup_listed_for_links()")


def teams_to_copy() -> list[int]:
    """The teams whose opt-outs wait to be copied to linked teams, or to be listed for that."""
    return [team_id for (team_id,) in fetch("SELECT lookup_teams_to_copy()")]
