"""Holds among the changes of the report."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_told_origins"),
    ]

    operations = [
        migrations.AlterField(
            model_name="indexedchange",
            name="action",
            field=models.CharField(
                choices=[
                    ("opted_out", "Opted Out"),
                    ("opted_in", "Opted In"),
                    ("blocked", "Blocked"),
                    ("unblocked", "Unblocked"),
                    ("held", "Held"),
                    ("released", "Released"),
                ],
                max_length=10,
            ),
        ),
    ]
