"""Carrier opt-outs: what the carriers' own opt-out lists have."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0019_more_carriers"),
        ("optout", "0012_opt_in_in_other_app"),
    ]

    operations = [
        migrations.CreateModel(
            name="CarrierOptOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                ("since", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("refusals", models.PositiveIntegerField(default=0)),
                ("message_id", models.BigIntegerField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("inbox", kernel.tenancy.TenantKey(related_name="carrier_opt_outs", to="accounts.inbox")),
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
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["team", "-last_at", "-id"],
                        name="optout_carrieroptout_newest",
                    )
                ],
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="optout_carrieroptout_isolation"),
                    kernel.tenancy.TenantReference(
                        field="inbox", name="optout_carrieroptout_inbox", on_delete="RESTRICT"
                    ),
                    models.UniqueConstraint(
                        fields=("team", "inbox", "number"), name="optout_carrieroptout_once"
                    ),
                ],
            },
        ),
    ]
