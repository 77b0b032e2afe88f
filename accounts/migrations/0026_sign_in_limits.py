"""A table for the limits of attempts to sign in, in the form of Django's DatabaseCache."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0025_audit_log_indexes")]

    operations = [
        migrations.CreateModel(
            "SignInLimit",
            [
                ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
