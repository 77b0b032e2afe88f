"""Carrier opt-outs that the ledger already tells: refusals after which the person sent no START to that inbox."""

from django.db import migrations

FROM_LEDGER = """
    INSERT INTO optout_carrieroptout (team_id, inbox_id, number, since, last_at, refusals, message_id)
    SELECT e.team_id, e.inbox_id, e.number, min(e.recorded_at), max(e.recorded_at), count(*), max(e.message_id)
    FROM optout_consentevent e
    JOIN accounts_inbox inbox ON inbox.team_id = e.team_id AND inbox.id = e.inbox_id
    WHERE e.origin = 'carrier' AND e.action = 'opted_out' AND e.source = '' AND NOT EXISTS (
        SELECT FROM optout_consentevent later WHERE later.team_id = e.team_id AND later.number = e.number
        AND later.position > e.position AND later.action = 'opted_in' AND later.origin = 'contact'
        AND later.inbox_id = e.inbox_id)
    GROUP BY e.team_id, e.inbox_id, e.number
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ("optout", "0013_carrier_opt_outs"),
    ]

    operations = [
        migrations.RunSQL(FROM_LEDGER, migrations.RunSQL.noop),
    ]
