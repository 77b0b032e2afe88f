"""Pending opt-ins: texts that wait for the carrier's times."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("optout", "0002_told_origins"),
    ]

    operations = [
        migrations.CreateModel(
            name="PendingOptIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                ("message_id", models.BigIntegerField()),
                ("intent", models.CharField(max_length=8)),
                ("words", models.TextField()),
                ("may_reply", models.BooleanField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("applied", "Applied"),
                            ("older", "Older"),
                            ("unknown", "Unknown"),
                        ],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("next_try_at", models.DateTimeField()),
                ("inbox", kernel.tenancy.TenantKey(related_name="pending_opt_ins", to="accounts.inbox")),
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
                    models.Index(fields=["team", "number", "-id"], name="optout_pendingoptin_number"),
                    models.Index(
                        condition=models.Q(("outcome", "pending")),
                        fields=["next_try_at"],
                        name="optout_pendingoptin_due",
                    ),
                ],
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="optout_pendingoptin_isolation"),
                    kernel.tenancy.TenantReference(
                        field="inbox", name="optout_pendingoptin_inbox", on_delete="RESTRICT"
                    ),
                    models.UniqueConstraint(fields=("team", "message_id"), name="optout_pendingoptin_once"),
                ],
            },
        ),
    ]
