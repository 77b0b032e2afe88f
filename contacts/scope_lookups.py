"""Scope lookups of contacts: search and estimates in the team in scope, and the runs of all teams that wait."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from kernel.backlog import Backlog, fetch_backlog
from kernel.sql import fetch

# Alternatives, of which a contact must match one: lists of words, each of which must begin a word of the contact.
type Readings = Sequence[Sequence[str]]


def find_numbers(typed: str, digits: str, max_rows: int) -> list[str]:
    """The numbers of contacts that have these digits, or without any the words of the typed text, in no order."""
    return [number for (number,) in fetch(_FIND_NUMBERS, typed, digits, max_rows)]


_FIND_NUMBERS = """
    SELECT c.number FROM (
      SELECT jsonb_build_array(to_jsonb(CASE WHEN $2 = '' THEN contacts_words($1::text) ELSE ARRAY[$2::text] END))
    ) AS typed (readings), lookup_contacts(typed.readings, typed.readings, $3::integer) AS c
"""


def estimate_matches(readings: Readings) -> int:
    """The planner's estimate of the contacts that match one of the readings."""
    ((estimate,),) = fetch("SELECT lookup_match_estimate($1::jsonb)", json.dumps(readings))
    return int(estimate)


def estimate_contacts() -> int:
    """The planner's estimate of the contacts of the team in scope."""
    ((estimate,),) = fetch("SELECT lookup_contact_estimate()")
    return int(estimate)


class WaitingRun(NamedTuple):
    team_id: int
    id: int
    kind: str  # a key of contacts.runs.registry.RUN_KINDS


def runs_waiting(since: datetime) -> list[WaitingRun]:
    """The runs of all teams that are at work and have had no batch since then."""
    return [WaitingRun(*row) for row in fetch("SELECT * FROM lookup_runs_waiting($1::timestamptz)", since)]


def backlog() -> list[Backlog]:
    """How many runs of all teams are due, and since when."""
    return fetch_backlog("lookup_backlog_of_contacts")
