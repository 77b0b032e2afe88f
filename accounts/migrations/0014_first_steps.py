"""Whether a team's owner is shown the first steps; not in the teams that exist."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_line_lookups"),
    ]

    operations = [
        migrations.AddField(
            model_name="team",
            name="first_steps",
            field=models.CharField(
                choices=[("none", "None"), ("shown", "Shown"), ("dismissed", "Dismissed")],
                db_default="none",
                default="none",
                max_length=10,
            ),
        ),
    ]
