"""Two more purposes of a text: the away text and the first-contact text. The column does not change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0011_text_templates"),
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
                ],
                default="text",
                max_length=12,
            ),
        ),
    ]
