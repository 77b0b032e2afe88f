"""Urgency of deliveries: a column without a default, which rewrites no row."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]

    operations = [
        migrations.AddField("delivery", "urgent", models.BooleanField(null=True)),
    ]
