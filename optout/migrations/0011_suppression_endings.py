"""Index of suppressed numbers by their last four digits, for the search of the do-not-text list."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Right


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("optout", "0010_feed_positions_by_entry"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="suppression",
            index=models.Index("team", Right("number", 4), name="optout_suppression_ending"),
        ),
    ]
