"""Responses to calls with an Idempotency-Key."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0031_audit_choices"),
        ("api", "0003_key_mode"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoredResponse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("idempotency_key", models.CharField(max_length=255)),
                ("fingerprint", models.CharField(max_length=64)),
                ("content", models.TextField(blank=True)),
                ("error_code", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField()),
                ("api_key", kernel.tenancy.TenantKey(to="api.apikey")),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="%(class)ss",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["team", "created_at"], name="api_storedresponse_age")],
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="api_storedresponse_isolation"),
                    kernel.tenancy.TenantReference(
                        field="api_key", name="api_storedresponse_key", on_delete="CASCADE"
                    ),
                    models.UniqueConstraint(
                        fields=("team", "api_key", "idempotency_key"), name="api_storedresponse_once"
                    ),
                ],
            },
        ),
    ]
