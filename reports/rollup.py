"""Rollups: counts per hour, day and month. Triggers write dirty marks, and the hours of the marks are counted again.

An hour is always counted again from its rows, never incremented, so duplicates, late rows and other orders make no
difference. Days are sums of their hours, months of their days. Every function runs in the team's scope.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Team
from kernel.sql import commit_without_waiting, counted, fetch_unprepared
from optout.number_locks import lock_key
from reports.measures import HISTOGRAMS, INDEX_CHANGES, SOURCES
from reports.models import ALL_SENDERS, RollupState

MAX_MARKS = 50_000  # marks in one transaction
FRESH_FOR = timedelta(seconds=1)  # a page does not count again within this time
# Marks that a page request counts itself; also the texts or ledger entries of a team that it rebuilds itself.
MAX_COUNTED_BY_PAGE = 5_000


# -- updates -----------------------------------------------------------------------------------------------------


def catch_up(team: Team) -> RollupState | None:
    """Count the marked hours before a page reads, and return the new state. None while there are no rollups.

    Does not wait if another process is counting. A large team without rollups in its time zone is left to the worker.
    """
    state = _state(team)
    if state is None and _is_small(team):
        rebuild(team)
        return _state(team)
    if state is None or state.counted_at > timezone.now() - FRESH_FOR:
        return state
    return _state(team) if recount_marked_hours(team, MAX_COUNTED_BY_PAGE) else state


def recount_marked_hours(team: Team, most: int = MAX_MARKS) -> bool:
    """Count the hours of at most `most` marks; False if another process is counting, or without rollups."""
    if not _take_lock(team) or _state(team) is None:
        return False
    commit_without_waiting()  # the marks go in the same transaction, and are there again if it is lost
    ((hours, events, marks),) = fetch_unprepared(_TAKE_MARKS, team.id, team.time_zone, most)
    if events:
        fetch_unprepared(INDEX_CHANGES.format(entries="e.id = ANY($2::bigint[])"), team.id, events)
    if hours:
        _recount(team, hours)
    if marks < most:
        _save_state(team)
    return True


def recount_or_rebuild(team: Team) -> None:
    """For the worker: count the marked hours, or everything without rollups; nothing if another process is counting."""
    if recount_marked_hours(team) or not _take_lock(team):
        return
    if _state(team) is None:  # read under the lock, since another process may have just finished
        rebuild(team)


def rebuild(team: Team) -> None:
    """Count everything again from texts and ledger. The index keeps the known last text of each change."""
    fetch_unprepared("SELECT pg_advisory_xact_lock($1::bigint)", _lock_key(team))
    fetch_unprepared("DELETE FROM reports_dirtymark WHERE team_id = $1", team.id)
    fetch_unprepared(INDEX_CHANGES.format(entries=_NOT_INDEXED), team.id)
    fetch_unprepared("DELETE FROM reports_rollup WHERE team_id = $1", team.id)
    fetch_unprepared(
        _HOURS.format(facts=" UNION ALL ".join(source.all_rows() for source in SOURCES)),
        team.id,
        team.time_zone,
    )
    for statement in (_DAYS, _MONTHS, _HOURS_OF_DAY):
        fetch_unprepared(statement.format(condition=""), team.id)
    _save_state(team)


def _take_lock(team: Team) -> bool:
    """Take the lock for counting until the transaction ends; False if another process has it."""
    ((taken,),) = fetch_unprepared("SELECT pg_try_advisory_xact_lock($1::bigint)", _lock_key(team))
    return bool(taken)


def _lock_key(team: Team) -> int:
    # No canonical number begins with a space, so this is no number's lock.
    return lock_key(team.id, " rollup")


def _state(team: Team) -> RollupState | None:
    """None without rollups in the team's current time zone."""
    return RollupState.objects.filter(team_id=team.id, time_zone=team.time_zone).first()


def _save_state(team: Team) -> None:
    """Record that everything committed before this transaction took its marks is counted."""
    fetch_unprepared(_SAVE_STATE, team.id, team.time_zone)


def _is_small(team: Team) -> bool:
    ((texts, entries),) = fetch_unprepared(_SIZE, team.id, MAX_COUNTED_BY_PAGE + 1)
    return bool(texts <= MAX_COUNTED_BY_PAGE and entries <= MAX_COUNTED_BY_PAGE)


# -- SQL ---------------------------------------------------------------------------------------------------------


def _recount(team: Team, hours: Sequence[datetime]) -> None:
    ((days, months, days_of_months, hours_of_day),) = fetch_unprepared(
        _AFFECTED_PERIODS, hours, team.time_zone
    )
    fetch_unprepared(_DELETE_HOURS, team.id, hours, days)
    fetch_unprepared(
        _HOURS.format(facts=" UNION ALL ".join(source.of_hours() for source in SOURCES)),
        team.id,
        team.time_zone,
        hours,
    )
    fetch_unprepared(_DELETE.format(grain="day", condition=""), team.id, days)
    fetch_unprepared(_DAYS.format(condition=_OF_DAYS), team.id, days)
    fetch_unprepared(_DELETE.format(grain="month", condition=""), team.id, months)
    fetch_unprepared(_MONTHS.format(condition=_OF_DAYS), team.id, days_of_months)
    delete_hours_of_day = _DELETE.format(grain="hour_of_day", condition=_OF_HOURS)
    fetch_unprepared(delete_hours_of_day, team.id, months, hours_of_day)
    insert_hours_of_day = _HOURS_OF_DAY.format(condition=_OF_DAYS + _OF_HOURS)
    fetch_unprepared(insert_hours_of_day, team.id, days_of_months, hours_of_day)


_SIZE = """
    SELECT (SELECT count(*) FROM (SELECT FROM messaging_message WHERE team_id = $1 LIMIT $2) AS texts),
      (SELECT count(*) FROM (SELECT FROM optout_consentevent WHERE team_id = $1 LIMIT $2) AS entries)
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
# The days and months that contain the hours $1, all days of those months, and the hours of the day (0 to 23).
_AFFECTED_PERIODS = """
    WITH marked_hours AS (
      SELECT hour AT TIME ZONE $2::text AS local FROM unnest($1::timestamptz[]) AS marked (hour)),
    months AS (SELECT DISTINCT date_trunc('month', local) AS month FROM marked_hours)
    SELECT (SELECT array_agg(DISTINCT local::date) FROM marked_hours), (SELECT array_agg(month::date) FROM months),
      (SELECT array_agg(day::date) FROM months,
        generate_series(month, month + interval '1 month' - interval '1 day', interval '1 day') AS day),
      (SELECT array_agg(DISTINCT extract(hour FROM local)::smallint) FROM marked_hours)
"""
_NOT_INDEXED = """NOT EXISTS (
    SELECT FROM reports_indexedchange AS indexed WHERE indexed.team_id = $1 AND indexed.event_id = e.id)"""
_OF_DAYS = " AND day = ANY($2::date[])"
_OF_HOURS = " AND hour_of_day = ANY($3)"

_DELETE_HOURS = """
    DELETE FROM reports_rollup WHERE team_id = $1 AND grain = 'hour'
    AND day = ANY($3::date[]) AND hour = ANY($2::timestamptz[])
"""
_DELETE = """
    DELETE FROM reports_rollup WHERE team_id = $1 AND grain = '{grain}' AND day = ANY($2::date[]){condition}
"""
_INSERT = """
    INSERT INTO reports_rollup (team_id, grain, is_histogram, sender, day, hour, hour_of_day, inbox_id, measure, count)
"""
# Rows for each sender and for all senders together; texts without a sender are in the latter only.
_HOURS = counted(f"""{_INSERT}
    SELECT $1, 'hour', split_part(measure, ' ', 1) IN {HISTOGRAMS},
      CASE WHEN grouping(sender) = 1 THEN '{ALL_SENDERS}' ELSE sender END,
      (hour AT TIME ZONE $2::text)::date, hour, extract(hour FROM hour AT TIME ZONE $2::text),
      inbox_id, measure, sum(count)
    FROM ({{facts}}) AS facts
    GROUP BY GROUPING SETS ((hour, inbox_id, measure), (hour, inbox_id, measure, sender))
    HAVING grouping(sender) = 1 OR sender <> ''
    ORDER BY 4, 6
""")
_DAYS = counted(f"""{_INSERT}
    SELECT $1, 'day', is_histogram, sender, day, NULL, NULL, inbox_id, measure, sum(count) FROM reports_rollup
    WHERE team_id = $1 AND grain = 'hour'{{condition}} GROUP BY is_histogram, sender, day, inbox_id, measure
    ORDER BY is_histogram, sender, day
""")
_MONTHS = counted(f"""{_INSERT}
    SELECT $1, 'month', is_histogram, sender, date_trunc('month', day)::date, NULL, NULL, inbox_id, measure, sum(count)
    FROM reports_rollup WHERE team_id = $1 AND grain = 'day'{{condition}}
    GROUP BY is_histogram, sender, 5, inbox_id, measure ORDER BY is_histogram, sender, 5
""")
_HOURS_OF_DAY = counted(f"""{_INSERT}
    SELECT $1, 'hour_of_day', is_histogram, sender, date_trunc('month', day)::date, NULL, hour_of_day,
      inbox_id, measure, sum(count)
    FROM reports_rollup WHERE team_id = $1
      AND grain = 'hour' AND NOT is_histogram AND sender = '{ALL_SENDERS}'{{condition}}
    GROUP BY is_histogram, sender, 5, hour_of_day, inbox_id, measure ORDER BY 5, hour_of_day
""")
