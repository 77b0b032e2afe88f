"""Keeps the tallies up: triggers leave marks, and the hours that they mark are counted again.

Counting again instead of adding up: whatever came twice, late or in another order, an hour is what its rows say. Days
are the sums of their hours, months of their days. Every function runs in the scope of the team.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Team
from kernel.sql import fetch_unprepared
from optout.number_locks import lock_key
from reports.measures import HISTOGRAMS, INDEX_CHANGES, SOURCES
from reports.models import ALL_SENDERS, RollupState

MAX_MARKS = 50_000  # marks at once
FRESH_FOR = timedelta(seconds=1)  # figures of a moment ago are not counted again for each who looks
MAX_COUNTED_BY_PAGE = (
    5_000  # marks that a page counts itself, and texts or changes that it counts from the beginning
)


# -- when --------------------------------------------------------------------------------------------------------


def catch_up(team: Team) -> RollupState | None:
    """Count what was marked, for a page that is about to read; how far the tallies go now. None before they exist.

    Whoever counts already is not waited for. A large team that was never counted, or whose clock was changed, is left
    to the worker.
    """
    books = _state(team)
    if books is None and _is_small(team):
        rebuild(team)
        return _state(team)
    if books is None or books.counted_at > timezone.now() - FRESH_FOR:
        return books
    return _state(team) if recount_marked_hours(team, MAX_COUNTED_BY_PAGE) else books


def recount_marked_hours(team: Team, most: int = MAX_MARKS) -> bool:
    """Count the hours of at most so many marks; False when somebody else does, or there is nothing to build on."""
    if not _take_lock(team) or _state(team) is None:
        return False
    ((hours, events, marks),) = fetch_unprepared(_TAKE_MARKS, team.id, team.time_zone, most)
    if events:
        fetch_unprepared(INDEX_CHANGES.format(lines="e.id = ANY($2::bigint[])"), team.id, events)
    if hours:
        _recount(team, hours)
    if marks < most:
        _save_state(team)
    return True


def recount_or_rebuild(team: Team) -> None:
    """For the worker: count what was marked, or everything where there is nothing to build on.

    What somebody else counts at the moment is not counted a second time after them.
    """
    if (
        not recount_marked_hours(team) and _take_lock(team) and _state(team) is None
    ):  # asked under the lock: another may just have ended
        rebuild(team)


def rebuild(team: Team) -> None:
    """Count everything from the beginning. What was known of the last texts before changes stays."""
    fetch_unprepared("SELECT pg_advisory_xact_lock($1::bigint)", _lock_key(team))
    fetch_unprepared("DELETE FROM reports_dirtymark WHERE team_id = $1", team.id)
    known = "NOT EXISTS (SELECT FROM reports_indexedchange AS known WHERE known.team_id = $1 AND known.event_id = e.id)"
    fetch_unprepared(INDEX_CHANGES.format(lines=known), team.id)
    fetch_unprepared("DELETE FROM reports_rollup WHERE team_id = $1", team.id)
    fetch_unprepared(
        _HOURS.format(facts=" UNION ALL ".join(source.all_rows() for source in SOURCES)),
        team.id,
        team.time_zone,
    )
    for statement in (_DAYS, _MONTHS, _HOURS_OF_DAY):
        fetch_unprepared(statement.format(which=""), team.id)
    _save_state(team)


def _take_lock(team: Team) -> bool:
    """Take the right to count, until the transaction ends; False while another has it."""
    ((ours,),) = fetch_unprepared("SELECT pg_try_advisory_xact_lock($1::bigint)", _lock_key(team))
    return bool(ours)


def _lock_key(team: Team) -> int:
    return lock_key(team.id, " tallies")  # no canonical number begins with a blank, so this is nobody's lock


def _state(team: Team) -> RollupState | None:
    """None where nothing was counted yet, or by another clock."""
    return RollupState.objects.filter(team_id=team.id, time_zone=team.time_zone).first()


def _save_state(team: Team) -> None:
    """Everything that was committed before this transaction's marks were taken is counted."""
    fetch_unprepared(_SAVE_STATE, team.id, team.time_zone)


def _is_small(team: Team) -> bool:
    ((texts, lines),) = fetch_unprepared(_SIZE, team.id, MAX_COUNTED_BY_PAGE + 1)
    return bool(texts <= MAX_COUNTED_BY_PAGE and lines <= MAX_COUNTED_BY_PAGE)


# -- how ---------------------------------------------------------------------------------------------------------


def _recount(team: Team, hours: Sequence[datetime]) -> None:
    ((days, months, of_months, clocks),) = fetch_unprepared(_AFFECTED_PERIODS, hours, team.time_zone)
    fetch_unprepared(_DELETE_HOURS, team.id, hours, days)
    fetch_unprepared(
        _HOURS.format(facts=" UNION ALL ".join(source.of_hours() for source in SOURCES)),
        team.id,
        team.time_zone,
        hours,
    )
    fetch_unprepared(_DELETE.format(grain="day", which=""), team.id, days)
    fetch_unprepared(_DAYS.format(which=_WHICH), team.id, days)
    fetch_unprepared(_DELETE.format(grain="month", which=""), team.id, months)
    fetch_unprepared(_MONTHS.format(which=_WHICH), team.id, of_months)
    fetch_unprepared(
        _DELETE.format(grain="hour_of_day", which=" AND hour_of_day = ANY($3)"), team.id, months, clocks
    )
    fetch_unprepared(
        _HOURS_OF_DAY.format(which=f"{_WHICH} AND hour_of_day = ANY($3)"), team.id, of_months, clocks
    )


_SIZE = """
    SELECT (SELECT count(*) FROM (SELECT FROM messaging_message WHERE team_id = $1 LIMIT $2) AS texts),
      (SELECT count(*) FROM (SELECT FROM optout_consentevent WHERE team_id = $1 LIMIT $2) AS lines)
"""
_TAKE_MARKS = """
    WITH taken AS (DELETE FROM reports_dirtymark WHERE team_id = $1
      AND id IN (SELECT id FROM reports_dirtymark WHERE team_id = $1 ORDER BY id LIMIT $3) RETURNING at, event_id)
    SELECT array_agg(DISTINCT date_trunc('hour', at, $2::text)),
      array_agg(event_id) FILTER (WHERE event_id IS NOT NULL), count(*) FROM taken
"""
_SAVE_STATE = """
    INSERT INTO reports_rollupstate (team_id, time_zone, counted_at) VALUES ($1, $2, now())
    ON CONFLICT (team_id) DO UPDATE SET time_zone = excluded.time_zone, counted_at = excluded.counted_at
"""
# The days and months that some hours lie in, all days of those months, and the hours by the clock.
_AFFECTED_PERIODS = """
    WITH places AS (SELECT hour AT TIME ZONE $2::text AS local FROM unnest($1::timestamptz[]) AS marked (hour)),
    months AS (SELECT DISTINCT date_trunc('month', local) AS month FROM places)
    SELECT (SELECT array_agg(DISTINCT local::date) FROM places), (SELECT array_agg(month::date) FROM months),
      (SELECT array_agg(day::date) FROM months,
        generate_series(month, month + interval '1 month' - interval '1 day', interval '1 day') AS day),
      (SELECT array_agg(DISTINCT extract(hour FROM local)::smallint) FROM places)
"""
_WHICH = " AND day = ANY($2::date[])"

_DELETE_HOURS = """
    DELETE FROM reports_rollup WHERE team_id = $1 AND grain = 'hour'
    AND day = ANY($3::date[]) AND hour = ANY($2::timestamptz[])
"""
_DELETE = """
    DELETE FROM reports_rollup WHERE team_id = $1 AND grain = '{grain}' AND day = ANY($2::date[]){which}
"""
_INSERT = """
    INSERT INTO reports_rollup (team_id, grain, is_histogram, sender, day, hour, hour_of_day, inbox_id, measure, count)
"""
# Of each sender, and of everybody together; of nobody there is nothing to tell apart.
_HOURS = f"""{_INSERT}
    SELECT $1, 'hour', split_part(measure, ' ', 1) IN {HISTOGRAMS},
      CASE WHEN grouping(sender) = 1 THEN '{ALL_SENDERS}' ELSE sender END,
      (hour AT TIME ZONE $2::text)::date, hour, extract(hour FROM hour AT TIME ZONE $2::text),
      inbox_id, measure, sum(count)
    FROM ({{facts}}) AS facts
    GROUP BY GROUPING SETS ((hour, inbox_id, measure), (hour, inbox_id, measure, sender))
    HAVING grouping(sender) = 1 OR sender <> ''
    ORDER BY 4, 6
"""
_DAYS = f"""{_INSERT}
    SELECT $1, 'day', is_histogram, sender, day, NULL, NULL, inbox_id, measure, sum(count) FROM reports_rollup
    WHERE team_id = $1 AND grain = 'hour'{{which}} GROUP BY is_histogram, sender, day, inbox_id, measure
    ORDER BY is_histogram, sender, day
"""
_MONTHS = f"""{_INSERT}
    SELECT $1, 'month', is_histogram, sender, date_trunc('month', day)::date, NULL, NULL, inbox_id, measure, sum(count)
    FROM reports_rollup WHERE team_id = $1 AND grain = 'day'{{which}} GROUP BY is_histogram, sender, 5, inbox_id, measure
    ORDER BY is_histogram, sender, 5
"""
_HOURS_OF_DAY = f"""{_INSERT}
    SELECT $1, 'hour_of_day', is_histogram, sender, date_trunc('month', day)::date, NULL, hour_of_day, inbox_id, measure, sum(count)
    FROM reports_rollup WHERE team_id = $1 AND grain = 'hour' AND NOT is_histogram AND sender = '{ALL_SENDERS}'{{which}}
    GROUP BY is_histogram, sender, 5, hour_of_day, inbox_id, measure ORDER BY 5, hour_of_day
"""
