"""Keeps the tallies up: triggers leave marks, and the hours that they mark are counted again.

Counting again instead of adding up: whatever came twice, late or in another order, an hour is what its rows say. Days
are the sums of their hours, months of their days. Every function runs in the scope of the team.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Team
from accounts.statements import ask_anew
from optout.record import lock_key
from reports.models import EVERYBODY, Books
from reports.sources import NEW_CHANGES, SOURCES, TIMED

MOST = 50_000  # marks at once
FRESH = timedelta(seconds=1)  # figures of a moment ago are not counted again for each who looks
SOON = 5_000  # marks that a page counts itself, and texts or changes that it counts from the beginning


# -- when --------------------------------------------------------------------------------------------------------


def catch_up(team: Team) -> Books | None:
    """Count what was marked, for a page that is about to read; how far the tallies go now. None before they exist.

    Whoever counts already is not waited for. A large team that was never counted, or whose clock was changed, is left
    to the worker.
    """
    books = _books(team)
    if books is None and _is_small(team):
        rebuild(team)
        return _books(team)
    if books is None or books.counted_at > timezone.now() - FRESH:
        return books
    return _books(team) if fold(team, SOON) else books


def fold(team: Team, most: int = MOST) -> bool:
    """Count the hours of at most so many marks; False when somebody else does, or there is nothing to build on."""
    if not _is_ours(team) or _books(team) is None:
        return False
    ((hours, events, marks),) = ask_anew(_TAKE, team.id, team.time_zone, most)
    if events:
        ask_anew(NEW_CHANGES.format(lines="e.id = ANY($2::bigint[])"), team.id, events)
    if hours:
        _recount(team, hours)
    if marks < most:
        _sign(team)
    return True


def keep_up(team: Team) -> None:
    """For the worker: count what was marked, or everything where there is nothing to build on.

    What somebody else counts at the moment is not counted a second time after them.
    """
    if (
        not fold(team) and _is_ours(team) and _books(team) is None
    ):  # asked under the lock: another may just have ended
        rebuild(team)


def rebuild(team: Team) -> None:
    """Count everything from the beginning. What was known of the last texts before changes stays."""
    ask_anew("SELECT pg_advisory_xact_lock($1::bigint)", _key(team))
    ask_anew("DELETE FROM reports_mark WHERE team_id = $1", team.id)
    known = (
        "NOT EXISTS (SELECT FROM reports_change AS known WHERE known.team_id = $1 AND known.event_id = e.id)"
    )
    ask_anew(NEW_CHANGES.format(lines=known), team.id)
    ask_anew("DELETE FROM reports_tally WHERE team_id = $1", team.id)
    ask_anew(
        _HOURS.format(facts=" UNION ALL ".join(source.everything() for source in SOURCES)),
        team.id,
        team.time_zone,
    )
    for statement in (_DAYS, _MONTHS, _CLOCKS):
        ask_anew(statement.format(which=""), team.id)
    _sign(team)


def _is_ours(team: Team) -> bool:
    """Take the right to count, until the transaction ends; False while another has it."""
    ((ours,),) = ask_anew("SELECT pg_try_advisory_xact_lock($1::bigint)", _key(team))
    return bool(ours)


def _key(team: Team) -> int:
    return lock_key(team.id, " tallies")  # no canonical number begins with a blank, so this is nobody's lock


def _books(team: Team) -> Books | None:
    """None where nothing was counted yet, or by another clock."""
    return Books.objects.filter(team_id=team.id, time_zone=team.time_zone).first()


def _sign(team: Team) -> None:
    """Everything that was committed before this transaction's marks were taken is counted."""
    ask_anew(_SIGN, team.id, team.time_zone)


def _is_small(team: Team) -> bool:
    ((texts, lines),) = ask_anew(_SIZE, team.id, SOON + 1)
    return bool(texts <= SOON and lines <= SOON)


# -- how ---------------------------------------------------------------------------------------------------------


def _recount(team: Team, hours: Sequence[datetime]) -> None:
    ((days, months, of_months, clocks),) = ask_anew(_PLACES, hours, team.time_zone)
    ask_anew(_DELETE_HOURS, team.id, hours, days)
    ask_anew(
        _HOURS.format(facts=" UNION ALL ".join(source.of_hours() for source in SOURCES)),
        team.id,
        team.time_zone,
        hours,
    )
    ask_anew(_DELETE.format(grain="day", which=""), team.id, days)
    ask_anew(_DAYS.format(which=_WHICH), team.id, days)
    ask_anew(_DELETE.format(grain="month", which=""), team.id, months)
    ask_anew(_MONTHS.format(which=_WHICH), team.id, of_months)
    ask_anew(_DELETE.format(grain="clock", which=" AND clock = ANY($3)"), team.id, months, clocks)
    ask_anew(_CLOCKS.format(which=f"{_WHICH} AND clock = ANY($3)"), team.id, of_months, clocks)


_SIZE = """
    SELECT (SELECT count(*) FROM (SELECT FROM messaging_message WHERE team_id = $1 LIMIT $2) AS texts),
      (SELECT count(*) FROM (SELECT FROM optout_consentevent WHERE team_id = $1 LIMIT $2) AS lines)
"""
_TAKE = """
    WITH taken AS (DELETE FROM reports_mark WHERE team_id = $1
      AND id IN (SELECT id FROM reports_mark WHERE team_id = $1 ORDER BY id LIMIT $3) RETURNING at, event_id)
    SELECT array_agg(DISTINCT date_trunc('hour', at, $2::text)),
      array_agg(event_id) FILTER (WHERE event_id IS NOT NULL), count(*) FROM taken
"""
_SIGN = """
    INSERT INTO reports_books (team_id, time_zone, counted_at) VALUES ($1, $2, now())
    ON CONFLICT (team_id) DO UPDATE SET time_zone = excluded.time_zone, counted_at = excluded.counted_at
"""
# The days and months that some hours lie in, all days of those months, and the hours by the clock.
_PLACES = """
    WITH places AS (SELECT hour AT TIME ZONE $2::text AS local FROM unnest($1::timestamptz[]) AS marked (hour)),
    months AS (SELECT DISTINCT date_trunc('month', local) AS month FROM places)
    SELECT (SELECT array_agg(DISTINCT local::date) FROM places), (SELECT array_agg(month::date) FROM months),
      (SELECT array_agg(day::date) FROM months,
        generate_series(month, month + interval '1 month' - interval '1 day', interval '1 day') AS day),
      (SELECT array_agg(DISTINCT extract(hour FROM local)::smallint) FROM places)
"""
_WHICH = " AND day = ANY($2::date[])"

_DELETE_HOURS = """
    DELETE FROM reports_tally WHERE team_id = $1 AND grain = 'hour'
    AND day = ANY($3::date[]) AND hour = ANY($2::timestamptz[])
"""
_DELETE = """
    DELETE FROM reports_tally WHERE team_id = $1 AND grain = '{grain}' AND day = ANY($2::date[]){which}
"""
_INSERT = """
    INSERT INTO reports_tally (team_id, grain, timed, sender, day, hour, clock, inbox_id, measure, count)
"""
# Of each sender, and of everybody together; of nobody there is nothing to tell apart.
_HOURS = f"""{_INSERT}
    SELECT $1, 'hour', split_part(measure, ' ', 1) IN {TIMED},
      CASE WHEN grouping(sender) = 1 THEN '{EVERYBODY}' ELSE sender END,
      (hour AT TIME ZONE $2::text)::date, hour, extract(hour FROM hour AT TIME ZONE $2::text),
      inbox_id, measure, sum(count)
    FROM ({{facts}}) AS facts
    GROUP BY GROUPING SETS ((hour, inbox_id, measure), (hour, inbox_id, measure, sender))
    HAVING grouping(sender) = 1 OR sender <> ''
    ORDER BY 4, 6
"""
_DAYS = f"""{_INSERT}
    SELECT $1, 'day', timed, sender, day, NULL, NULL, inbox_id, measure, sum(count) FROM reports_tally
    WHERE team_id = $1 AND grain = 'hour'{{which}} GROUP BY timed, sender, day, inbox_id, measure
    ORDER BY timed, sender, day
"""
_MONTHS = f"""{_INSERT}
    SELECT $1, 'month', timed, sender, date_trunc('month', day)::date, NULL, NULL, inbox_id, measure, sum(count)
    FROM reports_tally WHERE team_id = $1 AND grain = 'day'{{which}} GROUP BY timed, sender, 5, inbox_id, measure
    ORDER BY timed, sender, 5
"""
_CLOCKS = f"""{_INSERT}
    SELECT $1, 'clock', timed, sender, date_trunc('month', day)::date, NULL, clock, inbox_id, measure, sum(count)
    FROM reports_tally WHERE team_id = $1 AND grain = 'hour' AND NOT timed AND sender = '{EVERYBODY}'{{which}}
    GROUP BY timed, sender, 5, clock, inbox_id, measure ORDER BY 5, clock
"""
