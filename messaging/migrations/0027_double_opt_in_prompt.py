"""The prompt of a double opt-in, as a purpose of texts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0026_broadcast_figures"),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("text", "Text"),
                    ("confirmation", "Confirmation"),
                    ("answer", "Answer"),
                    ("away", "Away text"),
                    ("first", "First-contact text"),
                    ("prompt", "Double opt-in prompt"),
                ],
                default="text",
                max_length=12,
            ),
        ),
    ]
