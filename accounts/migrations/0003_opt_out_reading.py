"""How opt-outs are read: per inbox the mode and the languages, per team its own keywords."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_inbox_verification"),
    ]

    operations = [
        migrations.AddField(
            model_name="inbox",
            name="languages",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="inbox",
            name="opt_out_reading",
            field=models.CharField(
                choices=[
                    ("act", "Opt out or hold for review"),
                    ("hold", "Hold for review only"),
                    ("keywords", "Act on keywords only"),
                ],
                db_default="act",
                default="act",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="team",
            name="extra_keywords",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
