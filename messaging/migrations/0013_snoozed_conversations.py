"""Snoozed conversations: until when, and the end of a snooze in the thread."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0012_automatic_texts"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="snoozed_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="activity",
            name="until",
            field=models.DateTimeField(null=True),
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
                    ("woken", "Woken"),
                ],
                max_length=12,
            ),
        ),
    ]
