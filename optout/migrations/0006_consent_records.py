"""Consent records, suppression lists of a team, and who was asked for a double opt-in."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_double_opt_in"),
        ("optout", "0005_reply_wordings"),
    ]

    operations = [
        migrations.CreateModel(
            name="SuppressionList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("do_not_call", "National Do Not Call Registry"),
                            ("reassigned", "Reassigned numbers"),
                            ("other", "Another list"),
                        ],
                        max_length=12,
                    ),
                ),
                ("dated", models.DateField()),
                ("numbers_count", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
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
            name="SuppressedNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                ("run_id", models.BigIntegerField()),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="%(class)ss",
                        to="accounts.team",
                    ),
                ),
                ("list", kernel.tenancy.TenantKey(related_name="numbers", to="optout.suppressionlist")),
            ],
        ),
        migrations.CreateModel(
            name="ConsentRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                (
                    "category",
                    models.CharField(
                        choices=[("marketing", "Marketing"), ("informational", "Informational")],
                        max_length=13,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("text", "By text"),
                            ("form", "On a form"),
                            ("spoken", "In person or by phone"),
                            ("other", "In another way"),
                        ],
                        max_length=6,
                    ),
                ),
                ("origin", models.CharField(max_length=12)),
                ("words", models.TextField(blank=True)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("obtained_at", models.DateTimeField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("inbox_id", models.BigIntegerField(null=True)),
                ("inbox_name", models.CharField(blank=True, max_length=60)),
                ("message_id", models.BigIntegerField(null=True)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(blank=True, max_length=120)),
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
                "indexes": [
                    models.Index(fields=["team", "number", "category"], name="optout_consentrecord_number")
                ],
                "constraints": [kernel.tenancy.TenantIsolation(name="optout_consentrecord_isolation")],
            },
        ),
        migrations.CreateModel(
            name="DoubleOptIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                ("prompts", models.PositiveSmallIntegerField(default=1)),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("inbox", kernel.tenancy.TenantKey(related_name="double_opt_ins", to="accounts.inbox")),
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
                    kernel.tenancy.TenantIsolation(name="optout_doubleoptin_isolation"),
                    kernel.tenancy.TenantReference(
                        field="inbox", name="optout_doubleoptin_inbox", on_delete="RESTRICT"
                    ),
                    models.UniqueConstraint(
                        fields=("team", "number", "inbox"), name="optout_doubleoptin_once"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="suppressionlist",
            constraint=kernel.tenancy.TenantIsolation(name="optout_suppressionlist_isolation"),
        ),
        migrations.AddConstraint(
            model_name="suppressionlist",
            constraint=models.UniqueConstraint(fields=("team", "name"), name="optout_suppressionlist_name"),
        ),
        migrations.AddIndex(
            model_name="suppressednumber",
            index=models.Index(fields=["team", "list", "run_id"], name="optout_suppressednumber_file"),
        ),
        migrations.AddConstraint(
            model_name="suppressednumber",
            constraint=kernel.tenancy.TenantIsolation(name="optout_suppressednumber_isolation"),
        ),
        migrations.AddConstraint(
            model_name="suppressednumber",
            constraint=kernel.tenancy.TenantReference(
                field="list", name="optout_suppressednumber_list", on_delete="CASCADE"
            ),
        ),
        migrations.AddConstraint(
            model_name="suppressednumber",
            constraint=models.UniqueConstraint(
                fields=("team", "number", "list"), name="optout_suppressednumber_once"
            ),
        ),
    ]
