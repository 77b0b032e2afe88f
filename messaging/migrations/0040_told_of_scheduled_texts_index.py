"""Index of the scheduled texts about which somebody is to be told that they are not sent."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("messaging", "0039_told_of_scheduled_texts"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="scheduledtext",
            index=models.Index(
                condition=models.Q(("tell_at__isnull", False)),
                fields=["tell_at"],
                name="messaging_scheduledtext_tell",
            ),
        ),
    ]
