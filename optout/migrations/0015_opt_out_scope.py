"""The scope of a ledger entry: whether it concerns its inbox alone, and the team's choice that applied."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("optout", "0013_carrier_opt_outs"),
    ]

    operations = [
        migrations.AddField(
            model_name="consentevent",
            name="only_in_inbox",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="consentevent",
            name="each_inbox_since",
            field=models.DateTimeField(null=True),
        ),
    ]
