"""Within how many business minutes people are answered: the goal of a team, and of an inbox."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_business_hours"),
    ]

    operations = [
        migrations.AddField(
            model_name="team",
            name="waiting_goal",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="inbox",
            name="waiting_goal",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
    ]
