"""FIXME module docstring."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from kernel.sql import fetch

Readings = Sequence[Sequence[str]]  # words, all of which are looked for; of several such, one has to be found


def find_contacts(readings: Readings, most: int) -> list[int]:
    """Contacts of the team in scope by words that begin words of theirs (contacts_words); at most so many."""
    question = "SELECT ARRAY(SELECT id FROM lookup_contacts($1::jsonb, $1::jsonb, $2::integer))"
    ((ids,),) = fetch(question, json.dumps(readings), most)
    return list(ids)


def estimate_matches(readings: Readings) -> int:
    """About how many `contacts_found` would find, by the planner's statistics."""
    ((about,),) = fetch("SELECT lookup_match_estimate($1::jsonb)", json.dumps(readings))
    return int(about)


def estimate_contacts() -> int:
    """About how many contacts the team in scope has, by the planner's statistics."""
    ((about,),) = fetch("SELECT lookup_contact_estimate()")
    return int(about)


class WaitingRun(NamedTuple):
    team_id: int
    id: int
    kind: str  # a word of contacts.runs.registry.RUN_KINDS


def runs_waiting(since: datetime) -> list[WaitingRun]:
    """Imports, actions on contacts and their like that no worker has touched since then."""
    return [WaitingRun(*row) for row in fetch("SELECT * FROM lookup_runs_waiting($1::timestamptz)", since)]
