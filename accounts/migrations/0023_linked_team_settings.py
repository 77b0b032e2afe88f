"""The audit of settings has the section of linked teams. The database keeps no choices."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0022_root_email_confirmed"),
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
                    ("linked-teams", "Linked teams"),
                    ("team", "Team"),
                    ("inboxes", "Inboxes"),
                ],
                max_length=20,
            ),
        ),
    ]
