"""The index of the texts of a broadcast, by status."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("messaging", "0020_broadcasts"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("broadcast_id__isnull", False)),
                fields=["team", "broadcast_id", "status", "id"],
                name="messaging_message_broadcast",
            ),
        ),
    ]
