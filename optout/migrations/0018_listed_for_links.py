"""Whether a team's opt-outs from before a link are listed for copying. Those of existing links are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("optout", "0017_hashed_team"),
    ]

    operations = [
        migrations.AddField(
            model_name="teamlink",
            name="is_listed",
            field=models.BooleanField(default=True, db_default=True),
        ),
    ]
