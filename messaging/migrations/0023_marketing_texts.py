"""The index of the marketing texts that a person got."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("messaging", "0022_sending_hours"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("marketing", True)),
                fields=["team", "number", "at"],
                name="messaging_message_marketing",
            ),
        ),
    ]
