"""The index at which the folder Scheduled begins."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("messaging", "0024_resumed_broadcasts"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="scheduledtext",
            index=models.Index(
                condition=models.Q(("outcome", "scheduled")),
                fields=["team", "conversation"],
                name="messaging_scheduledtext_folder",
            ),
        ),
    ]
