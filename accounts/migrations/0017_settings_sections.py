"""The audit of settings has the sections of the team and of its inboxes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_theme"),
    ]

    operations = [
        migrations.AlterField(
            model_name="settingschange",
            name="section",
            field=models.CharField(
                choices=[
                    ("opt-out", "Opt-out"),
                    ("sending-hours", "Sending hours"),
                    ("evidence", "Evidence"),
                    ("team", "Team"),
                    ("inboxes", "Inboxes"),
                ],
                max_length=20,
            ),
        ),
    ]
