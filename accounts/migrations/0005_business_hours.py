"""When an inbox is open, and in which time zone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_settings_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="inbox",
            name="business_hours",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name="inbox",
            name="time_zone",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
    ]
