"""The rate of an inbox's broadcasts, and how many of them a person gets in a week."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_assign_on_reply"),
    ]

    operations = [
        migrations.AddField(
            model_name="inbox",
            name="broadcast_rate",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="team",
            name="broadcasts_per_week",
            field=models.PositiveSmallIntegerField(db_default=7, default=7),
        ),
    ]
