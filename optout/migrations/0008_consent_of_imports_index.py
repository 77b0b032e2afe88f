"""Index of the consent records of an import."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("optout", "0007_consent_of_imports"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="consentrecord",
            index=models.Index(
                condition=models.Q(("import_id__isnull", False)),
                fields=["team", "import_id"],
                name="optout_consentrecord_import",
            ),
        ),
    ]
