"""Daily roots of the ledger."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_double_opt_in"),
        ("optout", "0008_consent_of_imports_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("index", models.PositiveIntegerField()),
                ("hash", models.CharField(max_length=64)),
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
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="optout_ledgerblock_isolation"),
                    models.UniqueConstraint(fields=("team", "index"), name="optout_ledgerblock_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerRoot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("entries", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("business", models.CharField(max_length=80)),
                ("signature", models.JSONField()),
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
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="optout_ledgerroot_isolation"),
                    models.UniqueConstraint(fields=("team", "day"), name="optout_ledgerroot_once"),
                ],
            },
        ),
    ]
