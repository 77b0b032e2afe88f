"""Texts that are held until the recipient's sending hours begin, and which texts are marketing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0021_broadcast_texts"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="marketing",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="message",
            name="within_hours",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="message",
            name="held_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="held",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="scheduledtext",
            name="held_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="scheduledtext",
            name="held",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
    ]
