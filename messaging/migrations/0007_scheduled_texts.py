"""Scheduled texts, and how many of them an opt-out cancelled."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_settings_changes"),
        ("messaging", "0006_opt_out_effects"),
    ]

    operations = [
        migrations.AddField(
            model_name="optouteffects",
            name="cancelled",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="ScheduledText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                ("body", models.TextField()),
                ("send_at", models.DateTimeField()),
                ("unless_answered", models.BooleanField(default=False)),
                ("seen_inbound", models.PositiveIntegerField()),
                ("author_id", models.BigIntegerField(null=True)),
                ("author_name", models.CharField(max_length=120)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("sent", "Sent"),
                            ("refused", "Refused"),
                            ("answered", "Answered"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="scheduled",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("event_id", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "conversation",
                    kernel.tenancy.TenantKey(related_name="scheduled_texts", to="messaging.conversation"),
                ),
                ("inbox", kernel.tenancy.TenantKey(related_name="scheduled_texts", to="accounts.inbox")),
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
                    models.Index(
                        fields=["team", "conversation", "send_at"], name="messaging_scheduledtext_thread"
                    ),
                    models.Index(
                        condition=models.Q(("outcome", "scheduled")),
                        fields=["send_at"],
                        name="messaging_scheduledtext_due",
                    ),
                ],
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="messaging_scheduledtext_isolation"),
                    kernel.tenancy.TenantReference(
                        field="conversation", name="messaging_scheduledtext_conversation", on_delete="CASCADE"
                    ),
                    kernel.tenancy.TenantReference(
                        field="inbox", name="messaging_scheduledtext_inbox", on_delete="RESTRICT"
                    ),
                ],
            },
        ),
    ]
