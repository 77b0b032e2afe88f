"""An index of the feed by ledger entry: the place of an entry in the tree of the daily root."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("optout", "0009_ledger_roots"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="feedentry",
            index=models.Index(
                condition=models.Q(("position__isnull", False)),
                fields=["team", "event_id"],
                name="optout_feedentry_numbered",
            ),
        ),
    ]
