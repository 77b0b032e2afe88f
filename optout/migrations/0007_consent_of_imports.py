"""Consent that an import recorded, and records that take earlier ones back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_double_opt_in"),
        ("optout", "0006_consent_records"),
    ]

    operations = [
        migrations.AddField(
            model_name="consentrecord",
            name="import_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="consentrecord",
            name="category",
            field=models.CharField(
                choices=[("marketing", "Marketing"), ("informational", "Informational"), ("none", "None")],
                max_length=13,
            ),
        ),
    ]
