from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_team_wall"),
        ("optout", "0002_ledger_is_written_once"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="suppression",
            index=models.Index(
                fields=["team", "kind", "origin", "-created_at", "-id"], name="optout_suppression_newest"
            ),
        ),
    ]
