"""Migration: count the workers that a batch of a run killed."""

from django.db import migrations, models

RUNS = ["bulkactionrun", "fielddeletion", "import", "importundo", "vendorlistimport"]


class Migration(migrations.Migration):
    dependencies = [("contacts", "0004_import_reading")]

    operations = [
        migrations.AddField(run, "interrupted", models.PositiveSmallIntegerField(null=True)) for run in RUNS
    ]
