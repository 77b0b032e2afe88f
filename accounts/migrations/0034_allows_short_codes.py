"""Whether a team texts short codes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0033_team_role_references"),
    ]

    operations = [
        migrations.AddField(
            model_name="team",
            name="allows_short_codes",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
