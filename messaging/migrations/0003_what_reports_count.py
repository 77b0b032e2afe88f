"""What a text was to its conversation stays with the text: whether it began one, and how long somebody had waited for it."""

from django.db import migrations, models

# Of what was written before: the texts of each conversation in turns, each ended by an answer of ours. What the ledger
# heard was answered by the product; a conversation that was closed meanwhile is not known.
TURNS = """
    WITH spoken AS (
      SELECT m.team_id, m.id, m.conversation_id, m.at, m.outbound,
        lag(m.at) OVER talk AS before,
        count(*) FILTER (WHERE m.outbound) OVER (talk ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS turn
      FROM messaging_message m
      JOIN messaging_conversation c ON c.team_id = m.team_id AND c.id = m.conversation_id AND c.number <> ''
      WHERE m.purpose = 'text' AND m.status <> 'refused'
      WINDOW talk AS (PARTITION BY m.team_id, m.conversation_id ORDER BY m.at, m.id)),
    turns AS (
      SELECT s.team_id, s.conversation_id, s.turn, min(s.at) FILTER (WHERE NOT s.outbound AND e.id IS NULL) AS since,
        bool_or(s.outbound) AS answered
      FROM spoken s LEFT JOIN optout_consentevent e ON e.team_id = s.team_id AND e.message_id = s.id
      GROUP BY 1, 2, 3)
"""
BACKFILL = [
    f"""{TURNS}
    UPDATE messaging_message AS m SET begins = f.begins, waited = f.waited
    FROM (SELECT s.team_id, s.id, s.before IS NULL OR s.at > s.before + interval '24 hours' AS begins,
        CASE WHEN s.outbound AND t.since <= s.at THEN extract(epoch FROM s.at - t.since)::int END AS waited
      FROM spoken s JOIN turns t USING (team_id, conversation_id, turn)) AS f
    WHERE m.team_id = f.team_id AND m.id = f.id AND (f.begins OR f.waited IS NOT NULL)""",
    f"""{TURNS}
    UPDATE messaging_conversation AS c SET awaiting_since = t.since FROM turns t
    WHERE c.team_id = t.team_id AND c.id = t.conversation_id AND NOT c.closed AND NOT t.answered AND t.since IS NOT NULL""",
]


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0002_receipts"),
        ("optout", "0004_feed"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="message", name="messaging_message_author"),
        migrations.SeparateDatabaseAndState(  # the column stays as it is, and points at nothing
            state_operations=[
                migrations.RemoveField(model_name="message", name="author"),
                migrations.AddField(
                    model_name="message", name="author_id", field=models.BigIntegerField(null=True)
                ),
            ]
        ),
        migrations.AddField(
            model_name="conversation", name="awaiting_since", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(  # with a default of the database's, for programs that run on while this is installed
            model_name="message", name="begins", field=models.BooleanField(default=False, db_default=False)
        ),
        migrations.AddField(
            model_name="message", name="waited", field=models.PositiveIntegerField(null=True)
        ),
        *(migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in BACKFILL),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["team", "at", "id"], name="messaging_message_time"),
        ),
    ]
