"""Entries and roots of an imported ledger keep the team's ID that they were hashed with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("optout", "0016_linked_teams"),
    ]

    operations = [
        migrations.AddField(
            model_name="consentevent",
            name="hashed_team_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="ledgerroot",
            name="hashed_team_id",
            field=models.BigIntegerField(null=True),
        ),
    ]
