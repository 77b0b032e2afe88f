from django.db import migrations, models

# Row security hides the rows from an UPDATE here; writing the table anew does not ask it.
FILL = """
    ALTER TABLE accounts_hookevent
        ALTER whom TYPE bigint USING (data ->> 'contact_id')::bigint,
        ALTER merged_into TYPE bigint USING (data #>> '{merged_into,contact_id}')::bigint
"""


def _index(field: str, name: str) -> migrations.AddIndex:
    wanted = models.Q((f"{field}__isnull", False))
    return migrations.AddIndex("hookevent", models.Index(fields=["team", field], condition=wanted, name=name))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_webhooks")]

    operations = [
        migrations.AddField("hookevent", "whom", models.BigIntegerField(null=True)),
        migrations.AddField("hookevent", "merged_into", models.BigIntegerField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        _index("whom", "accounts_hookevent_contact"),
        _index("merged_into", "accounts_hookevent_merged"),
    ]
