"""Figures of broadcasts as they were last counted."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_broadcast_limits"),
        ("messaging", "0025_scheduled_folder"),
    ]

    operations = [
        migrations.CreateModel(
            name="BroadcastFigures",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("counts", models.JSONField()),
                ("counted_at", models.DateTimeField()),
                ("seconds", models.FloatField()),
                ("broadcast", kernel.tenancy.TenantKey(related_name="figures", to="messaging.broadcast")),
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
                    kernel.tenancy.TenantIsolation(name="messaging_broadcastfigures_isolation"),
                    kernel.tenancy.TenantReference(
                        field="broadcast", name="messaging_broadcastfigures_broadcast", on_delete="CASCADE"
                    ),
                    models.UniqueConstraint(
                        fields=("team", "broadcast"), name="messaging_broadcastfigures_once"
                    ),
                ],
            },
        ),
    ]
