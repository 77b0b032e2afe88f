"""Migration: how the file of an import is read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]

    operations = [
        migrations.AddField("import", "reading", models.JSONField(null=True)),
    ]
