"""Migration: how the file of an import is read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_import_opt_outs")]

    operations = [
        migrations.AddField("import", "reading", models.JSONField(null=True)),
    ]
