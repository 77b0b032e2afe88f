"""The away text and the first-contact text of an inbox."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_waiting_goals"),
    ]

    operations = [
        migrations.AddField(
            model_name="inbox",
            name="away_text",
            field=models.CharField(blank=True, db_default="", default="", max_length=640),
        ),
        migrations.AddField(
            model_name="inbox",
            name="away_again_hours",
            field=models.PositiveSmallIntegerField(db_default=4, default=4),
        ),
        migrations.AddField(
            model_name="inbox",
            name="first_contact_text",
            field=models.CharField(blank=True, db_default="", default="", max_length=640),
        ),
    ]
