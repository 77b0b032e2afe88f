"""Consent on record that counts: given by the number, and not taken back by the person's own opt-out since."""

from collections.abc import Iterable
from datetime import UTC

from kernel.sql import fetch
from optout.consent_records.models import ConsentCategory
from optout.models import PERSONS_OWN

_OWN = ", ".join(f"'{origin.value}'" for origin in sorted(PERSONS_OWN))


def consent_sql(team: str, number: str, category: ConsentCategory) -> str:
    """SQL that is true if consent to texts of this category counts; `team` and `number` are SQL expressions.

    An opt-out of the person takes back what was agreed to before it. Consent without a time counts as the oldest.
    """
    categories = ", ".join(f"'{one.value}'" for one in category.satisfied_by)
    return f"""EXISTS (
        SELECT FROM optout_consentrecord consent
        WHERE consent.team_id = {team} AND consent.number = {number} AND consent.category IN ({categories})
        AND {counts_sql(team, "consent")})"""


def counts_sql(team: str, record: str) -> str:
    """SQL that is true if the record of this alias has not been taken back."""
    return f"""{record}.category <> 'none' AND NOT EXISTS (
        SELECT FROM optout_consentrecord corrected
        WHERE corrected.team_id = {team} AND corrected.number = {record}.number AND corrected.category = 'none'
        AND corrected.id > {record}.id
        AND (corrected.import_id IS NULL OR corrected.import_id = {record}.import_id))
        AND NOT EXISTS (
        SELECT FROM optout_consentevent taken_back
        WHERE taken_back.team_id = {team} AND taken_back.number = {record}.number
        AND taken_back.action = 'opted_out' AND taken_back.origin IN ({_OWN})
        AND NOT (taken_back.only_in_inbox AND taken_back.origin <> 'carrier')
        AND taken_back.happened_at >= coalesce({record}.obtained_at, '-infinity'))"""


def numbers_with_consent(team_id: int, numbers: Iterable[str], category: ConsentCategory) -> set[str]:
    """Those of the numbers whose consent to texts of this category counts."""
    condition = consent_sql("$team", "one.number", category)
    statement = f"SELECT one.number FROM unnest($numbers::text[]) AS one (number) WHERE {condition}"
    return {number for (number,) in fetch(statement, team=team_id, numbers=list(numbers))}


def has_consent(team_id: int, number: str, category: ConsentCategory) -> bool:
    return bool(numbers_with_consent(team_id, [number], category))


def newest_consent(team_id: int, numbers: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each number the newest record that counts, marketing first: to what, how, in whose words, where and when."""
    rows = fetch(_NEWEST, team_id, list(numbers))
    return {number: (*values, at.astimezone(UTC).isoformat() if at else "") for number, *values, at in rows}


_NEWEST = f"""
    SELECT DISTINCT ON (r.number) r.number, r.category, r.method, r.words, r.source, r.obtained_at
    FROM optout_consentrecord r WHERE r.team_id = $1 AND r.number = ANY($2::text[]) AND {counts_sql("$1", "r")}
    ORDER BY r.number, r.category DESC, r.id DESC
"""
