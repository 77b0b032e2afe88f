"""Texts keep the local_id that a program gave them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0035_retention"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="local_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
