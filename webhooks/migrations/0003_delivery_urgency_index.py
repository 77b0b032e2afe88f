"""Index of urgent deliveries, created while deliveries are written."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("webhooks", "0002_delivery_urgency")]

    operations = [
        AddIndexConcurrently(
            "delivery",
            models.Index(
                fields=["team", "endpoint", "due_at"],
                condition=Q(urgent=True, state="waiting"),
                name="webhooks_delivery_urgent",
            ),
        ),
    ]
