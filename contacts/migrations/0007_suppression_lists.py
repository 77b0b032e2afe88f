"""Consent of import rows; imports of suppression lists, and their files."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_double_opt_in"),
        ("contacts", "0006_live_lists"),
        ("optout", "0006_consent_records"),
    ]

    operations = [
        migrations.AddField(
            model_name="importrow",
            name="consent",
            field=models.JSONField(null=True),
        ),
        migrations.CreateModel(
            name="SuppressionListImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("checking", "Checking"),
                            ("checked", "Checked"),
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("position", models.PositiveIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("sentence", models.CharField(blank=True, max_length=300)),
                ("cancel_asked", models.BooleanField(default=False)),
                ("by_id", models.BigIntegerField(null=True)),
                ("by_name", models.CharField(blank=True, max_length=120)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("alive_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("interrupted", models.PositiveSmallIntegerField(null=True)),
                ("replaces", models.BooleanField(default=False)),
                ("dated", models.DateField()),
                ("country", models.CharField(max_length=2)),
                ("file_name", models.CharField(blank=True, max_length=255)),
                ("lines", models.PositiveIntegerField(default=0)),
                ("unreadable", models.JSONField(default=list)),
                (
                    "suppression_list",
                    kernel.tenancy.TenantKey(related_name="imports", to="optout.suppressionlist"),
                ),
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
        ),
        migrations.CreateModel(
            name="SuppressionListFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("data", models.BinaryField()),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="%(class)ss",
                        to="accounts.team",
                    ),
                ),
                ("run", kernel.tenancy.TenantKey(related_name="files", to="contacts.suppressionlistimport")),
            ],
        ),
        migrations.AddIndex(
            model_name="suppressionlistimport",
            index=models.Index(
                fields=["team", "suppression_list", "-id"], name="contacts_suppressionimport_of"
            ),
        ),
        migrations.AddConstraint(
            model_name="suppressionlistimport",
            constraint=kernel.tenancy.TenantIsolation(name="contacts_suppressionlistimport_isolation"),
        ),
        migrations.AddConstraint(
            model_name="suppressionlistimport",
            constraint=kernel.tenancy.TenantReference(
                field="suppression_list", name="contacts_suppressionlistimport_list", on_delete="CASCADE"
            ),
        ),
        migrations.AddConstraint(
            model_name="suppressionlistfile",
            constraint=kernel.tenancy.TenantIsolation(name="contacts_suppressionlistfile_isolation"),
        ),
        migrations.AddConstraint(
            model_name="suppressionlistfile",
            constraint=kernel.tenancy.TenantReference(
                field="run", name="contacts_suppressionlistfile_of", on_delete="CASCADE"
            ),
        ),
        migrations.AddConstraint(
            model_name="suppressionlistfile",
            constraint=models.UniqueConstraint(
                fields=("team", "run"), name="contacts_suppressionlistfile_once"
            ),
        ),
    ]
