"""Conversations are moved to other inboxes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0036_message_local_id"),
    ]

    operations = [
        migrations.AddField(
            model_name="activity",
            name="whereto",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AlterField(
            model_name="activity",
            name="kind",
            field=models.CharField(
                choices=[
                    ("assigned", "Assigned"),
                    ("unassigned", "Unassigned"),
                    ("closed", "Closed"),
                    ("reopened", "Reopened"),
                    ("snoozed", "Snoozed"),
                    ("transferred", "Transferred"),
                    ("woken", "Woken"),
                ],
                max_length=12,
            ),
        ),
    ]
