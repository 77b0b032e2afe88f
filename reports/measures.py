"""Measures: what rollups count for each hour, inbox and sender, as SQL with $1 the team and $2 its time zone.

    received, waiting, sent, delivered, unknown, undelivered <code>, failed <code>, refused <reason>
                                       each text, once
    segments in, segments out          of received texts, and of texts handed to the carrier
    automatic                          confirmations and answers to keywords that were handed to the carrier
    crossed                            texts that were with the carrier when their number's opt-out arrived
    conversations_started              texts that start a conversation, after 24 hours without a text
    reply_time <n>                     first replies, by histogram bucket of their seconds (see histogram.py)
    opted_out <origin> [repeated]      changes of consent; "repeated" if they changed nothing, or copied an opt-out to
                                       a contact's other number
    opted_in <origin> [repeated]
    opt_out_latency <n>                opt-outs by text, by histogram bucket of their microseconds
    confirmation on_time, late         handed to the carrier, claimed within CONFIRMATION_DUE_WITHIN or later
    confirmation waiting, unknown, refused <reason>, failed <code>, undelivered <code>

{rows} is replaced by the rows to count.
"""

from math import log
from typing import NamedTuple

from optout.models import COPIED_FROM
from reports.senders import MEMBER_PREFIX, NAMED_PREFIX

BUCKET_GROWTH = 1.1  # from one histogram bucket to the next: percentiles are accurate to five percent
HISTOGRAMS = ("reply_time", "opt_out_latency")  # measures with a histogram bucket
HANDED_OVER = ("sent", "delivered", "undelivered", "unknown")
WAITING = ("queued", "claimed", "sending")
CONFIRMATION_DUE_WITHIN = 60  # seconds after an opt-out within which its confirmation is on time

_HANDED_OVER = f"status IN {HANDED_OVER}"
# The sender of a text, in the form that reports.senders reads.
_SENDER = f"""CASE WHEN {{id}} IS NOT NULL THEN '{MEMBER_PREFIX}' || {{id}}
    WHEN {{name}} <> '' THEN '{NAMED_PREFIX}' || {{name}} ELSE '' END"""
# The histogram bucket of a number or null. The CASE is needed because greatest() alone turns null into 1.
_BUCKET = f"CASE WHEN {{0}} IS NOT NULL THEN floor(ln(greatest({{0}}, 1)) / {log(BUCKET_GROWTH)!r})::int END"

# Groups by plain columns first and makes measures of the groups after: ten million texts make few groups.
TEXTS = f"""
    SELECT texts.hour, texts.inbox_id,
      {_SENDER.format(id="author_id", name="named")} AS sender,
      fact.measure, fact.count
    FROM (
      SELECT date_trunc('hour', m.at, $2::text) AS hour, m.inbox_id, m.author_id, m.outbound, m.status,
        CASE WHEN m.author_id IS NULL THEN m.author_name ELSE '' END AS named,
        CASE WHEN m.status = 'refused' THEN m.reason WHEN m.status IN ('failed', 'undelivered') THEN m.error_code
          ELSE '' END AS why,
        m.purpose, m.starts_conversation, m.crossed, {_BUCKET.format("m.waited_seconds")} AS reply_bucket,
        CASE WHEN m.purpose = 'confirmation' THEN (
          SELECT m.claimed_at <= e.happened_at + interval '{CONFIRMATION_DUE_WITHIN} seconds'
          FROM optout_consentevent AS e WHERE e.team_id = $1 AND e.id = m.event_id) END AS is_on_time,
        count(*) AS n, sum(m.segments) AS segments
      FROM {{rows}} AS m
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
    ) AS texts, LATERAL (VALUES
      (rtrim(CASE WHEN status IN {WAITING} THEN 'waiting' ELSE status || ' ' || why END), n),
      (CASE WHEN NOT outbound THEN 'segments in' WHEN {_HANDED_OVER} THEN 'segments out' END, segments),
      (CASE WHEN purpose <> 'text' AND {_HANDED_OVER} THEN 'automatic' END, n),
      (CASE WHEN starts_conversation THEN 'conversations_started' END, n),
      (CASE WHEN crossed THEN 'crossed' END, n),
      (CASE WHEN {_HANDED_OVER} OR status IN {WAITING} THEN 'reply_time ' || reply_bucket END, n),
      (CASE WHEN purpose = 'confirmation' THEN 'confirmation ' || CASE
        WHEN status IN {WAITING} THEN 'waiting'
        WHEN status NOT IN ('sent', 'delivered') THEN rtrim(status || ' ' || why)
        WHEN is_on_time THEN 'on_time' ELSE 'late' END END, n)
    ) AS fact (measure, count) WHERE fact.measure IS NOT NULL AND fact.count > 0
"""
CHANGES = """
    SELECT date_trunc('hour', c.at, $2::text) AS hour, c.inbox_id, c.sender,
      c.action || ' ' || c.origin || CASE WHEN c.repeated THEN ' repeated' ELSE '' END AS measure, count(*) AS count
    FROM {rows} AS c GROUP BY 1, 2, 3, 4
"""
# Counted in the hour and inbox and for the sender of the change, so that both can be compared.
OPT_OUT_LATENCIES = f"""
    SELECT date_trunc('hour', c.at, $2::text) AS hour, c.inbox_id, c.sender,
      'opt_out_latency ' || {_BUCKET.format("h.microseconds")} AS measure, count(*) AS count
    FROM {{rows}} AS c JOIN messaging_optoutlatency AS h ON h.team_id = $1 AND h.event_id = c.event_id
    GROUP BY 1, 2, 3, 4
"""


class Source(NamedTuple):
    """A table whose rows are counted, each at the moment in its column `at`."""

    facts: str
    table: str
    at: str

    def all_rows(self) -> str:
        return self.facts.format(rows=f"(SELECT * FROM {self.table} WHERE team_id = $1)")

    def of_hours(self) -> str:
        """SQL for the hours $3. OFFSET keeps the planner from joining: each hour is one range of the index."""
        return self.facts.format(
            rows=f"unnest($3::timestamptz[]) AS marked (hour), LATERAL (SELECT * FROM {self.table}"
            f" WHERE team_id = $1 AND {self.at} >= marked.hour AND {self.at} < marked.hour + interval '1 hour'"
            f" AND date_trunc('hour', {self.at}, $2::text) = marked.hour OFFSET 0)"
        )


SOURCES = (
    Source(TEXTS, "messaging_message", "at"),
    Source(CHANGES, "reports_indexedchange", "at"),
    Source(OPT_OUT_LATENCIES, "reports_indexedchange", "at"),
)

# Indexes the ledger entries {entries}, each with our last text to the number before it. An entry that copies an opt-out
# to a contact's other number is no new request.
INDEX_CHANGES = f"""
    INSERT INTO reports_indexedchange
      (team_id, event_id, at, action, origin, repeated, inbox_id, last_message_id, sender)
    WITH changes AS MATERIALIZED (SELECT e.id, e.happened_at, e.action, e.origin,
      e.added = '[]' AND e.lifted = '[]' OR e.source LIKE '{COPIED_FROM} %' AS repeated,
      coalesce(e.inbox_id, last.inbox_id, 0) AS inbox_id, last.id AS last_id, coalesce(last.sender, '') AS sender
    FROM optout_consentevent AS e LEFT JOIN LATERAL (
      SELECT m.id, m.inbox_id, {_SENDER.format(id="m.author_id", name="m.author_name")} AS sender
      FROM messaging_conversation AS conversation
      JOIN messaging_message AS m ON m.team_id = $1 AND m.conversation_id = conversation.id
      WHERE conversation.team_id = $1 AND conversation.number = e.number
        AND conversation.inbox_id = coalesce(e.inbox_id, conversation.inbox_id)
        AND m.outbound AND m.purpose = 'text' AND m.{_HANDED_OVER} AND m.at <= e.happened_at
      ORDER BY m.at DESC, m.id DESC LIMIT 1) AS last ON true
    WHERE e.team_id = $1 AND e.action IN ('opted_out', 'opted_in') AND {{entries}} ORDER BY e.id)
    SELECT $1, changes.* FROM changes
    ON CONFLICT (team_id, event_id) DO NOTHING
"""
