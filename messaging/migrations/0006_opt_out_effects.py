"""What opt-outs by text also did."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_settings_changes"),
        ("messaging", "0005_waiting_conversations"),
    ]

    operations = [
        migrations.CreateModel(
            name="OptOutEffects",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.BigIntegerField()),
                ("closed", models.BooleanField()),
                ("lists_left", models.JSONField(default=list)),
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
                    kernel.tenancy.TenantIsolation(name="messaging_optouteffects_isolation"),
                    models.UniqueConstraint(fields=("team", "event_id"), name="messaging_optouteffects_once"),
                ],
            },
        ),
    ]
