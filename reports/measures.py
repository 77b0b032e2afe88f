"""What is counted: of each hour, inbox and sender, how often a measure was seen. SQL, with $1 the team, $2 its zone.

    received, waiting, sent, delivered, unknown, undelivered <code>, failed <code>, refused <reason>   texts, each once
    segments in, segments out          of the texts that arrived, and of those that left
    automatic                          of those that left, confirmations and answers to keywords
    crossed                            texts that were on the wire when their number's opt-out came in
    begun                              conversations that began, after a time of quiet
    wait <n>                           first answers, by the logarithm of the seconds that they took (see histogram)
    opted_out <origin> [again]         changes of consent; "again" where it changed nothing
    opted_in <origin> [again]
    heard <n>                          opt-outs by text, by the logarithm of the microseconds until they stood
    confirmation on_time, late         that reached the carrier, claimed within PROMPT of the opt-out or after it
    confirmation waiting, unknown, refused <reason>, failed <code>, undelivered <code>

{rows} stands for the rows that are counted.
"""

from math import log
from typing import NamedTuple

BUCKET_GROWTH = (
    1.1  # from one bucket of a histogram to the next: what is read from it is right within five percent
)
HISTOGRAMS = ("wait", "heard")  # measures that are buckets of histograms
HANDED_OVER = ("sent", "delivered", "undelivered", "unknown")
WAITING = ("queued", "claimed", "sending")
CONFIRMATION_DUE_WITHIN = 60  # seconds after an opt-out within which its confirmation is on time

_HANDED_OVER = f"status IN {HANDED_OVER}"
# Who wrote a text, as reports.senders reads it.
_SENDER = (
    "CASE WHEN {id} IS NOT NULL THEN 'member ' || {id} WHEN {name} <> '' THEN 'named ' || {name} ELSE '' END"
)
# Its place in a histogram, of a number that may be null; greatest() alone would take null for 1.
_BUCKET = f"CASE WHEN {{0}} IS NOT NULL THEN floor(ln(greatest({{0}}, 1)) / {log(BUCKET_GROWTH)!r})::int END"

# Grouped by the columns as they are first, and put into words after: ten million texts make few groups.
TEXTS = f"""
    SELECT texts.hour, texts.inbox_id,
      {_SENDER.format(id="author_id", name="named")} AS sender,
      fact.measure, fact.count
    FROM (
      SELECT date_trunc('hour', m.at, $2::text) AS hour, m.inbox_id, m.author_id, m.outbound, m.status,
        CASE WHEN m.author_id IS NULL THEN m.author_name ELSE '' END AS named,
        CASE WHEN m.status = 'refused' THEN m.reason WHEN m.status IN ('failed', 'undelivered') THEN m.error_code
          ELSE '' END AS why,
        m.purpose, m.starts_conversation, m.crossed, {_BUCKET.format("m.waited_seconds")} AS wait,
        CASE WHEN m.purpose = 'confirmation' THEN (
          SELECT m.claimed_at <= e.happened_at + interval '{CONFIRMATION_DUE_WITHIN} seconds' FROM optout_consentevent AS e
          WHERE e.team_id = $1 AND e.id = m.event_id) END AS prompt,
        count(*) AS n, sum(m.segments) AS segments
      FROM {{rows}} AS m
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
    ) AS texts, LATERAL (VALUES
      (rtrim(CASE WHEN status IN {WAITING} THEN 'waiting' ELSE status || ' ' || why END), n),
      (CASE WHEN NOT outbound THEN 'segments in' WHEN {_HANDED_OVER} THEN 'segments out' END, segments),
      (CASE WHEN purpose <> 'text' AND {_HANDED_OVER} THEN 'automatic' END, n),
      (CASE WHEN starts_conversation THEN 'begun' END, n),
      (CASE WHEN crossed THEN 'crossed' END, n),
      (CASE WHEN {_HANDED_OVER} OR status IN {WAITING} THEN 'wait ' || wait END, n),
      (CASE WHEN purpose = 'confirmation' THEN 'confirmation ' || CASE
        WHEN status IN {WAITING} THEN 'waiting'
        WHEN status NOT IN ('sent', 'delivered') THEN rtrim(status || ' ' || why)
        WHEN prompt THEN 'on_time' ELSE 'late' END END, n)
    ) AS fact (measure, count) WHERE fact.measure IS NOT NULL AND fact.count > 0
"""
CHANGES = """
    SELECT date_trunc('hour', c.at, $2::text) AS hour, c.inbox_id, c.sender,
      c.action || ' ' || c.origin || CASE WHEN c.repeated THEN ' again' ELSE '' END AS measure, count(*) AS count
    FROM {rows} AS c GROUP BY 1, 2, 3, 4
"""
# In the hour, the inbox and with the sender of the change itself, so that the two can be compared.
OPT_OUT_LATENCIES = f"""
    SELECT date_trunc('hour', c.at, $2::text) AS hour, c.inbox_id, c.sender,
      'heard ' || {_BUCKET.format("h.microseconds")} AS measure, count(*) AS count
    FROM {{rows}} AS c JOIN messaging_optoutlatency AS h ON h.team_id = $1 AND h.event_id = c.event_id
    GROUP BY 1, 2, 3, 4
"""


class Source(NamedTuple):
    """Facts out of the rows of a table, each of which belongs to one moment."""

    facts: str
    table: str
    at: str

    def all_rows(self) -> str:
        return self.facts.format(rows=f"(SELECT * FROM {self.table} WHERE team_id = $1)")

    def of_hours(self) -> str:
        """Of the hours $3. OFFSET keeps the planner from joining: each hour is read by its own piece of the index."""
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

# New lines of the ledger ({lines} says which), each with the last text that we had sent this number before it.
INDEX_CHANGES = f"""
    INSERT INTO reports_indexedchange (team_id, event_id, at, action, origin, repeated, inbox_id, last_message_id, sender)
    SELECT $1, e.id, e.happened_at, e.action, e.origin, e.added = '[]' AND e.lifted = '[]',
      coalesce(e.inbox_id, last.inbox_id, 0), last.id, coalesce(last.sender, '')
    FROM optout_consentevent AS e LEFT JOIN LATERAL (
      SELECT m.id, m.inbox_id, {_SENDER.format(id="m.author_id", name="m.author_name")} AS sender
      FROM messaging_conversation AS talk
      JOIN messaging_message AS m ON m.team_id = $1 AND m.conversation_id = talk.id
      WHERE talk.team_id = $1 AND talk.number = e.number AND talk.inbox_id = coalesce(e.inbox_id, talk.inbox_id)
        AND m.outbound AND m.purpose = 'text' AND m.{_HANDED_OVER} AND m.at <= e.happened_at
      ORDER BY m.at DESC, m.id DESC LIMIT 1) AS last ON true
    WHERE e.team_id = $1 AND e.action IN ('opted_out', 'opted_in') AND {{lines}}
    ON CONFLICT (team_id, event_id) DO NOTHING
"""
