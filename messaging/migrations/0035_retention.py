"""Retention: a rule and its runs, and when and why a text was erased."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0029_retention_actions"),
        ("messaging", "0034_archived_templates"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="erased_after",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            model_name="message",
            name="erased_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("texts_count", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "texts_unit",
                    models.CharField(
                        choices=[("days", "Days"), ("months", "Months"), ("years", "Years")],
                        default="years",
                        max_length=6,
                    ),
                ),
                ("files_count", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "files_unit",
                    models.CharField(
                        choices=[("days", "Days"), ("months", "Months"), ("years", "Years")],
                        default="years",
                        max_length=6,
                    ),
                ),
                ("starts_on", models.DateField(null=True)),
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
                    kernel.tenancy.TenantIsolation(name="messaging_retentionrule_isolation"),
                    models.UniqueConstraint(fields=("team",), name="messaging_retentionrule_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("texts_rule", models.CharField(blank=True, max_length=20)),
                ("files_rule", models.CharField(blank=True, max_length=20)),
                ("texts_before", models.DateTimeField(null=True)),
                ("files_before", models.DateTimeField(null=True)),
                ("texts", models.PositiveIntegerField(default=0)),
                ("files", models.PositiveIntegerField(default=0)),
                ("notes", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "end_state",
                    models.CharField(
                        blank=True, choices=[("done", "Done"), ("stopped", "Stopped")], max_length=7
                    ),
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
            options={
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="messaging_retentionrun_isolation"),
                    models.UniqueConstraint(fields=("team", "day"), name="messaging_retentionrun_once"),
                ],
            },
        ),
    ]
