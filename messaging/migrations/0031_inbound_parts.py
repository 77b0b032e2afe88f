"""Parts of long texts, for carriers that deliver the parts one by one."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0019_more_carriers"),
        ("messaging", "0030_opt_out_pushes"),
    ]

    operations = [
        migrations.CreateModel(
            name="InboundPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                ("reference", models.CharField(max_length=64)),
                ("position", models.PositiveSmallIntegerField()),
                ("total", models.PositiveSmallIntegerField()),
                ("carrier_id", models.CharField(max_length=64)),
                ("body", models.TextField(blank=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("inbox", kernel.tenancy.TenantKey(related_name="inbound_parts", to="accounts.inbox")),
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
                    models.Index(fields=["team", "inbox", "created_at"], name="messaging_inboundpart_age"),
                    models.Index(fields=["team", "number"], name="messaging_inboundpart_of"),
                ],
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="messaging_inboundpart_isolation"),
                    kernel.tenancy.TenantReference(
                        field="inbox", name="messaging_inboundpart_inbox", on_delete="CASCADE"
                    ),
                    models.UniqueConstraint(
                        fields=("team", "inbox", "carrier_id"), name="messaging_inboundpart_once"
                    ),
                ],
            },
        ),
    ]
