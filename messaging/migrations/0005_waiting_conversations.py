"""Index of the conversations in which somebody waits for an answer, longest first."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("messaging", "0004_teamwork"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("awaiting_since__isnull", False), ("closed", False)),
                fields=["team", "awaiting_since", "id"],
                name="messaging_conversation_waiting",
            ),
        ),
    ]
