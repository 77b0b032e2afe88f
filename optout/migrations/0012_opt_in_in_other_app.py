"""An opt-in that was not applied because it came in another app. The database keeps no choices."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("optout", "0011_suppression_endings"),
    ]

    operations = [
        migrations.AlterField(
            model_name="pendingoptin",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("pending", "Pending"),
                    ("applied", "Applied"),
                    ("older", "Older"),
                    ("unknown", "Unknown"),
                    ("app", "Other App"),
                ],
                default="pending",
                max_length=8,
            ),
        ),
    ]
